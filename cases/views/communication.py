"""Sealed notes: what was said in a mediation, for the facilitators of the case alone."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import rules
from cases.communication_forms import NoteForm
from cases.fetch import case_of
from cases.models import Communication
from cases.opening import show
from core.answers import require
from core.drafts import never_kept
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])
NOTES = "cases:note_list"


@FORM
@once
@never_kept
def note_list(request, reference):
    """The notes, newest first, and a form for the next one."""
    case = case_of(request, reference)
    require(rules.facilitates(request.user, case))
    form = NoteForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).write(by=request.user)
        messages.success(request, _("The note is kept. Only the facilitators of this case can read it."))
        return redirect(NOTES, case.reference)
    notes = Communication.objects.readable_by(request.user).filter(case=case)
    notes = notes.select_related("by", "party__contact", "session")
    return show(request, case, "cases/note_list.html", {"form": form, "notes": notes, "days": Communication.KEPT_DAYS})


@FORM
def note_forget(request, reference, handle):
    """Take a note away for good: who wrote it may."""
    case = case_of(request, reference)
    note = get_object_or_404(case.communications.select_related("party__contact"), handle=handle)
    require(rules.facilitates(request.user, case) and note.by_id == request.user.pk)
    if request.method == "POST":
        note.case = case
        note.forget(by=request.user)
        messages.success(request, _("The note is destroyed."))
        return redirect(NOTES, case.reference)
    return show(request, case, "cases/note_forget.html", {"note": note})
