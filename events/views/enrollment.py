"""Who takes part in a program, for whoever leads it or runs it. Every page with names is an opening of the program."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.drafts import never_kept
from core.once import once
from events import enrolling, program_pages
from events.enrollment_forms import ConsentForm, EnrollmentForm
from events.models import Enrollment
from events.program_fetch import enrollment_of, program_with_names
from events.program_opening import show

FORM = require_http_methods(["GET", "HEAD", "POST"])
ONE = "events:enrollment_detail"


@require_safe
def enrollment_list(request, reference):
    """Who takes part, who waits, and whose guardian has not agreed yet."""
    program = program_with_names(request, reference)
    return show(request, program, "events/enrollment_list.html", program_pages.enrollments(program))


@FORM
@never_kept
@once
def enrollment_add(request, reference):
    """Somebody asked to take part, or a guardian for them."""
    program = program_with_names(request, reference)
    enrolling.refuse_if_closed(program)
    new = Enrollment(program=program)
    back = program_pages.address(program, "enrollments/")
    form = EnrollmentForm(request.POST or None, enrollment=new, submit=_("Write them down"), cancel=back)
    if request.method == "POST" and form.is_valid():
        new.band = form.cleaned_data["band"]
        enrolling.ask(enrollment=form.fill(), by=request.user)
        messages.success(request, _("It is written down that they asked to take part."))
        return redirect(ONE, reference, new.handle)
    return show(request, program, "events/enrollment_add.html", {"form": form}, names=False)


@require_safe
def enrollment_detail(request, reference, handle):
    """One who takes part: consent, attendance, mentor."""
    one = enrollment_of(request, reference, handle)
    return show(request, one.program, "events/enrollment_detail.html", program_pages.enrollment(one))


@FORM
@never_kept
def enrollment_change(request, reference, handle):
    """What they told us anew."""
    one = enrollment_of(request, reference, handle)
    back = program_pages.address(one.program, f"enrollments/{handle}/")
    form = EnrollmentForm(request.POST or None, enrollment=one, submit=_("Save"), cancel=back)
    if request.method == "POST" and form.is_valid():
        enrolling.change(enrollment=form.fill(), band=form.cleaned_data["band"], by=request.user)
        messages.success(request, _("It is saved."))
        return redirect(ONE, reference, handle)
    return show(request, one.program, "events/enrollment_change.html", {"form": form, "enrollment": one, "back": back})


@FORM
@never_kept
@once
def consent_take(request, reference, handle):
    """A parent or guardian agreed."""
    one = enrollment_of(request, reference, handle)
    back = program_pages.address(one.program, f"enrollments/{handle}/")
    form = ConsentForm(request.POST or None, cancel=back)
    if request.method == "POST" and form.is_valid():
        said = {"on": form.cleaned_data["on"], "how": form.cleaned_data["how"]}
        enrolling.take_consent(enrollment=one, guardian=form.guardian(), by=request.user, **said)
        messages.success(request, _("The consent is noted, with you as the one who took it down."))
        return redirect(ONE, reference, handle)
    return show(request, one.program, "events/consent_take.html", {"form": form, "enrollment": one, "back": back})


@FORM
def consent_withdraw(request, reference, handle):
    """The guardian took it back."""
    one = enrollment_of(request, reference, handle)
    if request.method == "POST":
        enrolling.withdraw_consent(enrollment=one, by=request.user)
        messages.success(request, _("The consent is taken back."))
        return redirect(ONE, reference, handle)
    back = program_pages.address(one.program, f"enrollments/{handle}/")
    return show(request, one.program, "events/consent_withdraw.html", {"enrollment": one, "back": back})


def _act(request, reference, handle, act, told):
    enrollment = enrollment_of(request, reference, handle)
    act(enrollment=enrollment, by=request.user)
    messages.success(request, told)
    return redirect(ONE, reference, handle)


@require_POST
def enrollment_enroll(request, reference, handle):
    return _act(request, reference, handle, enrolling.enroll, _("They are enrolled."))


@require_POST
def enrollment_wait(request, reference, handle):
    return _act(request, reference, handle, enrolling.wait, _("They are on the waiting list."))


@require_POST
def enrollment_leave(request, reference, handle):
    return _act(request, reference, handle, enrolling.leave, _("They take part no more."))


@require_POST
def enrollment_complete(request, reference, handle):
    return _act(request, reference, handle, enrolling.complete, _("They completed the program."))
