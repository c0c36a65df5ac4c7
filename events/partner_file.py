"""A partner's calendar file taken apart: what stands in it as entries, however badly it was put together.

Files come from many programs, and few keep to the standard (RFC 5545). So the file is cut into its entries line by
line, and each is read alone: what one of them lacks spoils no other. Zones that a file defines itself are not read,
because a definition may reckon for ever; a zone is known by its name or not at all. Nothing is fetched from anywhere.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from icalendar import Event as Entry
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

MOST_BYTES = 1_000_000
MOST_ENTRIES = 500
# No program puts one thing into another deeper than a few times.
DEEPEST = 20
# Of Area/State/Place, the longest names of the public list.
LONGEST_NAME = 3
BEGINNINGS = ("BEGIN:VCALENDAR", "BEGIN:VEVENT")
# How some programs name a zone of the public list: /vendor/version/Area/Place.
VENDORS_ZONE = re.compile(r'(;TZID=)"?(/[^";:]+)"?', re.IGNORECASE)


class NotACalendar(Exception):
    """The file holds no calendar at all."""


@dataclass(frozen=True)
class Part:
    """One entry of the file. `entry` is None where it could not be read; `zone` is the one that its calendar names."""

    number: int
    entry: Entry | None
    zone: ZoneInfo | None


@dataclass
class File:
    """Its entries, how many calendars it holds, and what was forgiven."""

    parts: list = field(default_factory=list)
    calendars: int = 0
    is_decoded: bool = True
    is_cut: bool = False


def read(content):
    """Take a file apart; at most MOST_ENTRIES are looked at."""
    try:
        text, decoded = content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text, decoded = content.decode("cp1252", errors="replace"), False
    text = text.replace("\x00", "")
    if not text.lstrip().upper().startswith(BEGINNINGS):
        raise NotACalendar
    file = File(is_decoded=decoded)
    for number, (lines, zone) in enumerate(_entries(text, file), start=1):
        if number > MOST_ENTRIES:
            file.is_cut = True
            break
        file.parts.append(Part(number, _entry(lines), zone))
    return file


def _entries(text, file):
    """(lines, zone of the calendar) of each entry, without what lies inside of it, such as alarms."""
    inside, lines, zone = [], [], None
    for line in re.split(r"\r\n|\n|\r", re.sub(r"(?:\r\n|\n|\r)[ \t]", "", text)):
        word, _, value = line.partition(":")
        word, value = word.strip().upper(), value.strip().upper()
        if word == "BEGIN":
            if value in ("VCALENDAR", "VEVENT") and "VEVENT" in inside:
                # The one before was never closed.
                yield None, zone
                inside = inside[: inside.index("VEVENT")]
            if value == "VCALENDAR":
                zone, file.calendars = None, file.calendars + 1
            lines = [] if value == "VEVENT" else lines
            if len(inside) < DEEPEST:
                inside.append(value)
        elif word == "END":
            ended = inside[inside.index(value) :] if value in inside else []
            if "VEVENT" in ended:
                # What ends with its calendar was never closed itself.
                yield (lines if value == "VEVENT" else None), zone
            inside = inside[: len(inside) - len(ended)]
        elif inside[-1:] == ["VEVENT"]:
            lines.append(VENDORS_ZONE.sub(_of_the_public_list, line))
        elif word == "X-WR-TIMEZONE":
            zone = known_zone(line.partition(":")[2].strip())
    if "VEVENT" in inside:
        yield None, zone


def _of_the_public_list(match):
    """The longest end of a vendor's name that is the name of a zone."""
    parts = match[2].rsplit("/", LONGEST_NAME)[1:]
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return match[1] + next((end for end in ends if known_zone(end)), parts[-1])


@cache
def _names():
    """Every name of the public list, read once: to look for each name of a hostile file on the disk takes minutes."""
    return frozenset(available_timezones())


def known_zone(name):
    """The zone of a name of the public list or of Windows, or None."""
    name = WINDOWS_TO_OLSON.get(name, name)
    try:
        return ZoneInfo(name) if name in _names() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _entry(lines):
    """What the library makes of these lines. It is given bytes: a text of one line it would open as a file."""
    if lines is None:
        return None
    try:
        return Entry.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]).encode())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError):
        return None
