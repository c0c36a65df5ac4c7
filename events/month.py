"""A month of events as a grid of weeks, each day with what is on it."""

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format

WRITTEN = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Day:
    """A day of the grid; those of the months beside it are empty."""

    date: date
    is_inside: bool
    is_today: bool
    events: list


@dataclass(frozen=True)
class Leaf:
    """A month with the ways to those beside it. `previous` and `next` are empty where nothing more is to be seen."""

    first: date
    previous: str
    next: str


@dataclass(frozen=True)
class Month:
    """What `events/_month.html` shows: a leaf with its weeks."""

    first: date
    weekdays: list
    weeks: list
    previous: str
    next: str
    count: int


def asked(text, *, earliest, latest):
    """The first day of the month that an address asks for; this month where it asks for none that is shown."""
    today = timezone.localdate()
    written = WRITTEN.fullmatch(text)
    if written is None or not 1 <= int(written[2]) <= 12 or not 1 <= int(written[1]) <= 9_998:
        return today.replace(day=1)
    first = date(int(written[1]), int(written[2]), 1)
    return first if earliest.replace(day=1) <= first <= latest else today.replace(day=1)


def of_month(events, first):
    """Those that begin on a day of this month."""
    return events.filter(day__gte=first, day__lt=after(first)).order_by("starts_at", "id")


def after(first):
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


def leaf(first, *, earliest, latest):
    """This month, and the months before and after it as an address asks for them."""
    before, later = first - timedelta(days=1), after(first)
    return Leaf(
        first=first,
        previous=f"{before:%Y-%m}" if before >= earliest.replace(day=1) else "",
        next=f"{later:%Y-%m}" if later <= latest else "",
    )


def grid(events, first, *, earliest, latest):
    """The weeks of a month, begun on the day on which weeks begin in the language that is active."""
    on, today = defaultdict(list), timezone.localdate()
    for event in events:
        on[event.day].append(event)
    # Django counts the days of the week from Sunday, Python from Monday.
    week = calendar.Calendar((get_format("FIRST_DAY_OF_WEEK") - 1) % 7)
    weeks = [
        [Day(day, day.month == first.month, day == today, on[day] if day.month == first.month else []) for day in days]
        for days in week.monthdatescalendar(first.year, first.month)
    ]
    turned = leaf(first, earliest=earliest, latest=latest)
    return Month(
        first=first,
        weekdays=[WEEKDAYS[number] for number in week.iterweekdays()],
        weeks=weeks,
        previous=turned.previous,
        next=turned.next,
        count=sum(map(len, on.values())),
    )
