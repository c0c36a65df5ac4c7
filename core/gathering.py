"""Several readings in one statement, each answered as a list of dicts.

A page that shows a record whole needs its rows of many kinds, and a search asks every kind of record. Each query costs
a journey to the database. For the record there are two further costs, the building of the SQL and its planning: those
readings are declared with the ORM, compiled once for the life of the process, and planned once by each connection.
"""

from functools import cached_property

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateField, DateTimeField, TimeField

from core.prepared import prepared

# They stand in the compiled statements where the key and the reference of the record go; no record has them.
KEY, REFERENCE = -7_104_305, "<the reference of the record>"
# JSON has no moments, days or times of day: they come as text.
TOLD_AS_TEXT = (DateField, DateTimeField, TimeField)


def compiled(queries):
    """One statement for all of them, its parameters, and for each query which of its values come as text."""
    parts, values, texts = [], [], {}
    for name, queryset in queries.items():
        query = queryset.query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            parts.append("'[]'::json")
            continue
        parts.append(f"(SELECT coalesce(json_agg(one), '[]'::json) FROM ({sql}) AS one)")  # noqa: S608 -- compiled by Django
        values += params
        fields = dict(zip(query.selected, (column[0].output_field for column in compiler.select), strict=True))
        texts[name] = [(key, field) for key, field in fields.items() if isinstance(field, TOLD_AS_TEXT)]
    return f"SELECT {', '.join(parts)}", values, texts


def answered(names, sql, values, texts, cursor):
    """The rows of every query: {name: [dict, …]}."""
    with cursor:
        cursor.execute(sql, values)
        found = dict(zip(names, cursor.fetchone(), strict=True))
    for name, told in texts.items():
        for row in found[name] if told else ():
            row.update((key, field.to_python(row[key])) for key, field in told)
    return found


def together(**queries):
    """The rows of these queries, of `values()` each, in one journey."""
    return answered(queries, *compiled(queries), connection.cursor())


class Gathered:
    """`Gathered(name=lambda key, reference: queryset.values(...), …)`, asked with `of(record)`."""

    def __init__(self, **readings):
        self._readings = readings

    @cached_property
    def _compiled(self):
        """The statement with two parameters, where the key and the reference stood, and what comes as text."""
        sql, values, texts = compiled({name: reading(KEY, REFERENCE) for name, reading in self._readings.items()})
        sql = connection.ops.compose_sql(sql, values).replace("%", "%%")
        # As text and cast, for a number would be another type, and so another plan, for every size of number.
        sql = sql.replace(str(KEY), "%(key)s::bigint").replace(f"'{REFERENCE}'", "%(reference)s::text")
        return sql, texts

    def of(self, record):
        """The rows of every reading: {name: [dict, …]}."""
        sql, texts = self._compiled
        meant = {"key": str(record.pk), "reference": record.reference}
        return answered(self._readings, sql, meant, texts, prepared())
