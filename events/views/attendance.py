"""Who was at the sessions of a program: the grid of all, and the page on which one session is written down."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events import attending, program_pages
from events.enrollment_forms import AttendanceForm
from events.program_fetch import program_with_names, session_with_names
from events.program_opening import show

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def attendance_grid(request, reference):
    """The last sessions beside one another, with how often in a row somebody came."""
    program = program_with_names(request, reference)
    return show(request, program, "events/attendance_grid.html", program_pages.grid(program))


@FORM
def attendance_mark(request, reference, handle):
    """Everybody who is enrolled, each with a mark."""
    session = session_with_names(request, reference, handle)
    attending.refuse_if_not_held(session)
    people, marks = attending.people_at(session)
    form = AttendanceForm(request.POST or None, enrollments=people, marks=marks)
    if request.method == "POST" and form.is_valid():
        attending.mark(session=session, marks=form.marks(), by=request.user)
        messages.success(request, _("The attendance is saved."))
        return redirect("events:attendance_grid", reference)
    back = program_pages.address(session.program)
    return show(
        request, session.program, "events/attendance_mark.html", {"form": form, "session": session, "back": back}
    )
