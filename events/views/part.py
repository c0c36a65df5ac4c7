"""What belongs to an event: items of its checklist, and partners."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.once import once
from events import actions
from events.fetch import event_to_change, part_to_change
from events.forms import CheckForm, PartForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@once
def check_add(request, reference):
    """One more thing to do before the event."""
    event = event_to_change(request, reference)
    form = CheckForm(request.POST or None, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        actions.add_check(item=form.save(commit=False), event=event, by=request.user)
        messages.success(request, _("It is on the checklist."))
        return redirect(event)
    return render(request, "events/check_add.html", {"form": form, "event": event})


@require_POST
def check_drop(request, reference, handle):
    """This event does not need it."""
    item = part_to_change(request, reference, "checks", handle)
    actions.drop_check(item=item, by=request.user)
    messages.success(request, _("“%(item)s” is off the checklist.") % {"item": item})
    return redirect(item.event)


@FORM
@once
def part_add(request, reference):
    """Another organization takes part."""
    event = event_to_change(request, reference)
    form = PartForm(request.POST or None, event=event, user=request.user, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        part = form.save(commit=False)
        part.join(by=request.user)
        messages.success(request, _("%(organization)s takes part.") % {"organization": part})
        return redirect(event)
    return render(request, "events/part_add.html", {"form": form, "event": event})


@require_POST
def part_drop(request, reference, handle):
    """It does not take part after all."""
    part = part_to_change(request, reference, "parts", handle)
    part.leave(by=request.user)
    messages.success(request, _("%(organization)s no longer takes part.") % {"organization": part})
    return redirect(part.event)
