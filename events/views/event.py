"""An event: its page, and the decisions about it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from areas.models import AlreadyBooked
from core.once import once
from events import actions, detail
from events.fetch import event_of, event_to_change
from events.forms import CancelForm, EditForm, MoveForm, RepeatForm, TellForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
NOT_NOW = 409


@require_safe
def event_detail(request, reference):
    """What is known of an event, what is missing, and what is owed to it."""
    return render(request, "events/event_detail.html", detail.page(event_of(request, reference), request.user))


@FORM
def event_edit(request, reference):
    event = event_to_change(request, reference)
    form = EditForm(request.POST or None, instance=event, cancel=event.get_absolute_url())
    context = {"form": form, "event": event}
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(form=form, by=request.user)
        except AlreadyBooked as refusal:
            return _taken(request, "events/event_edit.html", context, "lead", refusal)
        messages.success(request, _("%(event)s is saved.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_edit.html", context)


def _taken(request, template, context, field, refusal):
    """Say what is in the way, at the field that mends it."""
    context["form"].add_error(field, refusal.told)
    return render(request, template, context, status=NOT_NOW)


@FORM
def event_plan(request, reference):
    """It is to take place: room and people are taken, and the checklist begins."""
    event = event_to_change(request, reference)
    context = {"event": event}
    if request.method == "POST":
        try:
            actions.plan(event=event, by=request.user)
        except AlreadyBooked as refusal:
            return render(request, "events/event_plan.html", context | {"taken": refusal.what}, status=NOT_NOW)
        messages.success(request, _("%(event)s is planned. Its checklist is among the reminders.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_plan.html", context)


@FORM
def event_publish(request, reference):
    """Show residents the event, after a look at what they will read."""
    event = event_to_change(request, reference)
    context = {"event": event}
    if request.method == "POST":
        try:
            actions.publish(event=event, by=request.user)
        except actions.NotComplete as refusal:
            return render(request, "events/event_publish.html", context | {"missing": refusal.missing}, status=NOT_NOW)
        messages.success(request, _("%(event)s is published.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_publish.html", context | {"missing": detail.missing(event)})


@FORM
def event_move(request, reference):
    """Another time or place; a postponed event gets its new day here."""
    event = event_to_change(request, reference)
    form = MoveForm(request.POST or None, instance=event, cancel=event.get_absolute_url())
    context = {"form": form, "event": event}
    if request.method == "POST" and form.is_valid():
        event.refresh_from_db()
        try:
            actions.reschedule(event=event, changes=form.changes(), by=request.user)
        except AlreadyBooked as refusal:
            return _taken(request, "events/event_move.html", context, "clock", refusal)
        messages.success(request, _("%(event)s is moved.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_move.html", context)


@FORM
def event_postpone(request, reference):
    event = event_to_change(request, reference)
    form = TellForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.postpone(event=event, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(event)s is postponed. Move it when the new day is known.") % {"event": event})
        return redirect(event)
    return render(request, "events/event_postpone.html", {"form": form, "event": event})


@FORM
def event_cancel(request, reference):
    event = event_to_change(request, reference)
    form = CancelForm(request.POST if request.method == "POST" else None, event=event)
    if request.method == "POST" and form.is_valid():
        _cancel(request, event, form)
        return redirect(event)
    return render(request, "events/event_cancel.html", {"form": form, "event": event})


def _cancel(request, event, form):
    if not form.cleaned_data.get("whole"):
        actions.cancel(event=event, by=request.user, **form.told())
        messages.success(request, _("%(event)s is canceled.") % {"event": event})
        return
    count = actions.cancel_series(event=event, by=request.user, **form.told())
    messages.success(
        request, ngettext("%(count)d event is canceled.", "%(count)d events are canceled.", count) % {"count": count}
    )


@require_POST
def event_hold(request, reference):
    """It took place."""
    event = event_to_change(request, reference)
    actions.hold(event=event, by=request.user)
    messages.success(request, _("%(event)s was held.") % {"event": event})
    return redirect(event)


@FORM
@once
def event_repeat(request, reference):
    """Make it the first of a series."""
    event = event_to_change(request, reference)
    form = RepeatForm(request.POST or None, cancel=event.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        series = actions.repeat(event=event, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(count)d drafts are added.") % {"count": series.times - 1})
        return redirect(event)
    return render(request, "events/event_repeat.html", {"form": form, "event": event})
