"""The words of the controlled lists, as each process remembers them for some seconds: no page asks for them again.

A code that no list has is shown as it is. The table is looked up late, for the rows of cases themselves say its words.
"""

import time
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.apps import apps
from django.conf import settings

from core.bilingual import in_their_language


class Entry(NamedTuple):
    """What a reader is told of one entry of a list."""

    kind: str
    code: str
    label_en: str
    label_es: str
    definition_en: str
    definition_es: str
    retired_at: datetime | None

    @property
    def label(self):
        return in_their_language(self.label_en, self.label_es)

    @property
    def definition(self):
        return in_their_language(self.definition_en, self.definition_es)


def entries(kind):
    """Every entry of a list, those that are offered first."""
    return [entry for entry in _read(int(time.time()) // settings.LISTS_READ_AGAIN) if entry.kind == kind]


@lru_cache(maxsize=1)
def _read(_moment):
    """All lists. What another process changed is noticed when the moment is over."""
    rows = apps.get_model("cases.ListEntry").objects.in_order().values_list(*Entry._fields)
    return tuple(Entry(*row) for row in rows)


def forget():
    """Read the lists again when they are next asked for: they were changed here, or something is decided by them."""
    _read.cache_clear()


def words(kind):
    """{code: words} of a list, retired entries too."""
    return {entry.code: entry.label for entry in entries(kind)}


def word(kind, code):
    return words(kind).get(code, code)


def offered(kind, present=""):
    """(code, words) of what may be chosen now: entries that are not retired, and whatever a record has already."""
    found = {entry.code: entry.label for entry in entries(kind) if not entry.retired_at or entry.code == present}
    if present:
        found.setdefault(present, present)
    return [*found.items()]
