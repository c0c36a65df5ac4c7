"""What the month's events come to: pure reads for dashboards and the monthly report."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from django.db.models import Count, Q
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
    def asked(self):
        return self.new + self.returning

    @property
    def total(self):
        return self.asked + self.unknown


@dataclass(frozen=True)
class Cost:
    """What the events cost of which both the cost and the attendance are known, and how many came to them."""

    money: Decimal
    people: int
    events: int

    @property
    def per_attendee(self):
        """Money per person, to the cent; None where nothing is known."""
        return round(self.money / self.people, 2) if self.people else None


@dataclass(frozen=True)
class Promises:
    """What was promised for some days: of those that were due, how many were kept, how many could not be, and how
    many are open past their day.
    """

    due: int
    kept: int
    broken: int
    late: int


@dataclass(frozen=True)
class EventFigures:
    """One month: events by the day on which they began, promises by the day on which they were due.

    `by_type` counts by the code of the type, `by_area` by the reference of the area. `silent_areas` are those of the
    `areas` in force on a day, `silent_until`, in which nothing took place for so long.
    """

    month: date
    held: int
    canceled: int
    not_closed_out: int
    by_type: dict
    by_area: dict
    attendance: Attendance
    cost: Cost
    promises: Promises
    areas: int
    silent_until: date
    silent_areas: tuple


def figures_for(month, *, today=None):
    """The figures of the month in which this day lies."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    today = today or timezone.localdate()
    events = Event.objects.filter(starts_at__gte=local_to_utc(first, time()), starts_at__lt=local_to_utc(after, time()))
    held = events.filter(state__in=TOOK_PLACE).order_by()
    kinds = list(held.values_list("type__code", "area__reference", "state"))
    outcomes = list(CloseOut.objects.filter(event__in=held))
    until = min(after - timedelta(days=1), today)
    return EventFigures(
        month=first,
        held=len(kinds),
        canceled=events.filter(state=Event.State.CANCELED).count(),
        not_closed_out=sum(state == Event.State.HELD for _type, _area, state in kinds),
        by_type=dict(sorted(Counter(kind for kind, _area, _state in kinds).items())),
        by_area=dict(sorted(Counter(area for _type, area, _state in kinds).items())),
        attendance=_attendance(outcomes),
        cost=_cost(outcomes),
        promises=_promises(first, after, today),
        areas=Area.objects.current(until).count(),
        silent_until=until,
        silent_areas=silent_areas(until),
    )


def _attendance(outcomes):
    sums = defaultdict(int)
    for outcome in outcomes:
        for name in CloseOut.COUNTS:
            sums[name.partition("_")[2]] += getattr(outcome, name)
    return Attendance(sums["new"], sums["returning"], sums["unknown"])


def _cost(outcomes):
    known = [outcome for outcome in outcomes if outcome.cost is not None and outcome.attended]
    money = sum((outcome.cost for outcome in known), Decimal())
    return Cost(money, sum(outcome.attended for outcome in known), len(known))


def _promises(first, after, today):
    states = Promise.State
    counted = Promise.objects.filter(due_on__gte=first, due_on__lt=after).aggregate(
        due=Count("pk"),
        kept=Count("pk", filter=Q(state=states.KEPT)),
        broken=Count("pk", filter=Q(state=states.BROKEN)),
        late=Count("pk", filter=Q(state=states.OPEN, due_on__lt=today)),
    )
    return Promises(**counted)


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
