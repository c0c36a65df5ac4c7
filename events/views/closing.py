"""At the door of an event and afterwards."""

import uuid

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.answers import require
from core.once import once
from events import closing, door, door_list, rules
from events.closing_forms import CloseOutForm, EndPromiseForm, PromiseForm, RaisedForm, TapForm
from events.fetch import event_of, event_to_change
from events.models import Tap

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def event_tally(request, reference):
    """Count people in with one press each, without names. A press is sent again until it arrived, and counts once."""
    event = event_to_change(request, reference)
    form = TapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        closing.tap(event=event, by=request.user, **form.cleaned_data)
        return _counted(request, event)
    closing.stay_at_the_door(event)
    status = 422 if request.method == "POST" else 200
    return render(request, "events/event_tally.html", _door(event), status=status)


def _counted(request, event):
    """Where script sent the press, the numbers; else the page again."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(closing.counts(event))
    return redirect("events:event_tally", event.reference)


def _door(event):
    counts = closing.counts(event)
    rows = [
        {
            "age": age,
            "buttons": [
                {"visit": visit, "key": uuid.uuid4(), "name": name, "count": counts[name]}
                for visit in Tap.Visit
                for name in [f"{closing.NAMES[age]}_{visit}"]
            ],
        }
        for age in Tap.Age
    ]
    by_name = door_list.address(event) if event.registers and door.is_open(event) else ""
    return {"event": event, "rows": rows, "total": sum(counts.values()), "by_name": by_name}


@require_POST
def tally_undo(request, reference):
    """The last press of this person was a mistake."""
    event = event_to_change(request, reference)
    if closing.take_back(event=event, by=request.user):
        messages.success(request, _("The last press is taken back."))
    return redirect("events:event_tally", reference)


@FORM
@once
def event_close_out(request, reference):
    """What became of it."""
    event = event_to_change(request, reference)
    form = CloseOutForm(request.POST or None, instance=closing.begun(event), cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        row = form.save(commit=False)
        closing.close_out(row=row, organizations=form.cleaned_data.get("organizations", []), by=request.user)
        messages.success(request, _("%(event)s is closed out.") % {"event": event})
        return redirect(event)
    context = {"form": form, "event": event, "raised": event.raised.all(), "promises": event.promises.all()}
    return render(request, "events/event_close_out.html", context)


@FORM
@once
def raised_note(request, reference):
    """Something that people brought up."""
    event = event_to_change(request, reference)
    form = RaisedForm(request.POST or None, event=event, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        closing.note_raised(row=form.save(commit=False), by=request.user)
        messages.success(request, _("It is noted, and is among the reminders until it has an answer."))
        return redirect(event)
    return render(request, "events/raised_note.html", {"form": form, "event": event})


@FORM
@once
def promise_make(request, reference):
    """What one of us promised."""
    event = event_to_change(request, reference)
    form = PromiseForm(request.POST or None, event=event, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        closing.promise(row=form.save(commit=False), by=request.user)
        messages.success(request, _("It is written down. Whoever keeps it is reminded until it is kept."))
        return redirect(event)
    return render(request, "events/promise_make.html", {"form": form, "event": event})


@FORM
def promise_end(request, reference, handle):
    """Say what came of a promise: whoever made it, and those who may change the event."""
    event = event_of(request, reference)
    promise = get_object_or_404(event.promises.select_related("event", "who"), handle=handle)
    require(promise.who_id == request.user.pk or rules.can_edit(request.user, event))
    form = EndPromiseForm(request.POST or None, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        said, kept = form.cleaned_data["said"], form.cleaned_data["kept"] == "yes"
        closing.end_promise(row=promise, kept=kept, said=said, by=request.user)
        messages.success(request, _("It is said what came of the promise."))
        return redirect(event)
    return render(request, "events/promise_end.html", {"form": form, "event": event, "promise": promise})
