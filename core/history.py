"""Row history: old and new values of a row, written by database triggers that no code path can go round."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.auth import get_user_model
from pghistory.models import Event


def tracked(**options):
    """Keep the history of a model: inserts, updates and deletes, append-only, with who and which request beside them.

    The context lies inside each event row: an insert-only role could not keep it in a shared context table.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,
        **options,
    )


def events_of(model):
    """The event models that keep the history of a model."""
    return [event for event in apps.get_models() if issubclass(event, Event) and event.pgh_tracked_model is model]


@dataclass(frozen=True)
class Change:
    """One event of a row: what happened, when, by whom, and {field: (old, new)} of the fields that changed."""

    what: str
    at: datetime
    by: str
    request: str
    fields: dict


def changes(obj) -> list[Change]:
    """Every change of a row with old and new values, newest first: for pages of those who may see the row itself."""
    return list(changes_of(type(obj), obj.pk))


def changes_of(model, pk) -> Iterator[Change]:
    """The same for a row that may be gone. Who sees the values is for the caller to decide."""
    found = []
    for event_model in events_of(model):
        names = [f.name for f in event_model._meta.concrete_fields if not f.name.startswith("pgh_")]
        before = None
        for event in event_model.objects.filter(pgh_obj_id=pk).order_by("pgh_id"):
            now = {name: getattr(event, event_model._meta.get_field(name).attname) for name in names}
            old = before or dict.fromkeys(names)
            found.append((event, {n: (old[n], now[n]) for n in names if old[n] != now[n]}))
            before = now
    people = names_of({(event.pgh_context or {}).get("user") for event, _fields in found})
    for event, fields in reversed(found):
        context = event.pgh_context or {}
        by = people.get(context.get("user"), "")
        yield Change(event.pgh_label, event.pgh_created_at, by, context.get("request", ""), fields)


def names_of(pks):
    """{pk: name} of members of staff, in one query."""
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=pks - {None})}


@contextmanager
def unprotected(models, using):
    """Let the disposal role change the history of these models: PostgreSQL refuses everybody else before any trigger
    is asked.
    """
    names = [f"{event._meta.app_label}.{event.__name__}:append_only" for model in models for event in events_of(model)]
    if not names:
        yield
        return
    with pgtrigger.ignore(*names, databases=[using]):
        yield


def forget(rows, using):
    """Delete the history of rows that are gone: {model: pks}. Returns how many events went."""
    count = 0
    with unprotected(rows, using):
        for model, pks in rows.items():
            for event in events_of(model):
                count += event.objects.using(using).filter(pgh_obj_id__in=list(pks)).delete()[0]
    return count
