"""Arithmetic of clocks on the wall and of working days, right across both changes of the clock.

A thing with a date is written as a day, a clock time and a zone. "A day before" keeps the clock on the wall; "hours
before" counts hours that really pass. Twice a year these two differ.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone

MORNING = time(9)


def zone_named(name):
    """The zone of this name; that of the installation where there is none."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def local_to_utc(day, clock, zone=None):
    """The moment at which the clocks of a zone show this time on this day.

    A time that the clocks skip is moved forward by what they skip (02:30 becomes 03:30); of a time that they show
    twice the first is meant.
    """
    return datetime.combine(day, clock, tzinfo=zone_named(zone)).astimezone(UTC)


def morning_of(day, zone=None):
    """When the unit is asked to do what belongs to a day."""
    return local_to_utc(day, MORNING, zone)


def on_the_wall(moment, zone=None):
    """What the clocks of a zone show at a moment."""
    return moment.astimezone(zone_named(zone))


def days_before(day, clock, zone=None, days=1):
    """So many days before, at the same time on the wall."""
    return local_to_utc(day - timedelta(days=days), clock, zone)


def hours_before(moment, hours):
    """So many hours before, as they pass."""
    return moment.astimezone(UTC) - timedelta(hours=hours)


def is_working_day(day):
    """Monday to Friday, but for the days that HOLIDAYS names (2027-01-01, ...)."""
    return day.weekday() < 5 and day.isoformat() not in settings.HOLIDAYS


def working_days_after(day, days):
    """The working day that is so many working days after a day; 0 gives the day itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def working_days_between(start, end):
    """How many working days passed: the fewest with `working_days_after(start, days) >= end`."""
    day, days = working_days_after(start, 0), 0
    while day < end:
        day += timedelta(days=1)
        days += is_working_day(day) or day == end
    return days


def due_in_working_days(days, clock=time(17, 0), start: date | None = None):
    """The moment by which something is due that has so many working days: the end of the last one."""
    return local_to_utc(working_days_after(start or timezone.localdate(), days), clock)


def is_within(moment, opens, closes, zone=None):
    """Whether the clocks of a zone stand between two times; hours such as 20:00 to 02:00 go over midnight."""
    clock = on_the_wall(moment, zone).time()
    if opens <= closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes


def next_opening(moment, opens, zone=None):
    """The first moment after this one at which the clocks of a zone show the time.

    A time that they show twice opens twice: whoever missed the first need not wait for the next day.
    """
    zone = zone_named(zone)
    day = moment.astimezone(zone).date()
    clocks = opens.replace(fold=0), opens.replace(fold=1)
    walls = (datetime.combine(day + timedelta(days=n), clock, tzinfo=zone) for n in (0, 1) for clock in clocks)
    shown = (at for at in (wall.astimezone(UTC) for wall in walls) if at.astimezone(zone).time() >= opens)
    return min(at for at in shown if at > moment)
