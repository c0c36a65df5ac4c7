"""What residents may narrow the list of events to: an area, a type, a language, and whether there are steps."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from areas.models import Area
from events.models import Event, EventType
from notices.models.contact import LANGUAGE_NAMES

# A canceled or past event stays to be read for so long, so that nobody stands before a closed door.
KEPT = timedelta(days=30)


class PublicFilter:
    """What it does not know it ignores."""

    def __init__(self, query):
        self.areas = list(Area.objects.current())
        self.types = list(EventType.objects.in_order())
        self.languages = LANGUAGE_NAMES
        self.area = _named(self.areas, "name", query.get("area", ""))
        self.type = _named(self.types, "code", query.get("type", ""))
        self.language = query.get("language") if query.get("language") in LANGUAGE_NAMES else ""
        self.step_free = query.get("step_free") == "1"

    @property
    def is_narrowed(self):
        return bool(self.area or self.type or self.language or self.step_free)

    def narrow(self, events):
        if self.area:
            events = events.filter(area__in=Area.objects.ids_covered_by([self.area.pk]))
        if self.type:
            events = events.filter(type=self.type)
        if self.language:
            events = events.filter(Q(languages__contains=[self.language]) | Q(interpreters__contains=[self.language]))
        if self.step_free:
            events = events.filter(Q(venue__step_free=True) | Q(venue=None, step_free=True))
        return events

    def coming(self):
        """What is ahead, the next first."""
        return self.narrow(Event.objects.shown().ahead()).order_by("starts_at", "id")


def _named(rows, field, value):
    return next((row for row in rows if value and getattr(row, field) == value), None)


def readable(now=None):
    """The events that have a page: those ahead, and those of the last 30 days."""
    return Event.objects.shown().filter(ends_at__gt=(now or timezone.now()) - KEPT)
