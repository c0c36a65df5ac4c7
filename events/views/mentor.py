"""The mentors of a program, what was checked of them, and whom they meet: for whoever leads the program or runs it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.drafts import never_kept
from core.once import once
from events import mentoring, program_pages
from events.mentor_forms import ClearanceForm, MentorForm, PairForm
from events.program_fetch import mentor_of, pairing_of, program_with_names
from events.program_opening import show

FORM = require_http_methods(["GET", "HEAD", "POST"])
LIST = "events:mentor_list"


@require_safe
def mentor_list(request, reference):
    program = program_with_names(request, reference)
    return show(request, program, "events/mentor_list.html", program_pages.mentors(program))


@FORM
@never_kept
@once
def mentor_add(request, reference):
    """One of us, or a volunteer by name."""
    program = program_with_names(request, reference)
    form = MentorForm(request.POST or None, program=program, cancel=program_pages.address(program, "mentors/"))
    if request.method == "POST" and form.is_valid():
        mentor = mentoring.join(mentor=form.save(commit=False), by=request.user)
        messages.success(request, _("%(mentor)s is added. Enter a clearance before the first meeting.") % {
            "mentor": mentor
        })  # fmt: skip
        return redirect(LIST, reference)
    return show(request, program, "events/mentor_add.html", {"form": form}, names=False)


@require_POST
def mentor_leave(request, reference, handle):
    """They mentor nobody any more."""
    mentor = mentor_of(request, reference, handle)
    mentoring.leave(mentor=mentor, by=request.user)
    messages.success(request, _("%(mentor)s mentors nobody in this program any more.") % {"mentor": mentor})
    return redirect(LIST, reference)


@FORM
@never_kept
@once
def clearance_enter(request, reference, handle):
    """What a check came to."""
    mentor = mentor_of(request, reference, handle)
    back = program_pages.address(mentor.program, "mentors/")
    form = ClearanceForm(request.POST or None, mentor=mentor, cancel=back)
    if request.method == "POST" and form.is_valid():
        mentoring.enter(clearance=form.save(commit=False), by=request.user)
        messages.success(request, _("The clearance is entered."))
        return redirect(LIST, reference)
    return show(request, mentor.program, "events/clearance_enter.html", {"form": form, "mentor": mentor, "back": back})


@FORM
@once
def pairing_make(request, reference, handle):
    """Somebody meets this mentor from now on. Nobody is paired with a mentor who is not cleared."""
    mentor = mentor_of(request, reference, handle)
    back = program_pages.address(mentor.program, "mentors/")
    form = PairForm(request.POST or None, program=mentor.program, cancel=back)
    if request.method == "POST" and form.is_valid():
        mentoring.pair(mentor=mentor, enrollment=form.cleaned_data["enrollment"], by=request.user)
        messages.success(request, _("They are paired."))
        return redirect(LIST, reference)
    return show(request, mentor.program, "events/pairing_make.html", {"form": form, "mentor": mentor, "back": back})


@require_POST
def pairing_resume(request, reference, handle):
    """They meet again."""
    mentoring.resume(pairing=pairing_of(request, reference, handle), by=request.user)
    messages.success(request, _("They meet again."))
    return redirect(LIST, reference)


@require_POST
def pairing_end(request, reference, handle):
    mentoring.end(pairing=pairing_of(request, reference, handle), by=request.user)
    messages.success(request, _("The pairing has ended."))
    return redirect(LIST, reference)
