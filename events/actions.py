"""Where an event changes together with bookings, tasks and messages."""

from django.db import transaction
from django.utils.translation import gettext as _

from areas.models import Booking
from core.states import MoveNotAllowed
from events import dependents, owed, registering, telling
from events.checks import missing_to_publish
from events.models import CheckItem, Event, Part, Series

# What each time of a series has in common.
COPIED = (
    "type", "title_en", "title_es", "about_en", "about_es", "access", "purpose", "area", "venue", "place", "step_free",
    "online", "languages", "interpreters", "children", "capacity", "registers", "lead", "budget_line", "budget",
    "outreach", "materials", "risk", "risk_note", "clock", "time_zone", "minutes",
)  # fmt: skip


class NotComplete(MoveNotAllowed):
    """It cannot be published yet; `missing` says what is not known."""

    def __init__(self, missing):
        super().__init__("; ".join(str(one.title) for one in missing))
        self.missing = missing


@transaction.atomic
def draft(*, event, staff, by):
    """Write a new event down, with the checklist of its type."""
    event.draft(by=by)
    event.staff.set(staff)
    owed.copy_checks(event)
    return event


@transaction.atomic
def edit(*, form, by):
    """Change what it is. Where and when are moved by a verb of their own, because people are told of that."""
    before = form.initial.get("lead")
    event = form.save_version()
    event.note_edit(sorted(set(form.changed_data) - {"version"}), by=by)
    if event.lead_id != before:
        owed.hand_over(event)
        telling.hand_over(event)
    if event.is_ahead and event.state != Event.State.DRAFT:
        _take(event)
    registering.settle(event)
    return event


@transaction.atomic
def plan(*, event, by):
    """Take the room and our people, and let the checklist begin."""
    event.plan(by=by)
    _take(event)
    _owe(event)


@transaction.atomic
def publish(*, event, by):
    """Residents read it from now on; refused while something that they need is not known.

    What is not for everybody is not published: a change of who may come would show it to all at once, unread.
    """
    if event.access != Event.Access.PUBLIC:
        raise MoveNotAllowed(_("%(event)s is not for everybody, so it cannot be published.") % {"event": event})
    missing = missing_to_publish(event)
    if missing:
        raise NotComplete(missing)
    event.publish(by=by)
    registering.settle(event)


@transaction.atomic
def reschedule(*, event, changes, by):
    """Another time or place: bookings and tasks move with it."""
    event.reschedule(by=by, **changes)
    if event.state != Event.State.DRAFT:
        _take(event)
        _owe(event)
        _tell(event, by)


@transaction.atomic
def postpone(*, event, by, **told):
    event.postpone(by=by, **told)
    _let_go(event)
    _tell(event, by)


@transaction.atomic
def cancel(*, event, by, **told):
    event.cancel(by=by, **told)
    _let_go(event)
    _tell(event, by)


@transaction.atomic
def cancel_series(*, event, by, **told):
    """This one and all that come after it in its series, but for those that took place or are canceled already."""
    rest = event.series.events.filter(starts_at__gte=event.starts_at, state__in=Event.MOVES[Event.State.CANCELED])
    found = list(rest.order_by("starts_at", "id"))
    for one in found:
        cancel(event=one, by=by, **told)
    return len(found)


@transaction.atomic
def hold(*, event, by):
    event.hold(by=by)


@transaction.atomic
def repeat(*, event, every, times, by):
    """Make an event the first of a series: each further one is an event of its own, a draft like a new one."""
    row = Event.objects.locked().get(pk=event.pk)
    if row.series_id is not None:
        raise MoveNotAllowed(_("%(event)s is part of a series already.") % {"event": event})
    series = Series(
        every=every, times=times, day=row.day, clock=row.clock, time_zone=row.time_zone, minutes=row.minutes,
        starts_at=row.starts_at,
    )  # fmt: skip
    series.save()
    Event.objects.filter(pk=row.pk).update(series=series, stands_for=row.day)
    event.series, event.stands_for = series, row.day
    staff, parts = list(event.staff.all()), list(event.parts.all())
    checks = list(event.checks.all())
    for day in series.days()[1:]:
        _copy(row, series, day, staff, parts, checks, by)
    return series


def _copy(event, series, day, staff, parts, checks, by):
    again = Event(day=day, series=series, stands_for=day, **{name: getattr(event, name) for name in COPIED})
    again.draft(by=by)
    again.staff.set(staff)
    Part.objects.bulk_create(
        Part(event=again, organization_id=one.organization_id, what=one.what, shown=one.shown) for one in parts
    )
    CheckItem.objects.bulk_create(CheckItem(event=again, text=one.text, days=one.days) for one in checks)
    return again


@transaction.atomic
def add_check(*, item, event, by):
    """One more thing to do before an event."""
    item.event = event
    item.add(by=by)
    if event.is_ahead and event.state != Event.State.DRAFT:
        owed.check(item)


@transaction.atomic
def drop_check(*, item, by):
    owed.drop(item)
    item.drop(by=by)


def _take(event):
    """The room and our people, all or nothing."""
    staff = {event.lead_id: event.lead, **{user.pk: user for user in event.staff.all()}}
    Booking.objects.book(
        ref=event.reference, starts_at=event.starts_at, ends_at=event.ends_at, venue=event.venue, staff=staff.values()
    )


def _owe(event):
    """Its checklist before it, its close-out after it."""
    owed.checklist(event)
    owed.close_out(event)


def _tell(event, by):
    """Whoever registered for it, and whatever else counts on what was announced."""
    registering.changed(event, by=by)
    dependents.tell(event)


def _let_go(event):
    """Nobody waits for it: room, people and checklist are free."""
    Booking.objects.release(ref=event.reference)
    owed.call_off(event)
