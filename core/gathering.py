"""Several readings of one record in one statement.

A page that shows a record whole needs its rows of many kinds. Each query costs a journey to the database and, more than
that, the building of its SQL. So the readings are declared with the ORM, compiled once for the life of the process, and
answered together, each as a list of dicts.
"""

from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateField, DateTimeField, TimeField

# They stand in the compiled statements where the key and the reference of the record go; no record has them.
KEY, REFERENCE = -7_104_305, "<the reference of the record>"
# JSON has no moments, days or times of day: they come as text.
TOLD_AS_TEXT = (DateField, DateTimeField, TimeField)


class Gathered:
    """`Gathered(name=lambda key, reference: queryset.values(...), …)`, asked with `of(record)`."""

    def __init__(self, **readings):
        self._readings = readings

    @cached_property
    def _compiled(self):
        """The statement, its parameters, and for each reading which of its values come as text."""
        parts, values, texts = [], [], {}
        for name, reading in self._readings.items():
            query = reading(KEY, REFERENCE).query
            compiler = query.get_compiler(DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
            parts.append(f"(SELECT coalesce(json_agg(one), '[]'::json) FROM ({sql}) AS one)")
            values += params
            fields = dict(zip(query.selected, (column[0].output_field for column in compiler.select), strict=True))
            texts[name] = [(key, field) for key, field in fields.items() if isinstance(field, TOLD_AS_TEXT)]
        return f"SELECT {', '.join(parts)}", values, texts

    def of(self, record):
        """The rows of every reading: {name: [dict, …]}."""
        sql, values, texts = self._compiled
        meant = {KEY: record.pk, REFERENCE: record.reference}
        values = [meant.get(value, value) if isinstance(value, int | str) else value for value in values]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = dict(zip(self._readings, cursor.fetchone(), strict=True))
        for name, told in texts.items():
            for row in found[name]:
                row.update((key, field.to_python(row[key])) for key, field in told)
        return found
