"""At the door and afterwards: who came, what was raised, what was promised, and what became of it."""

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils.translation import gettext as _

from core.states import MoveNotAllowed
from events import owed
from events.models import CloseOut, Event, Registration, Tap
from notices.models import Task

# While people may come in.
AT_THE_DOOR = (Event.State.PLANNED, Event.State.PUBLISHED, Event.State.FULL, Event.State.HELD)
NAMES = {"adult": "adults", "youth": "youth"}


def stay_at_the_door(event):
    """Refuse where nobody comes in any more, or not yet known whether."""
    if event.state not in AT_THE_DOOR:
        raise MoveNotAllowed(_("Nobody is counted in any more at %(event)s.") % {"event": event})


@transaction.atomic
def tap(*, event, key, age, visit, by):
    """Count somebody in, once for each key."""
    hold(event)
    stay_at_the_door(event)
    row, _made = Tap.objects.get_or_create(key=key, defaults={"event": event, "age": age, "visit": visit, "by": by})
    if row.event_id != event.pk:
        raise SuspiciousOperation("The key was used at another event.")
    return row


@transaction.atomic
def take_back(*, event, by):
    """The last press of this person was a mistake. True if there was one."""
    hold(event)
    stay_at_the_door(event)
    last = event.taps.filter(by=by).order_by("-id").first()
    if last is not None:
        last.delete()
    return last is not None


def counts(event):
    """What the taps come to, by the names of the fields of a close-out."""
    found = event.taps.counted()
    return {f"{NAMES[age]}_{visit}": found.get((age, visit), 0) for age in Tap.Age.values for visit in Tap.Visit.values}


def attendance(event):
    """Who came, by the names of the fields of a close-out: those on the list by name, and those counted at the door.

    Nobody is in both: whoever registered is checked in by name and not counted at the door, where those are counted
    who are not on the list. Whether somebody came before is not known of those on the list.
    """
    found = counts(event)
    adults, children = event.registrations.came()
    found["adults_unknown"] += adults
    found["youth_unknown"] += children
    return found


@transaction.atomic
def close_out(*, row, organizations, by):
    """Write down what became of an event; one that nobody noted as held was held."""
    event = row.event
    hold(event)
    if event.state != Event.State.HELD:
        event.hold(by=by)
    event.close_out(by=by)
    _miss_the_rest(event, by=by)
    row.by = by
    row.save()
    row.organizations.set(organizations)
    Task.objects.finish_for(event.reference, f"{owed.CLOSE_OUT}:", by=by)
    Task.objects.void_for(event.reference, f"{owed.CHECK}:")
    return row


def _miss_the_rest(event, *, by):
    """Where people were checked in by name, who had a place and was not checked in did not come.

    Where nobody was, nothing is known of anybody, and nothing is written down.
    """
    if event.registrations.checked().exists():
        for place in event.registrations.filter(state=Registration.State.CONFIRMED):
            place.miss(by=by)


@transaction.atomic
def note_raised(*, row, by):
    row.note(by=by)
    owed.raised(row)


@transaction.atomic
def promise(*, row, by):
    row.make(by=by)
    owed.promise(row)


@transaction.atomic
def end_promise(*, row, kept, said, by):
    """Say what came of a promise; whoever promised it is no longer asked."""
    if kept:
        row.keep(said, by=by)
    else:
        row.give_up(said, by=by)
    owed.promise_ended(row, by=by)


def hold(event):
    """Nobody counts in or closes out at the same time."""
    rows = Event.objects.select_for_update(of=("self",))
    event.refresh_from_db(fields=["state"], from_queryset=rows)


def begun(event):
    """A close-out with everybody of whom it was written down that they came."""
    return CloseOut(event=event, **attendance(event))
