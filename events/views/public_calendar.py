"""The public events as a month and as a map, beside the list."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from areas.map import area_map
from events import follow, month
from events.calendars import AHEAD, UNTOLD
from events.public_filters import KEPT, PublicFilter, readable


@login_not_required
@require_safe
def event_month(request):
    """A month of events, those of the last 30 days too."""
    wanted, today = PublicFilter(request.GET), timezone.localdate()
    seen = {"earliest": today - KEPT, "latest": today + AHEAD}
    first = month.asked(request.GET.get("month", ""), **seen)
    rows = month.of_month(wanted.narrow(readable()), first).defer(*UNTOLD, "about_en", "about_es")
    context = {
        "month": month.grid(rows, first, **seen),
        "filter": wanted,
        "prefix": reverse("public_events:event_calendar"),
    }
    return render(request, "events/event_month.html", context | follow.ways(wanted))


@login_not_required
@require_safe
def event_map(request):
    """Each area with how many events are ahead in it; it leads to the list of these."""
    wanted = PublicFilter(request.GET)
    counts, prefix = wanted.coming_by_area(), reverse("public_events:event_calendar")

    def address(area):
        return f"{prefix}?{urlencode(wanted.asked | {'area': area.name})}"

    context = {
        "map": area_map(wanted.areas, address=address, chosen=wanted.area),
        "rows": [(area, address(area), _how_many(counts[area.pk])) for area in wanted.areas if counts[area.pk]],
        "filter": wanted,
    }
    return render(request, "events/event_map.html", context | follow.ways(wanted))


def _how_many(count):
    return ngettext("%(counter)s event", "%(counter)s events", count) % {"counter": count}
