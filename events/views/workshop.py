"""What an event teaches, by whom, and whether people answered one question otherwise after it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events import teaching
from events.fetch import event_to_change
from events.workshop_forms import WorkshopForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def workshop_edit(request, reference):
    event = event_to_change(request, reference)
    workshop = teaching.begun(event)
    form = WorkshopForm(request.POST or None, instance=workshop, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        teaching.save(form=form, by=request.user)
        messages.success(request, _("The workshop is saved."))
        return redirect(event)
    return render(request, "events/workshop_edit.html", {"form": form, "event": event})
