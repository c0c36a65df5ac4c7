"""What the month's events come to: pure reads for dashboards and the monthly report."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from django.utils import timezone

from areas.models import Area
from events.models import CloseOut, Event, Promise
from notices.walltime import local_to_utc

# An area without any event for so long is named.
SILENCE = timedelta(days=90)
TOOK_PLACE = (Event.State.HELD, Event.State.CLOSED_OUT)


@dataclass(frozen=True)
class Attendance:
    """People who came to the events that were closed out; those who were not asked are neither new nor returning."""

    new: int
    returning: int
    unknown: int

    @property
    def total(self):
        return self.new + self.returning + self.unknown


@dataclass(frozen=True)
class EventFigures:
    """One month: events by the day on which they began, promises by the day on which they were due.

    `cost_per_attendee` is over events whose cost and attendance are both known, None where there is none.
    """

    month: date
    held: int
    canceled: int
    not_closed_out: int
    by_type: dict
    by_area: dict
    attendance: Attendance
    cost_per_attendee: Decimal | None
    promises_due: int
    promises_kept: int
    promises_late: int
    silent_areas: tuple


def figures_for(month, *, today=None):
    """The figures of the month in which this day lies."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    today = today or timezone.localdate()
    events = Event.objects.filter(starts_at__gte=local_to_utc(first, time()), starts_at__lt=local_to_utc(after, time()))
    held = events.filter(state__in=TOOK_PLACE)
    outcomes = list(CloseOut.objects.filter(event__in=held.order_by()))
    promises = Promise.objects.filter(due_on__gte=first, due_on__lt=after)
    return EventFigures(
        month=first,
        held=held.count(),
        canceled=events.filter(state=Event.State.CANCELED).count(),
        not_closed_out=held.filter(state=Event.State.HELD).count(),
        by_type=dict(sorted(Counter(held.values_list("type__code", flat=True)).items())),
        by_area=dict(sorted(Counter(held.values_list("area__reference", flat=True)).items())),
        attendance=_attendance(outcomes),
        cost_per_attendee=_cost(outcomes),
        promises_due=promises.count(),
        promises_kept=promises.filter(state=Promise.State.KEPT).count(),
        promises_late=promises.filter(state=Promise.State.OPEN, due_on__lt=today).count(),
        silent_areas=silent_areas(min(after - timedelta(days=1), today)),
    )


def _attendance(outcomes):
    sums = defaultdict(int)
    for outcome in outcomes:
        for name in CloseOut.COUNTS:
            sums[name.partition("_")[2]] += getattr(outcome, name)
    return Attendance(sums["new"], sums["returning"], sums["unknown"])


def _cost(outcomes):
    """Money per person, to the cent."""
    known = [outcome for outcome in outcomes if outcome.cost is not None and outcome.attended]
    people = sum(outcome.attended for outcome in known)
    return round(sum((outcome.cost for outcome in known), Decimal()) / people, 2) if people else None


def silent_areas(day):
    """References of the areas in force, by name, in which nothing took place in the 90 days before the end of a day.

    An event in a part of an area counts for the area too.
    """
    until = local_to_utc(day + timedelta(days=1), time())
    met = Event.objects.filter(state__in=TOOK_PLACE, starts_at__gte=until - SILENCE, starts_at__lt=until)
    covering = Area.objects.ids_covering_each(set(met.order_by().values_list("area", flat=True)))
    reached = set().union(*covering.values())
    silent = Area.objects.current(day).exclude(pk__in=reached)
    return tuple(silent.order_by("name", "id").values_list("reference", flat=True))
