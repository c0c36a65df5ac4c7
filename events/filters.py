"""What the list of events may be narrowed to."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.references import tidy
from events.models import Event, EventType

WHEN = {"coming": _("Coming"), "past": _("Past"), "all": _("All")}


class EventFilter:
    """The filter row of the list: what it does not know it ignores."""

    def __init__(self, query, user):
        self.user = user
        self.words = query.get("q", "").replace("\x00", "").strip()
        self.when = query.get("when") if query.get("when") in WHEN else "coming"
        self.state = query.get("state") if query.get("state") in Event.State.values else ""
        self.mine = query.get("mine") == "1"
        self.type = self._known(EventType.objects, code=query.get("type", ""))
        self.area = self._known(Area.objects.current(), reference=query.get("area", ""))

    def _known(self, rows, **named):
        text = next(iter(named.values())).replace("\x00", "")
        return rows.filter(**named).first() if text else None

    @property
    def is_narrowed(self):
        return bool(self.words or self.when != "coming" or self.state or self.mine or self.type or self.area)

    def _found(self):
        if not self.words:
            return Event.objects.visible_to(self.user)
        named = Event.objects.visible_to(self.user).filter(reference=tidy(self.words))
        return named if named.exists() else Event.objects.search(self.user, self.words)

    def rows(self):
        """The events asked for, the next first; of the past the newest first."""
        found = self._found()
        today = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
        if self.when != "all":
            found = found.filter(ends_at__gte=today) if self.when == "coming" else found.filter(ends_at__lt=today)
        if self.state:
            found = found.filter(state=self.state)
        if self.mine:
            found = found.filter(lead=self.user) | found.filter(staff=self.user)
        if self.type:
            found = found.filter(type=self.type)
        if self.area:
            found = found.filter(area__in=Area.objects.ids_covered_by([self.area.pk]))
        order = ("-starts_at", "-id") if self.when == "past" else ("starts_at", "id")
        return found.distinct().order_by(*order)
