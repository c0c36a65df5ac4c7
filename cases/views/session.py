"""Appointments of a case: book, move, cancel, record."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from areas.models import AlreadyBooked
from cases import rules, scheduling
from cases.fetch import case_of, session_of
from cases.gate import GateClosed
from cases.opening import show
from cases.session_forms import BookForm, CancelForm, MoveForm, RecordForm
from core.answers import require
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])
NOT_NOW = 409


@FORM
@once
def session_book(request, reference):
    case = case_of(request, reference)
    require(rules.can_work_on(request.user, case))
    case.refuse_if_closed()
    form = BookForm(request.POST or None, case=case, user=request.user, cancel=case.get_absolute_url())
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            session = scheduling.book_session(
                session=form.save(commit=False), parties=form.cleaned_data["parties"], staff=form.cleaned_data["staff"],
                by=request.user,
            )  # fmt: skip
        except GateClosed as refusal:
            for check in refusal.missing:
                form.add_error(None, f"{check.title}: {_('missing')}. {check.why}")
            return show(request, case, "cases/session_book.html", context, status=NOT_NOW)
        except AlreadyBooked as refusal:
            form.add_error("clock", refusal.told)
            return show(request, case, "cases/session_book.html", context, status=NOT_NOW)
        messages.success(request, _("%(kind)s is booked.") % {"kind": session.get_kind_display()})
        return redirect(session)
    return show(request, case, "cases/session_book.html", context)


@FORM
def session_move(request, reference, session):
    found = session_of(request, reference, session)
    require(rules.can_work_on(request.user, found.case))
    form = MoveForm(request.POST or None, instance=found, cancel=found.case.get_absolute_url())
    context = {"form": form, "session": found}
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.move_session(session=found, by=request.user, **form.changes())
        except AlreadyBooked as refusal:
            form.add_error("clock", refusal.told)
            return show(request, found.case, "cases/session_move.html", context, status=NOT_NOW)
        messages.success(request, _("The appointment is moved. Reminders for the old time are called off."))
        return redirect(found)
    return show(request, found.case, "cases/session_move.html", context)


@FORM
def session_cancel(request, reference, session):
    found = session_of(request, reference, session)
    require(rules.can_work_on(request.user, found.case))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scheduling.cancel_session(session=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("The appointment is canceled. Whoever had a reminder already is told."))
        return redirect(found.case)
    return show(request, found.case, "cases/session_cancel.html", {"form": form, "session": found})


@FORM
def session_record(request, reference, session):
    found = session_of(request, reference, session)
    require(rules.can_work_on(request.user, found.case))
    form = RecordForm(request.POST or None, session=found, cancel=found.case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        scheduling.record_session(session=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Recorded: %(result)s.") % {"result": found.get_state_display().lower()})
        return redirect(found.case)
    return show(request, found.case, "cases/session_record.html", {"form": form, "session": found})
