"""Public events as calendars read them (RFC 5545): the file of one event, and the feed of all.

A series is one entry with its rule. What differs from the rule (moved, canceled, another title or place) is an entry
of its own under the same name; days that residents cannot read about are taken out of the rule. Where others meet on
such a day whose meeting is theirs alone, there is no rule: what is taken out of one tells the day.
"""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Event as Entry
from icalendar import vRecur

from core import calendar_files
from core.plain import one_line
from events import announced
from events.models import Event
from events.public_filters import KEPT

PRODUCT = "Events"
AHEAD = timedelta(days=366)
STATUS = {Event.State.CANCELED: "CANCELLED", Event.State.POSTPONED: "TENTATIVE"}
# Nothing of it is told to residents, and it need not be read from the database.
UNTOLD = ("vector", "risk_note", "materials", "budget_line", "outreach")


def rows(wanted, *, expand=False, now=None):
    """The events of the feed, by the filter of the list: the last 30 days and the next 366.

    Of a series that reaches into these days all times are read, because its rule counts from the first.
    """
    day = start_of_day(now)
    shown = wanted.narrow(Event.objects.shown())
    near = Q(ends_at__gt=day - KEPT, starts_at__lt=day + AHEAD)
    if not expand:
        near |= Q(series__in=shown.filter(near).exclude(series=None).values("series"))
    gone = Q(state=Event.State.CANCELED, ends_at__lte=day - KEPT)
    found = shown.filter(near).exclude(gone).select_related("type", "venue", "series").defer(*UNTOLD)
    return list(found.order_by("series_id", "starts_at", "id"))


def start_of_day(now=None):
    """The feed changes with the day and not with the second, so that a calendar is told that nothing changed."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def newest():
    """The last moment at which the feed may have changed: with a day others come into it and leave it.

    What is no longer public counts as well, because it left.
    """
    changed = Event.objects.exclude(published_at=None).aggregate(newest=Max("changed_at"))["newest"]
    return max(start_of_day(), changed or start_of_day())


def feed(events, *, expand=False):
    """The feed of these events; with `expand` each time is an entry of its own, for calendars that know no rules."""
    name = _("Events: %(agency)s") % {"agency": settings.AGENCY["name"]}
    calendar = calendar_files.begin_feed(PRODUCT, name)
    for entry in _apart(events) if expand else _together(events):
        calendar.add_component(entry)
    return calendar_files.written(calendar)


def file(event):
    """One event, to be added to a calendar by hand. It is never told again, so it has no rule and no feed."""
    calendar = calendar_files.begin(PRODUCT)
    calendar.add_component(_entry(event, _uid(event.uid)))
    return calendar_files.written(calendar)


def _uid(name):
    return calendar_files.uid(f"event-{name}")


def _apart(events):
    for event in events:
        if event.series_id is None:
            yield _entry(event, _uid(event.uid))
        else:
            stands_for = _by_the_rule(event.series, event.stands_for)
            yield _entry(event, _uid(f"{event.series.handle}-{stands_for:%Y%m%dT%H%M%S}"))


def _together(events):
    counted = _counted({event.series_id for event in events if event.series_id})
    for pk, times in groupby(events, key=lambda event: event.series_id):
        if pk is None:
            yield from _apart(times)
        else:
            yield from _series(list(times), counted[pk])


def _counted(ids):
    """{series: (sum of the changes of all its times, the newest of them, days that are not for everybody)}; the first
    two only grow.
    """
    found = Event.objects.filter(series__in=ids).order_by().values("series")
    closed = ArrayAgg("stands_for", filter=~Q(access=Event.Access.PUBLIC))
    found = found.annotate(sequence=Sum("sequence"), changed_at=Max("changed_at"), closed=closed)
    return {row["series"]: row for row in found}


def _series(times, counted):
    """The entries of one series: the rule, and what differs from it."""
    series = times[0].series
    days = series.days()
    if set(days) & set(counted["closed"] or ()):
        yield from _apart(times)
        return
    ruled = [event for event in times if event.stands_for in set(days)]
    # A time that no day of the rule stands for is an event like any other.
    yield from (_entry(event, _uid(event.uid)) for event in times if event not in ruled)
    if not ruled:
        return
    pattern = min(ruled, key=lambda event: (_is_moved(event), event.state in STATUS, event.stands_for))
    told = {event.stands_for for event in ruled}
    yield _rule(series, pattern, [day for day in days if day not in told], counted)
    for event in ruled:
        if _is_moved(event) or _words(event) != _words(pattern):
            entry = _entry(event, _uid(series.handle), counted["sequence"])
            entry.add("recurrence-id", _by_the_rule(series, event.stands_for))
            yield entry


def _rule(series, pattern, missing, counted):
    """The entry with the rule, in the words of a time that is as the rule says."""
    entry = _stamped(_uid(series.handle), counted["changed_at"], counted["sequence"])
    begins = _by_the_rule(series, series.day)
    entry.add("dtstart", begins)
    entry.add("dtend", (begins.astimezone(UTC) + timedelta(minutes=series.minutes)).astimezone(begins.tzinfo))
    entry.add("rrule", vRecur.from_ical(series.rule))
    if missing:
        entry.add("exdate", [_by_the_rule(series, day) for day in missing])
    return _say(entry, pattern)


def _by_the_rule(series, day):
    """When the rule puts the time of a day, on the clock of the wall: calendars reckon with the wall as well."""
    return datetime.combine(day, series.clock, tzinfo=ZoneInfo(series.zone))


def _is_moved(event):
    ruled = event.series.moment_of(event.stands_for, event.series.clock)
    return event.starts_at != ruled or event.minutes != event.series.minutes


def _entry(event, uid, sequence=None):
    entry = _stamped(uid, event.changed_at, event.sequence if sequence is None else sequence)
    entry.add("dtstart", event.wall_time)
    entry.add("dtend", event.wall_end)
    return _say(entry, event)


def _stamped(uid, changed_at, sequence):
    entry, changed_at = Entry(), changed_at.astimezone(UTC)
    entry.add("uid", uid)
    entry.add("dtstamp", changed_at)
    entry.add("last-modified", changed_at)
    entry.add("sequence", sequence)
    return entry


def _say(entry, event):
    words, address = _words(event), announced.address(event)
    # Many calendars show the description and nothing else, so the address stands there as well.
    words["description"] = "\n\n".join([*words["description"], address])
    for name, value in words.items():
        if value:
            entry.add(name, value)
    entry.add("url", address)
    entry.add("organizer", calendar_files.mailbox(settings.AGENCY["email"], settings.AGENCY["name"]))
    entry.add("class", "PUBLIC")
    return entry


def _words(event):
    """What two times of a series have in common, or one of them is told apart."""
    facts = [f"{term}: {value}" for term, value in announced.beside(event)]
    return {
        "summary": announced.title(event),
        "location": announced.where(event),
        "status": STATUS.get(event.state, "CONFIRMED"),
        "categories": [one_line(event.type)],
        "description": list(filter(None, [announced.news(event), announced.about(event), "\n".join(facts)])),
    }
