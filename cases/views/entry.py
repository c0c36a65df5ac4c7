"""The controlled lists from which cases take their words, for coordinators, who keep them."""

from django.contrib import messages
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import rules
from cases.figures import lists_in_use
from cases.list_forms import ListEntryForm
from cases.models import ListEntry
from core.answers import require
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])
APART = 10


def _entry(request, kind, code):
    require(rules.can_keep_lists(request.user))
    return get_object_or_404(ListEntry, kind=kind, code=code)


@require_safe
def entry_list(request):
    require(rules.can_keep_lists(request.user))
    return render(request, "cases/entry_list.html", {"lists": lists_in_use(), "prefix": reverse("cases:entry_list")})


@FORM
@once
def entry_create(request, kind):
    """A new entry of a list, offered at once and, unless they say otherwise, last."""
    require(rules.can_keep_lists(request.user))
    if kind not in ListEntry.Kind.values:
        raise Http404
    entry = ListEntry(kind=kind)
    last = entry.twins().aggregate(last=Max("position"))["last"] or 0
    form = ListEntryForm(
        request.POST or None, instance=entry, initial={"position": last + APART}, submit=_("Add the entry"),
        cancel=reverse("cases:entry_list"),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("%(entry)s is added.") % {"entry": form.save(by=request.user)})
        return redirect("cases:entry_list")
    return render(request, "cases/entry_create.html", {"form": form, "name": entry.get_kind_display()})


@FORM
def entry_edit(request, kind, code):
    """Its words, its meaning and its position; every case that has it shows the new words."""
    entry = _entry(request, kind, code)
    name = str(entry)
    form = ListEntryForm(
        request.POST or None, instance=entry, submit=_("Save the entry"), cancel=reverse("cases:entry_list")
    )
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("%(entry)s is saved.") % {"entry": form.save(by=request.user)})
        return redirect("cases:entry_list")
    return render(request, "cases/entry_edit.html", {"form": form, "name": name})


@FORM
def entry_retire(request, kind, code):
    entry = _entry(request, kind, code)
    if request.method == "POST":
        entry.retire(by=request.user)
        messages.success(request, _("%(entry)s is no longer offered.") % {"entry": entry})
        return redirect("cases:entry_list")
    return render(request, "cases/entry_retire.html", {"entry": entry})


@FORM
def entry_restore(request, kind, code):
    entry = _entry(request, kind, code)
    if request.method == "POST":
        entry.restore(by=request.user)
        messages.success(request, _("%(entry)s is offered again.") % {"entry": entry})
        return redirect("cases:entry_list")
    return render(request, "cases/entry_restore.html", {"entry": entry})
