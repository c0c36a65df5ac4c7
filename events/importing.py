"""What the entries of a partner's calendar become: new drafts, changes of drafts, or nothing, each with the reason.

A draft that was made from an entry is changed where the file says something new; what we wrote since stays. What is
planned already is changed by nobody's file: people were told of it, and whoever leads it decides.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events import actions, rules
from events.models import Event, ImportedEntry, Part
from events.partner_entries import NOTES, WHY

TIME, PLACE, WORDS = ("begins", "minutes"), ("place", "online"), ("title", "about")
PARTS = {
    gettext_lazy("Time"): TIME,
    gettext_lazy("Place"): PLACE,
    gettext_lazy("Title"): ("title",),
    gettext_lazy("Description"): ("about",),
}


class Becomes(StrEnum):
    """What is done about one answer."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    REFUSED = "refused"


CHIPS = {
    Becomes.NEW: ("good", "plus-lg", gettext_lazy("New draft")),
    Becomes.CHANGED: ("info", "pencil", gettext_lazy("Changes a draft")),
    Becomes.SAME: ("quiet", "check2", pgettext_lazy("of an entry of a calendar", "As it was")),
    Becomes.LEFT: ("wait", "exclamation-triangle", gettext_lazy("For you to decide")),
    Becomes.REFUSED: ("quiet", "slash-circle", gettext_lazy("Not taken")),
}


@dataclass(frozen=True)
class Line:
    """One answer: what the file says, what it becomes, of which event, and what is to be told of it."""

    found: dict
    becomes: Becomes
    told: list
    known: ImportedEntry | None = None
    changed: tuple = ()

    @property
    def chip(self):
        return CHIPS[self.becomes]

    @property
    def event(self):
        return self.known.event if self.known else None

    @property
    def begins(self):
        return _moment(self.found) if self.found["begins"] else None


def lines(row, user):
    """What each answer of a file becomes, as things stand now."""
    uids = {found["uid"] for found in row.entries}
    entries = ImportedEntry.objects.filter(source=row.organization_id, uid__in=uids)
    known = {(entry.uid, entry.recurrence): entry for entry in entries.select_related("event")}
    return [_line(found, known.get((found["uid"], found["recurrence"])), user) for found in row.entries]


def _line(found, known, user):
    notes = [str(NOTES[code]) for code in found["notes"]]
    if found["why"]:
        return Line(found, Becomes.REFUSED, [WHY[found["why"]] % {"value": found["value"]}])
    if found["is_canceled"] and known is None:
        return Line(found, Becomes.REFUSED, [str(WHY["canceled"])])
    if known is None:
        return Line(found, Becomes.NEW, notes)
    if found["is_canceled"]:
        left = known.event.state != Event.State.CANCELED
        told = [_("It is canceled there. Cancel the event here if it is not to take place.")] if left else []
        return Line(found, Becomes.LEFT if left else Becomes.SAME, told, known)
    changed = tuple(name for name in (*TIME, *PLACE, *WORDS) if known.said.get(name) != found[name])
    if not changed:
        return Line(found, Becomes.SAME, [], known)
    told = [str(word) for word, names in PARTS.items() if set(names) & set(changed)]
    if known.event.state != Event.State.DRAFT:
        return Line(found, Becomes.LEFT, [*told, _("It is no draft any more: change it yourself.")], known, changed)
    if not rules.can_import_into(user, known.event):
        return Line(found, Becomes.LEFT, [*told, _("Somebody else leads it: ask them.")], known, changed)
    return Line(found, Becomes.CHANGED, [*told, *notes], known, changed)


@transaction.atomic
def take(*, row, by):
    """Make and change the drafts; counts what was done."""
    # Locked first, so that of two who take files of one partner the second sees what the first made.
    row.take(by=by)
    counts = {Becomes.NEW: 0, Becomes.CHANGED: 0}
    for line in lines(row, by):
        if line.becomes == Becomes.NEW:
            _draft(row, line.found, by)
        elif line.becomes == Becomes.CHANGED:
            _change(line, by)
        if line.becomes in counts:
            counts[line.becomes] += 1
    return counts


def _said(found):
    return {name: found[name] for name in (*TIME, *PLACE, *WORDS)}


def _moment(found):
    return timezone.localtime(datetime.fromisoformat(found["begins"]))


def _dated(found):
    begins = _moment(found)
    return {"day": begins.date(), "clock": begins.time(), "minutes": found["minutes"]}


def _draft(row, found, by):
    event = Event(
        type=row.type, area=row.area, lead=by, purpose=Event.Purpose.INFORM, title_en=found["title"],
        about_en=found["about"], place=found["place"], online=found["online"], **_dated(found),
    )  # fmt: skip
    actions.draft(event=event, staff=[], by=by)
    Part(event=event, organization=row.organization).join(by=by)
    ImportedEntry.objects.create(
        event=event, source=row.organization, uid=found["uid"], recurrence=found["recurrence"], said=_said(found)
    )


def _change(line, by):
    """Take over what the file says anew, and that alone."""
    event, found = line.event, line.found
    if set(line.changed) & {*TIME, *PLACE}:
        dated = {"day": event.day, "clock": event.clock, "minutes": event.minutes}
        dated = _dated(found) if set(line.changed) & set(TIME) else dated
        placed = {name: found[name] for name in PLACE if name in line.changed}
        actions.reschedule(event=event, changes=dated | placed | {"seen": event.sequence}, by=by)
    written = {f"{name}_en": found[name] for name in WORDS if name in line.changed}
    if written:
        Event.objects.filter(pk=event.pk).update(**written, version=F("version") + 1)
        event.note_edit(sorted(written), by=by)
    ImportedEntry.objects.filter(pk=line.known.pk).update(said=_said(found))
