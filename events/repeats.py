"""When an entry of a calendar file takes place: once, by a rule, on further days, and what was changed about some.

Rules are reckoned on the clock of the wall in the zone of the entry, so that they keep their hour when it is changed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from dateutil.rrule import rrulestr
from icalendar import Event as Entry
from icalendar import vBroken, vRecur

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
# So many times of one entry become events; what comes later is in a later file.
MOST = 60
LONGEST = 1_440
SHORTEST = 15
# So many values one rule may name, and so many times may be changed anew: reckoning takes as long as both are many.
MOST_VALUES, MOST_CHANGES = 100, 50_000
OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
WITHIN_A_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}


class Refused(Exception):
    """Why an entry cannot be taken: a code of events.partner_entries.WHY, and what it is about."""

    def __init__(self, code, value=""):
        super().__init__(code, value)
        self.code, self.value = code, value


@dataclass(frozen=True)
class Time:
    """One time of an entry: when by the first plan, when it begins now, how long it lasts, and in whose words."""

    planned: datetime
    begins: datetime
    length: timedelta
    entry: Entry
    is_whole_day: bool = False
    lacks_end: bool = False


@dataclass(frozen=True)
class Clock:
    """How the moments of an entry are understood: in its own zone, else in that of its calendar, else in ours."""

    zone: tzinfo
    ours: tzinfo

    def moment(self, value, params):
        """A moment, from a date, a time of no zone, or a time of one. Moments of UTC are told on the calendar's clock,
        because programs that write all times in UTC still mean the hour on the wall when they repeat one.
        """
        if not isinstance(value, datetime):
            return datetime.combine(value, time(), tzinfo=self.ours)
        if value.tzinfo is None:
            if name := params.get("TZID"):
                raise Refused("zone", str(name))
            return value.replace(tzinfo=self.zone or self.ours)
        return value.astimezone(self.zone or self.ours) if str(value.tzinfo) == "UTC" else value

    def of(self, entry, name):
        """The moment that an entry gives under a name, or None; what it gives twice or as nonsense is nothing."""
        given = entry.get(name)
        value = None if isinstance(given, vBroken) else getattr(given, "dt", None)
        return self.moment(value, given.params) if isinstance(value, date) else None

    def all_of(self, entry, name):
        """(moment, end or None, whether it is a whole day) of each in a list such as RDATE; a period has an end."""
        given = entry.get(name, [])
        for one in given if isinstance(given, list) else [given]:
            for part in [] if isinstance(one, vBroken) else one.dts:
                begins, ends = part.dt if isinstance(part.dt, tuple) else (part.dt, None)
                begins = self.moment(begins, one.params)
                if ends is not None:
                    ends = begins + ends if isinstance(ends, timedelta) else self.moment(ends, one.params)
                yield begins, ends, is_day(part.dt)


def is_day(value):
    return isinstance(value, date) and not isinstance(value, datetime)


def first(entry, clock):
    """When an entry takes place for the first time, and how long it lasts."""
    begins = clock.of(entry, "dtstart")
    if begins is None:
        raise Refused("no_start")
    whole = is_day(entry["dtstart"].dt)
    ends = clock.of(entry, "dtend")
    if ends is None:
        given = entry.get("duration")
        length = None if isinstance(given, vBroken) else getattr(given, "dt", None)
        ends = begins + length if isinstance(length, timedelta) else None
    lacks_end = ends is None or ends == begins
    if lacks_end:
        ends = begins + (A_DAY if whole else AN_HOUR)
    if ends < begins:
        raise Refused("ends_first")
    return Time(begins, begins, ends - begins, entry, whole, lacks_end)


def times(entry, changes, clock, *, earliest, latest):
    """All times of an entry that begin after `earliest` and before `latest`, in their order; `changes` are the
    entries under the same name that speak of one time of it (RECURRENCE-ID), or of that and all that follow.
    """
    begun = first(entry, clock)
    found = {begun.begins: begun} if "rrule" not in entry else {}
    for begins in _by_rule(entry, begun, earliest, latest):
        found[begins] = replace(begun, planned=begins, begins=begins)
    for begins, ends, _whole in clock.all_of(entry, "rdate"):
        length = ends - begins if ends is not None and ends > begins else begun.length
        found[begins] = replace(begun, planned=begins, begins=begins, length=length)
    gone = list(clock.all_of(entry, "exdate"))
    moments, days = {at for at, _end, whole in gone if not whole}, {at.date() for at, _end, whole in gone if whole}
    found = {at: one for at, one in found.items() if at not in moments and at.date() not in days}
    _change(found, changes, clock)
    near = [one for one in found.values() if earliest < one.begins < latest]
    return sorted(near, key=lambda one: (one.begins, one.planned))


def _by_rule(entry, begun, earliest, latest):
    """The moments of the rule that lie in the time asked for."""
    recur = entry.get("rrule")
    if recur is None:
        return []
    if not isinstance(recur, vRecur):
        raise Refused("rule")
    rule = {name.upper(): value for name, value in recur.items()}
    if str(rule.get("FREQ", [""])[0]).upper() in OFTEN or WITHIN_A_DAY & rule.keys():
        raise Refused("often")
    if sum(len(value) if isinstance(value, list) else 1 for value in rule.values()) > MOST_VALUES:
        raise Refused("too_slow")
    if int(rule.get("INTERVAL", [1])[0]) < 1:
        # It would never come to its next time.
        raise Refused("rule")
    until = _until(rule.pop("UNTIL", [None])[0], begun.begins.tzinfo)
    zone, wall = begun.begins.tzinfo, begun.begins.replace(tzinfo=None)
    last = min(filter(None, [until, latest.astimezone(zone).replace(tzinfo=None)]))
    soonest, found = earliest.astimezone(zone).replace(tzinfo=None), []
    try:
        for at in rrulestr(vRecur(rule).to_ical().decode(), dtstart=wall):
            if at > last or len(found) > MOST:
                break
            if at >= soonest:
                found.append(at.replace(tzinfo=zone))
    except (ValueError, TypeError, OverflowError, AttributeError, IndexError) as error:
        raise Refused("rule") from error
    return found


def _until(value, zone):
    """The last moment of a rule on the clock of its wall; of a day its end."""
    if value is None:
        return None
    if is_day(value):
        return datetime.combine(value, time.max)
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def _change(found, changes, clock):
    """Write what was changed about single times; a change for all that follow is written before those for one."""
    told = [(clock.of(entry, "recurrence-id"), entry) for entry in changes]
    known = [(at, entry) for at, entry in told if at is not None]
    follow = [(at, entry) for at, entry in known if _goes_on(entry)]
    if len(follow) * len(found) > MOST_CHANGES:
        raise Refused("too_slow")
    for at, entry in sorted(follow, key=lambda pair: pair[0]):
        changed = first(entry, clock) if "dtstart" in entry else None
        for key in [key for key in found if key >= at]:
            shift = changed.begins - at if changed else timedelta()
            length = changed.length if changed else found[key].length
            found[key] = replace(found[key], begins=_shifted(key, shift), length=length, entry=entry)
    for at, entry in known:
        if not _goes_on(entry):
            found[at] = replace(first(entry, clock), planned=at)


def _goes_on(entry):
    return str(entry["recurrence-id"].params.get("RANGE", "")).upper() == "THISANDFUTURE"


def _shifted(moment, by):
    """Later or earlier by so much on the clock of the wall."""
    return (moment.replace(tzinfo=None) + by).replace(tzinfo=moment.tzinfo)
