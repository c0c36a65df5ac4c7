"""What residents may narrow the list of events to: an area, a type, a language, and whether there are steps."""

from collections import Counter
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from areas.models import Area
from events.models import Event, EventType
from notices.models.contact import LANGUAGE_NAMES

# A canceled or past event stays to be read for so long, so that nobody stands before a closed door.
KEPT = timedelta(days=30)
# So many other times of a series its pages name; the month shows all.
MOST_TIMES = 12


class PublicFilter:
    """What it does not know it ignores."""

    def __init__(self, query):
        self.areas = list(Area.objects.current())
        self.types = list(EventType.objects.in_order())
        self.languages = LANGUAGE_NAMES
        self.area = _named(self.areas, "name", query.get("area", ""))
        self.type = _named(self.types, "code", query.get("type", ""))
        # Not `language`: by that name a feed is asked for in the language of who reads it.
        self.held_in = query.get("held_in") if query.get("held_in") in LANGUAGE_NAMES else ""
        self.step_free = query.get("step_free") == "1"

    @property
    def is_narrowed(self):
        return bool(self.asked)

    @property
    def asked(self):
        """What is asked for, as an address asks for it."""
        asked = {
            "area": self.area.name if self.area else "",
            "type": self.type.code if self.type else "",
            "held_in": self.held_in,
            "step_free": "1" if self.step_free else "",
        }
        return {name: value for name, value in asked.items() if value}

    def narrow(self, events):
        if self.area:
            events = events.filter(area__in=Area.objects.ids_covered_by([self.area.pk]))
        if self.type:
            events = events.filter(type=self.type)
        if self.held_in:
            events = events.filter(Q(languages__contains=[self.held_in]) | Q(interpreters__contains=[self.held_in]))
        if self.step_free:
            events = events.filter(Q(venue__step_free=True) | Q(venue=None, step_free=True))
        return events

    def coming(self):
        """What is ahead, the next first."""
        return self.narrow(Event.objects.shown().ahead()).order_by("starts_at", "id")

    def coming_by_area(self):
        """{key of an area: how many are ahead in it, those of the areas below it included}."""
        held = Counter(self.coming().order_by().values_list("area_id", flat=True))
        covering, found = Area.objects.ids_covering_each(held), Counter()
        for area, count in held.items():
            found.update(dict.fromkeys(covering[area], count))
        return found


def _named(rows, field, value):
    return next((row for row in rows if value and getattr(row, field) == value), None)


def readable(now=None):
    """What is still worth looking for: the events ahead, and those of the last 30 days. Older ones keep their page."""
    return Event.objects.shown().filter(ends_at__gt=(now or timezone.now()) - KEPT)


def other_times(event):
    """The next times of its series that residents can read about."""
    if event.series_id is None:
        return []
    others = Event.objects.shown().ahead().filter(series=event.series_id).exclude(pk=event.pk)
    return others.only("reference", "starts_at", "time_zone", "state").order_by("starts_at", "id")[:MOST_TIMES]
