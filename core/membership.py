"""Whether a column is one of many keys, asked the way the planner answers fastest."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL


class IsOneOf(models.Func):
    """`id = ANY(ARRAY(SELECT …))`: read once before the rows, so that the planner may use it beside other indexes.

    `rows` is a query, a list of keys, or SQL with its parameters: every page asks who may see a case, and building the
    same question with the ORM takes longer than answering it.
    """

    template = "%(expressions)s)"
    output_field = models.BooleanField()

    def __init__(self, column, rows, *params):
        if isinstance(rows, models.QuerySet):
            rows = ArraySubquery(rows.order_by())
        elif isinstance(rows, str):
            rows = RawSQL(f"ARRAY({rows})", params)  # noqa: S611 -- our own words alone
        else:
            rows = models.Value(list(rows), output_field=ArrayField(models.BigIntegerField()))
        super().__init__(column, rows, arg_joiner=" = ANY(")
