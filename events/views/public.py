"""What residents read about events."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events import follow, registering, structured
from events.models import Event
from events.public_filters import PublicFilter, other_times

PAGE = 20


@login_not_required
@require_safe
def event_calendar(request):
    """What is ahead, the next first."""
    wanted = PublicFilter(request.GET)
    rows = wanted.coming().select_related("type", "area", "venue").defer("vector", "about_en", "about_es")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "events/event_calendar.html", {"page_obj": page, "filter": wanted} | follow.ways(wanted))


@login_not_required
@require_safe
def event_page(request, reference):
    """One event as residents read it; a canceled one says so."""
    events = Event.objects.shown().select_related("type", "area", "venue", "series")
    event = get_object_or_404(events, reference=reference)
    context = {
        "event": event,
        "parts": event.parts.filter(shown=True).select_related("organization"),
        "siblings": other_times(event),
        "prefix": reverse("public_events:event_calendar"),
        "data": structured.described(event),
        "card": structured.card(event),
        "is_coming": event.is_ahead and not event.has_begun,
        "room": registering.look(event),
    }
    return render(request, "events/event_page.html", context)
