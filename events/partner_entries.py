"""What the entries of a partner's calendar file say, each in the words of an event, or why one cannot be taken.

The answers are kept as they are until somebody has looked at them, so they are plain values. Of a file nothing is kept
but what an event takes: no guest, no host and no address of theirs. Of an entry that is private there, such as whom a
partner advises when, nothing is kept but that there is one.
"""

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.plain import one_line
from events import partner_file
from events.models import Event
from events.plain_words import plain
from events.repeats import LONGEST, MOST, SHORTEST, Clock, Refused, first, times

AHEAD = timedelta(days=366)
LONGEST_UID = 255
# What reckoning raises where a time lies outside of the calendar or a value is none.
NO_MOMENT = (OverflowError, ValueError, TypeError)
# So many events are made of one file, and so many seconds are spent on its rules.
MOST_EVENTS, MOST_SECONDS = 300, 5
TITLE, ABOUT, PLACE, LINK = (
    Event._meta.get_field(name).max_length for name in ("title_en", "about_en", "place", "online")
)

WHY = {
    "unreadable": _("It is broken off or cannot be read."),
    "private": _("It is marked as private there."),
    "no_uid": _("It has no UID, so another file would make the same event a second time."),
    "long_uid": _("Its UID is longer than 255 characters."),
    "no_title": _("It has no title."),
    "no_start": _("It does not say when it begins (DTSTART)."),
    "ends_first": _("It ends before it begins."),
    "zone": _("It names a time zone that nobody knows: %(value)s"),
    "rule": _("Its rule of repetition cannot be read (RRULE)."),
    "often": _("It repeats more than once a day."),
    "too_long": _("It lasts longer than a day."),
    "past": _("It has passed."),
    "far": _("It is more than a year ahead."),
    "twice": _("The file has a newer entry with the same UID."),
    "no_such_time": _("It changes one time of a series and does not say which (RECURRENCE-ID)."),
    "too_many": _("The file holds more events than are taken at once. Import it again after these."),
    "too_slow": _("The rules of this file take too long to reckon."),
    "canceled": _("It is canceled there."),
}
NOTES = {
    "whole_day": _("It has no hours: enter them before you publish it."),
    "no_end": _("It does not say when it ends: one hour is taken."),
    "short": _("It is shorter than 15 minutes: 15 are taken."),
    "cut": _("Its words are too long and were cut."),
    "html": _("Its description was HTML and is plain text now."),
    "capped": _("It repeats further: the next 60 times are taken."),
}


@dataclass
class Found:
    """One time of one entry. `why` is a code of WHY where it cannot be taken, with what it is about in `value`."""

    number: int
    uid: str = ""
    recurrence: str = ""
    title: str = ""
    about: str = ""
    place: str = ""
    online: str = ""
    begins: str = ""
    minutes: int = 0
    is_canceled: bool = False
    why: str = ""
    value: str = ""
    notes: list = field(default_factory=list)


def entries(content, now=None):
    """([an answer for each time of each entry], [codes of what is to be told of the file]); see partner_file.read."""
    file = partner_file.read(content)
    asked = {"earliest": now or timezone.now()}
    asked["latest"] = asked["earliest"] + AHEAD
    told, began = [], time.monotonic()
    for group in _grouped(file.parts):
        if time.monotonic() - began > MOST_SECONDS:
            told += [_refused(part, Refused("too_slow")) for part in group]
        else:
            told += _answers(group, asked)
    told.sort(key=lambda found: (found.begins == "", found.begins, found.number))
    return [asdict(found) for found in _capped(told)], _of_the_file(file)


def _of_the_file(file):
    return [
        code
        for code, holds in (
            ("calendars", file.calendars > 1),
            ("bare", file.calendars == 0),
            ("decoded", not file.is_decoded),
            ("cut", file.is_cut),
        )
        if holds
    ]


def _capped(told):
    """The first MOST_EVENTS that can be taken, and all answers beside them."""
    taken = 0
    for found in told:
        taken += not found.why
        yield replace(found, why="too_many") if not found.why and taken > MOST_EVENTS else found


def _grouped(parts):
    """The entries that speak of one event, together; those that cannot be told apart stand alone."""
    groups = {}
    for part in parts:
        uid = one_line(_text(part.entry, "uid")) if part.entry is not None else ""
        groups.setdefault(uid or part.number, []).append(part)
    return groups.values()


def _answers(group, asked):
    """What becomes of the entries of one event."""
    unusable = {part.number: refusal for part in group if (refusal := _refusal(part))}
    told = [_refused(part, unusable[part.number]) for part in group if part.number in unusable]
    sound = [part for part in group if part.number not in unusable]
    changes = [part for part in sound if "recurrence-id" in part.entry]
    # Of several that say the same the newest counts, then the last.
    wholes = sorted((part for part in sound if part not in changes), key=lambda part: (_sequence(part), part.number))
    told += [_refused(part, Refused("twice")) for part in wholes[:-1]]
    if wholes:
        return told + _of_one(wholes[-1], changes, asked)
    # The rest of the series lies elsewhere: each change is an event by itself.
    return told + [found for part in changes for found in _of_one(part, [], asked, is_change=True)]


def _refusal(part):
    """Why an entry is of no use whatever else the file says, or None."""
    entry = part.entry
    if entry is None:
        return Refused("unreadable")
    if _is_private(entry):
        return Refused("private")
    uid = one_line(_text(entry, "uid"))
    if not uid or len(uid) > LONGEST_UID:
        return Refused("long_uid" if uid else "no_uid")
    clock = Clock(part.zone, timezone.get_default_timezone())
    try:
        if "recurrence-id" in entry and clock.of(entry, "recurrence-id") is None:
            return Refused("no_such_time")
        # A change for all that follow may leave the time as it is; all others must say when.
        if "recurrence-id" not in entry or "dtstart" in entry:
            first(entry, clock)
        elif str(entry["recurrence-id"].params.get("RANGE", "")).upper() != "THISANDFUTURE":
            return Refused("no_start")
    except Refused as refusal:
        return refusal
    except NO_MOMENT:
        return Refused("unreadable")
    return None


def _is_private(entry):
    """Whether it is for its owner alone. What a program calls by a word of its own is private as well (RFC 5545)."""
    return _text(entry, "class").strip().upper() not in ("", "PUBLIC")


def _sequence(part):
    try:
        return int(part.entry.get("sequence", 0))
    except (TypeError, ValueError):
        return 0


def _of_one(part, changes, asked, *, is_change=False):
    """The times of one entry, with what other entries changed about some of them."""
    clock, entry = Clock(part.zone, timezone.get_default_timezone()), part.entry
    try:
        if is_change:
            found = [one for one in [first(entry, clock)] if one.begins > asked["earliest"]]
        else:
            found = times(entry, [change.entry for change in changes], clock, **asked)
        if not found:
            raise Refused(_why_none(entry, clock, asked))
    except Refused as refusal:
        return [_refused(part, refusal)]
    except NO_MOMENT:
        return [_refused(part, Refused("unreadable"))]
    repeats = is_change or len(found) > 1 or any(name in entry for name in ("rrule", "rdate")) or bool(changes)
    told = [_told(part, one, clock.of(entry, "recurrence-id") if is_change else one.planned, repeats) for one in found]
    if len(told) > MOST:
        told[MOST - 1].notes.append("capped")
    return told[:MOST]


def _why_none(entry, clock, asked):
    """Why no time of an entry is near: it lies ahead, or it has passed."""
    return "far" if first(entry, clock).begins >= asked["latest"] else "past"


def _told(part, one, planned, repeats):
    """One time in the words of an event."""
    entry, minutes = one.entry, -(-one.length // timedelta(minutes=1))
    about, is_html = plain(_text(entry, "description"))
    title, place, online = one_line(_text(entry, "summary")), *_where(entry)
    about = _with_address(about, _text(entry, "url"))
    notes = {
        "whole_day": one.is_whole_day,
        "no_end": one.lacks_end and not one.is_whole_day,
        "short": minutes < SHORTEST,
        "cut": len(title) > TITLE or len(about) > ABOUT or len(place) > PLACE,
        "html": is_html,
    }
    canceled = _text(entry, "status").upper() == "CANCELLED"
    return Found(
        number=part.number,
        uid=one_line(_text(part.entry, "uid")),
        recurrence=f"{planned.astimezone(UTC):%Y%m%dT%H%M%SZ}" if repeats else "",
        title=title[:TITLE],
        about=about[:ABOUT],
        place=place[:PLACE],
        online=online,
        begins=timezone.localtime(one.begins).replace(second=0, microsecond=0).isoformat(),
        minutes=max(minutes, SHORTEST),
        is_canceled=canceled,
        why=_why_not(title, minutes),
        notes=[code for code, holds in notes.items() if holds],
    )


def _why_not(title, minutes):
    if minutes > LONGEST:
        return "too_long"
    return "" if title else "no_title"


def _text(entry, name):
    """A text of an entry; of several the first. Some programs escape quotation marks, which nobody asks of them."""
    value = entry.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "").replace('\\"', '"')


def _where(entry):
    """(place, link to take part): a place that is an address of the web is a link."""
    place = one_line(_text(entry, "location"))
    return ("", place) if len(place) <= LINK and _is_address(place, "https") else (place, "")


def _with_address(about, address):
    """The page of the partner stands under the words, for whoever publishes the event."""
    address = one_line(address)
    known = address not in about and _is_address(address, "https", "http")
    return f"{about}\n\n{address}".strip() if known else about


def _is_address(text, *schemes):
    try:
        URLValidator(schemes)(text)
    except ValidationError:
        return False
    return True


def _refused(part, refusal):
    """The answer about an entry that is not taken, with whatever names it."""
    entry = part.entry
    found = Found(number=part.number, why=refusal.code, value=one_line(refusal.value)[:80])
    if entry is not None and not _is_private(entry):
        found.uid, found.title = one_line(_text(entry, "uid"))[:LONGEST_UID], one_line(_text(entry, "summary"))[:TITLE]
    return found
