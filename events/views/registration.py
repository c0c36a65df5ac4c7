"""Who registered for an event, for those who make it happen. Every page with names is an opening of the event."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit, csv
from core.once import once
from core.record_forms import ReasonForm
from events import door, door_list, registering, roster
from events.fetch import event_to_change, registration_to_change
from events.place_forms import AddForm, StaffChangeForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
LIST = "events:registration_list"


def show_names(request, event, template, context, status=200):
    """Answer with a page that names people, noted as an opening; a post that is shown again is none."""
    if request.method in ("GET", "HEAD"):
        audit.opened(request.user, event, page=request.resolver_match.url_name)
    return render(request, template, {"event": event, **context}, status=status)


@require_safe
def registration_list(request, reference):
    """Who comes, who waits, what they need."""
    event = event_to_change(request, reference)
    context = roster.page(event, registering.look(event), request.GET.get("page"))
    context["door"] = door_list.address(event) if door.is_open(event) else ""
    return show_names(request, event, "events/registration_list.html", context)


@FORM
@once
def registration_add(request, reference):
    """Somebody called, or was asked."""
    event = event_to_change(request, reference)
    registering.refuse_if_closed(event)
    form = AddForm(request.POST if request.method == "POST" else None, cancel=roster.address(event))
    if request.method == "POST" and form.is_valid():
        place = registering.add(event=event, place=form.place(), given=form.given(), by=request.user)
        messages.success(request, _("It is written down: %(state)s.") % {"state": place.get_state_display()})
        return redirect("events:registration_change", reference, place.handle)
    return render(request, "events/registration_add.html", {"form": form, "event": event})


@FORM
def registration_change(request, reference, handle):
    """What they told us anew. Their code stands here for those who lost it."""
    place = registration_to_change(request, reference, handle)
    back = roster.address(place.event)
    form = StaffChangeForm(request.POST if request.method == "POST" else None, place=place, cancel=back)
    if request.method == "POST" and form.is_valid() and form.change(place, by=request.user):
        messages.success(request, _("The registration is saved."))
        return redirect(LIST, reference)
    return show_names(request, place.event, "events/registration_change.html", {"form": form, "place": place})


@FORM
def registration_cancel(request, reference, handle):
    """They do not come: what is free goes to the next."""
    place = registration_to_change(request, reference, handle)
    if request.method == "POST":
        registering.cancel(place, by=request.user)
        messages.success(request, _("The registration is canceled."))
        return redirect(LIST, reference)
    context = {"place": place, "back": roster.address(place.event)}
    return show_names(request, place.event, "events/registration_cancel.html", context)


@require_POST
def registration_offer(request, reference, handle):
    """Offer somebody on the list a place, out of turn."""
    registering.offer(registration_to_change(request, reference, handle), by=request.user)
    messages.success(request, _("A place is offered to them."))
    return redirect(LIST, reference)


@require_POST
def registration_accept(request, reference, handle):
    """They said to us that they come."""
    place = registering.accept(registration_to_change(request, reference, handle), by=request.user)
    messages.success(request, _("It is written down: %(state)s.") % {"state": place.get_state_display()})
    return redirect(LIST, reference)


@require_safe
def registration_print(request, reference):
    """The list for the door, on paper."""
    event = event_to_change(request, reference)
    return show_names(request, event, "events/registration_print.html", roster.paper(event))


@FORM
def registration_export(request, reference):
    """The list as a file for spreadsheets; the reason and the number of rows are recorded."""
    event = event_to_change(request, reference)
    form = ReasonForm(request.POST or None, submit=_("Save the file"), cancel=roster.address(event))
    rows = roster.listed(event)
    if request.method == "POST" and form.is_valid():
        facts = {"count": rows.count(), "reason": form.cleaned_data["reason"]}
        audit.record(request.user, "event.export_registrations", event, kind=audit.Kind.DISCLOSURE, **facts)
        return csv.download(f"{event.reference}-registrations", roster.HEADER, roster.exported(rows))
    count = rows.count()
    told = ngettext("%(count)d registration", "%(count)d registrations", count) % {"count": count}
    return render(request, "events/registration_export.html", {"form": form, "event": event, "told": told})
