"""The door of an event for which people registered: who of them came. Every page with names is an opening."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.once import once
from events import closing, door, door_list
from events.door_forms import CheckInForm, PressForm, Sheet
from events.fetch import event_to_change, registration_to_change
from events.views.registration import show_names

FORM = require_http_methods(["GET", "HEAD", "POST"])
NONSENSE = 422


@require_safe
def check_in_list(request, reference):
    """Everybody who may come, found by code or name, each with one press."""
    event = event_to_change(request, reference)
    door.stay_open(event)
    context = door_list.page(event, request.GET.get("q", "").strip())
    return show_names(request, event, "events/check_in_list.html", context | {"fault": ""})


@require_POST
def check_in(request, reference, handle):
    """They are there. A press is sent again until it arrived, and counts once."""
    place = registration_to_change(request, reference, handle)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return _refused(request, place.event, form)
    place = door.check_in(place, by=request.user, **form.cleaned_data)
    return _pressed(request, place, _("%(code)s is checked in.") % {"code": place.door_code})


@require_POST
def check_in_undo(request, reference, handle):
    """They were checked in by mistake."""
    place = registration_to_change(request, reference, handle)
    form = PressForm(request.POST)
    if not form.is_valid():
        return _refused(request, place.event, form)
    place = door.take_back(place, by=request.user, **form.cleaned_data)
    return _pressed(request, place, _("%(code)s is not checked in any more.") % {"code": place.door_code})


def _pressed(request, place, told):
    """Where script sent the press, the numbers; else the list again, at the same line."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(door_list.sent(place.event))
    messages.success(request, told)
    return redirect(f"{door_list.address(place.event)}#p-{place.handle}")


def _refused(request, event, form):
    """The list again, with what was wrong."""
    door.stay_open(event)
    fault = next(error for errors in form.errors.values() for error in errors)
    context = door_list.page(event, "") | {"fault": fault}
    return show_names(request, event, "events/check_in_list.html", context, status=NONSENSE)


@FORM
@once
def check_in_paper(request, reference):
    """What was written on paper, entered as a whole."""
    event = event_to_change(request, reference)
    data = request.POST if request.method == "POST" else None
    if data is not None:
        closing.hold(event)
    door.stay_begun(event)
    sheet = Sheet(data, event=event, page=request.GET.get("page"))
    if data is not None and sheet.is_valid():
        door.enter(event=event, answers=sheet.answers(), walked_in=sheet.walked_in(), by=request.user)
        messages.success(request, _("The list is entered."))
        return redirect("events:check_in_list", reference)
    context = {"sheet": sheet, "page_obj": sheet.page, "list_url": door_list.address(event)}
    return show_names(request, event, "events/check_in_paper.html", context)
