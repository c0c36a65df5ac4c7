"""The unit's calendar of events: the list, the month, what a month came to, and a new one."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from areas.models import Area
from core.answers import require
from core.once import once
from events import actions, month, results, rules
from events.filters import WHEN, EventFilter
from events.forms import DraftForm
from events.models import Event, EventType

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25
# So many years before and after this day the unit looks through its months.
YEARS = timedelta(days=3 * 365)


@require_safe
def event_list(request):
    require(rules.can_plan(request.user))
    wanted = EventFilter(request.GET, request.user)
    rows = wanted.rows().select_related("type", "area", "venue", "lead").defer("vector", "about_en", "about_es")
    context = {
        "page_obj": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filter": wanted,
        "whens": WHEN,
        "states": Event.State.choices,
        "types": EventType.objects.in_order(),
        "areas": Area.objects.current(),
        "prefix": reverse("events:event_list"),
        "can_plan": rules.can_plan(request.user),
        "can_keep_types": rules.can_keep_types(request.user),
        "can_read_figures": rules.can_read_figures(request.user),
    }
    return render(request, "events/event_list.html", context)


@require_safe
def plan_month(request):
    """A month of all that the unit plans."""
    require(rules.can_plan(request.user))
    today = timezone.localdate()
    seen = {"earliest": today - YEARS, "latest": today + YEARS}
    first = month.asked(request.GET.get("month", ""), **seen)
    rows = month.of_month(Event.objects.visible_to(request.user), first).defer("vector", "about_en", "about_es")
    context = {"month": month.grid(rows, first, **seen), "prefix": reverse("events:event_list")}
    return render(request, "events/plan_month.html", context)


@require_safe
def event_figures(request):
    """What the events of a month came to."""
    require(rules.can_read_figures(request.user), _("Supervisors, coordinators and analysts read these figures."))
    today = timezone.localdate()
    seen = {"earliest": today - YEARS, "latest": today}
    first = month.asked(request.GET.get("month", ""), **seen)
    context = results.page(first, today) | {"month": month.leaf(first, **seen)}
    return render(request, "events/event_figures.html", context | {"can_plan": rules.can_plan(request.user)})


@FORM
@once
def event_create(request):
    """Write a new event down as a draft."""
    require(rules.can_plan(request.user))
    form = DraftForm(request.POST or None, user=request.user, cancel=reverse("events:event_list"))
    if request.method == "POST" and form.is_valid():
        event = actions.draft(event=form.save(commit=False), staff=form.cleaned_data["staff"], by=request.user)
        messages.success(request, _("%(event)s is a draft. Plan it when it is to take place.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_create.html", {"form": form})
