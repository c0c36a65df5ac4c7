"""Full-text search without extensions: generated vectors over folded text, and queries that match prefixes."""

import re

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models

MOST_WORDS = 8


def vector_sql(*columns):
    """A tsvector of three readings of the same text: as written (folded), English stems, Spanish stems."""
    text = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return " || ".join(
        f"to_tsvector('{config}'::regconfig, core_fold({text}))" for config in ("simple", "english", "spanish")
    )


def SearchField(*columns):
    """A generated column over the named columns; PostgreSQL keeps it, COPY and raw SQL included."""
    return models.GeneratedField(
        expression=models.expressions.RawSQL(vector_sql(*columns), []),  # noqa: S611 -- our own words alone
        output_field=SearchVectorField(),
        db_persist=True,
    )


def name_vector(column):
    """The words of a name, folded and as they are: for an index, and for the question that finds by it."""
    folded = models.Func(models.F(column), function="core_fold", output_field=models.TextField())
    return SearchVector(folded, config="simple")


def search_query(text):
    """Every word must match, as a stem or as the beginning of a word; accents and case are forgiven.

    Returns None where the text holds nothing to search for.
    """
    words = re.findall(r"\w+", text.replace("\x00", ""))[:MOST_WORDS]
    return Words(words) if words else None


class Words(SearchQuery):
    """The question of the SQL function core_query (core/migrations/0001_functions.py)."""

    def __init__(self, words):
        super().__init__(models.Value(words, output_field=ArrayField(models.TextField())))
        self.function = "core_query"
