"""The audit cannot be rewritten unseen by who may rewrite it, nor at all by those who may not."""

import os
import random
import re
import shutil

import environ
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from core.verifying import Verification
from tests.core.conftest import heads_file  # noqa: F401 -- the file of heads outside the database
from tests.proof import tampering

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "disposal"])
TABLES = ("core_auditentry", "core_auditseal")
TAMPERINGS = 30


@pytest.fixture
def sealed(heads_file, size):  # noqa: F811
    """A sealed audit, old enough for its heads to be outside, with a copy of it to go back to after each tampering."""
    tampering.stretches(size(ci=500, full=10_000), seals=20)
    tampering.as_owner("UPDATE core_auditseal SET sealed_at = sealed_at - interval '2 minutes'")
    for table in TABLES:
        tampering.as_owner(f"CREATE TABLE kept_{table} AS TABLE {table}")
    shutil.copy(heads_file, f"{heads_file}.kept")
    yield heads_file
    for table in TABLES:
        tampering.as_owner(f"DROP TABLE kept_{table}")


def put_back(heads):
    for table in TABLES:
        tampering.as_owner(f"TRUNCATE {table}")
        tampering.as_owner(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    shutil.copy(f"{heads}.kept", heads)


def problems():
    return list(Verification().problems())


def is_named(way, scene):
    """Whether the verification names what was done, in its own words; then all is as before."""
    words = way(scene)
    found = problems()
    put_back(scene.heads)
    assert problems() == [], "what was tampered with is not as before"
    return any(re.search(words, sentence) for sentence in found)


def tried(seed, heads, ways):
    """How many tamperings are named; each way once, and then any, until there are enough."""
    numbers = random.Random(seed)
    scene = tampering.scene_of(numbers, heads)
    drawn = [*ways, *numbers.choices(ways, k=TAMPERINGS - len(ways))]
    unnamed = [way.__name__ for way in drawn if not is_named(way, scene)]
    print(f"seed {seed}, not named: {unnamed}")
    return TAMPERINGS - len(unnamed)


def test_every_tampering_of_the_owner_is_named(sealed, figure, size):
    verification = Verification()
    assert list(verification.problems()) == []
    figure("audit entries sealed and verified", verification.entries, f">= {size(ci=500, full=10_000)}")
    figure("tamperings named of 30", tried(random.randrange(2**32), sealed, tampering.WAYS), "== 30")


def test_what_is_not_named_is_counted(sealed):
    """A way that changes nothing can't be named: then the figure is below thirty."""

    def nothing(scene):
        return "entry .* was changed"

    assert tried(1, sealed, (nothing,)) == 0


def test_the_application_adds_nothing_to_what_is_sealed(sealed):
    """The one thing it may do, to insert, is named as well where it lies about the transaction."""
    scene = tampering.scene_of(random.Random(2), sealed)
    xid, _pk = scene.entries[len(scene.entries) // 2]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (xid, kind, act, actor, object_type, reference, facts, request_id) "
            "VALUES (%s, 'consultation', 'case.open', 'x', '', '', '{}', '') RETURNING id",
            [xid],
        )
        pk = cursor.fetchone()[0]

    assert any(f"entry {pk} was put in" in sentence for sentence in problems())
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", verbosity=0)


# What a thief of either role would try. {0} is a table of the audit.
ON_TABLES = (
    "UPDATE {0} SET id = id",
    "UPDATE {0} SET chain = 2",
    "DELETE FROM {0}",
    "DELETE FROM {0} WHERE id = 1",
    "TRUNCATE {0}",
    "TRUNCATE {0} RESTART IDENTITY CASCADE",
    "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET chain = 2",
    "MERGE INTO {0} a USING {0} b ON a.id = b.id WHEN MATCHED THEN DELETE",
    "SELECT 1 FROM {0} FOR UPDATE",
    "LOCK TABLE {0} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {0} DISABLE TRIGGER ALL",
    "ALTER TABLE {0} RENAME TO gone",
    "ALTER TABLE {0} ALTER COLUMN id TYPE bigint",
    "ALTER TABLE {0} OWNER TO CURRENT_USER",
    "ALTER TABLE {0} SET UNLOGGED",
    "DROP TABLE {0}",
    "DROP TABLE {0} CASCADE",
    "CREATE RULE quiet AS ON INSERT TO {0} DO INSTEAD NOTHING",
    "CREATE TRIGGER quiet BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE INDEX quiet ON {0} (chain)",
    "REINDEX TABLE {0}",
    "COMMENT ON TABLE {0} IS 'mine'",
)
# The rules around the tables; the last ones are for superusers alone.
ON_RULES = (
    "CREATE OR REPLACE FUNCTION core_audit_chain() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT 9 $$",
    "DROP FUNCTION core_audit_chain() CASCADE",
    "CREATE TABLE stolen (id integer)",
    "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$",
    "SET ROLE liaison_owner",
    "DROP SCHEMA public CASCADE",
)
FOR_SUPERUSERS = (
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "UPDATE pg_class SET relowner = 10",
    "COPY core_auditentry FROM PROGRAM 'true'",
)
TRIED = (*(text.format(table) for table in TABLES for text in ON_TABLES), *ON_RULES, *FOR_SUPERUSERS)
# How PostgreSQL says that somebody lacks the right, whatever else may be wrong.
DENIED = "42501"


@pytest.fixture
def as_deployed(sealed):
    """The rights that `manage.py grants` gives, without the one that tests need to empty tables after themselves."""
    call_command("grants", verbosity=0)
    yield
    tampering.as_owner("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO liaison_app")


def refusals(url, statements):
    """What the server says to each statement in a session of its own role: the code of its refusal, or ""."""
    role, here = environ.Env.db_url_config(os.environ[url]), connections["owner"].get_connection_params()
    address = {name: here[name] for name in ("host", "port", "dbname") if name in here}
    with psycopg.connect(**address, user=role["USER"], password=role["PASSWORD"] or None) as session:
        for statement in statements:
            try:
                session.execute(statement)
                yield ""
            except psycopg.Error as error:
                yield error.sqlstate
            session.rollback()


@pytest.mark.parametrize("url", ["DATABASE_URL", "DATABASE_DISPOSAL_URL"])
def test_other_roles_are_denied_every_tampering(as_deployed, figure, url):
    answers = dict(zip(TRIED, refusals(url, TRIED), strict=True))

    assert {statement: code for statement, code in answers.items() if code != DENIED} == {}
    figure(f"tamperings denied to {url}", list(answers.values()).count(DENIED), "== 55")
    assert problems() == []


def test_the_owner_is_denied_none_of_them_but_what_only_superusers_may(as_deployed):
    """Or the statements themselves would be wrong, and a denial would prove nothing."""
    answers = dict(zip(TRIED, refusals("DATABASE_OWNER_URL", TRIED), strict=True))

    assert {statement for statement, code in answers.items() if code} == set(FOR_SUPERUSERS)
