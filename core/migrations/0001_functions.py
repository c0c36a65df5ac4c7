"""SQL functions that the tables need, made before any table."""

import unicodedata

from django.db import migrations


def folded(character):
    base = unicodedata.normalize("NFD", character)[0]
    return {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "t", "ß": "s"}.get(base, base)


ACCENTED = "".join(
    c
    for c in map(chr, range(0xDF, 0x250))
    if c.islower() and len(c.lower()) == 1 and folded(c) != c and folded(c).isascii()
)
PLAIN = "".join(folded(c) for c in ACCENTED)

# Of text without accents, which is most of it, translate() would compare each letter with a hundred others in vain.
FOLD = f"""
CREATE OR REPLACE FUNCTION core_fold(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN octet_length(written) = char_length(written) THEN lower(written)
    ELSE translate(lower(normalize(written, NFKC)), '{ACCENTED}', '{PLAIN}') END
$$
"""

# What is looked for, for each word its beginning or its stem. One function, because PostgreSQL then works it out once
# and the statement that asks stays short.
QUERY = """
CREATE OR REPLACE FUNCTION core_query(words text[]) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    word text;
    one tsquery;
    whole tsquery;
BEGIN
    FOREACH word IN ARRAY words LOOP
        word := core_fold(word);
        one := to_tsquery('simple', quote_literal(word) || ':*')
            || plainto_tsquery('english', word) || plainto_tsquery('spanish', word);
        whole := coalesce(whole && one, one);
    END LOOP;
    RETURN whole;
END
$$
"""

# The number changes when a restored database begins a new chain of seals (manage.py start_audit_chain).
CHAIN = """
CREATE OR REPLACE FUNCTION core_audit_chain() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT 1 $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [("cases", "0001_initial"), ("notices", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLD, "DROP FUNCTION core_fold(text)"),
        migrations.RunSQL(QUERY, "DROP FUNCTION core_query(text[])"),
        migrations.RunSQL(CHAIN, "DROP FUNCTION core_audit_chain()"),
    ]
