"""The duty roster: which supervisor answers for an area on a day."""

import datetime
from contextlib import suppress

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import rules
from accounts.forms import RosterForm
from accounts.models import Duty
from core.answers import require

FARTHEST_YEARS = 10


def monday_of(text):
    """The Monday of the week that holds a day in ISO form; of this week where there is none or nonsense."""
    day = today = timezone.localdate()
    with suppress(ValueError):
        day = datetime.date.fromisoformat(text)
    if abs(day.year - today.year) > FARTHEST_YEARS:
        day = today
    return day - datetime.timedelta(days=day.weekday())


def week_url(monday):
    return f"{reverse('accounts:duty_roster')}?week={monday.isoformat()}"


@require_http_methods(["GET", "HEAD", "POST"])
def duty_roster(request):
    require(rules.can_keep_roster(request.user))
    monday = monday_of(request.GET.get("week", ""))
    areas = Duty.objects.roster_areas(request.user)
    form = RosterForm(request.POST or None, areas=areas, monday=monday)
    if request.method == "POST" and form.is_valid():
        changed = form.save(by=request.user)
        messages.success(request, _("Saved. Days changed: %(count)s.") % {"count": changed})
        return redirect(week_url(monday))
    week = datetime.timedelta(days=7)
    context = {"form": form, "monday": monday, "before": week_url(monday - week), "after": week_url(monday + week)}
    return render(request, "accounts/duty_roster.html", context)
