"""The types of events and their checklists, for coordinators, who keep them."""

from django.contrib import messages
from django.db.models import Count, Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from events import rules
from events.models import EventType
from events.type_forms import EventTypeForm, TypeCheckForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
APART = 10


def _type(request, code):
    require(rules.can_keep_types(request.user))
    return get_object_or_404(EventType, code=code)


@require_safe
def type_list(request):
    require(rules.can_keep_types(request.user))
    types = EventType.objects.in_order().annotate(uses=Count("of_this_type"))
    context = {"types": types, "prefix": reverse("events:type_list")}
    return render(request, "events/type_list.html", context)


@FORM
@once
def type_create(request):
    """A new type, offered at once and, unless they say otherwise, last."""
    require(rules.can_keep_types(request.user))
    last = EventType.objects.aggregate(last=Max("position"))["last"] or 0
    form = EventTypeForm(
        request.POST or None, initial={"position": last + APART}, submit=_("Add the type"),
        cancel=reverse("events:type_list"),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        entry = form.save(by=request.user)
        messages.success(request, _("%(entry)s is added.") % {"entry": entry})
        return redirect("events:type_edit", entry.code)
    return render(request, "events/type_create.html", {"form": form})


@FORM
def type_edit(request, code):
    """Its words, its meaning, its position, and the checklist that its events begin with."""
    entry = _type(request, code)
    name = str(entry)
    form = EventTypeForm(
        request.POST or None, instance=entry, submit=_("Save the type"), cancel=reverse("events:type_list")
    )
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("%(entry)s is saved.") % {"entry": form.save(by=request.user)})
        return redirect("events:type_list")
    return render(request, "events/type_edit.html", {"form": form, "name": name, "type": entry})


@FORM
@once
def type_check_add(request, code):
    """One more thing that every new event of the type begins with."""
    entry = _type(request, code)
    form = TypeCheckForm(request.POST or None, cancel=reverse("events:type_edit", args=[code]))
    if request.method == "POST" and form.is_valid():
        form.instance.type = entry
        form.instance.add(by=request.user)
        messages.success(request, _("New events of this type begin with it."))
        return redirect("events:type_edit", code)
    return render(request, "events/type_check_add.html", {"form": form, "type": entry})


@require_POST
def type_check_drop(request, code, handle):
    entry = _type(request, code)
    get_object_or_404(entry.checks, handle=handle).drop(by=request.user)
    messages.success(request, _("New events of this type begin without it."))
    return redirect("events:type_edit", code)


@FORM
def type_retire(request, code):
    entry = _type(request, code)
    if request.method == "POST":
        entry.retire(by=request.user)
        messages.success(request, _("%(entry)s is no longer offered.") % {"entry": entry})
        return redirect("events:type_list")
    return render(request, "events/type_retire.html", {"type": entry})


@FORM
def type_restore(request, code):
    entry = _type(request, code)
    if request.method == "POST":
        entry.restore(by=request.user)
        messages.success(request, _("%(entry)s is offered again.") % {"entry": entry})
        return redirect("events:type_list")
    return render(request, "events/type_restore.html", {"type": entry})
