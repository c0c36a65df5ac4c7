"""Programs: the list, the page, and the decisions about one. None of these pages names anybody who takes part."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from events import program_pages, programs, rules
from events.models import Program
from events.program_fetch import program_of, program_to_change, session_to_drop
from events.program_forms import ProgramEditForm, ProgramForm, SessionForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25


@require_safe
def program_list(request):
    require(rules.can_plan(request.user))
    state = request.GET.get("state", "")
    context = {
        "page_obj": Paginator(program_pages.listed(request.user, state), PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Program.State.choices,
        "prefix": reverse("events:program_list"),
    }
    return render(request, "events/program_list.html", context)


@FORM
@once
def program_create(request):
    """Write a new program down as a draft."""
    require(rules.can_plan(request.user))
    form = ProgramForm(request.POST or None, user=request.user, cancel=reverse("events:program_list"))
    if request.method == "POST" and form.is_valid():
        staff = form.cleaned_data["staff"]
        program = programs.draft(program=form.save(commit=False), staff=staff, by=request.user)
        messages.success(request, _("%(program)s is a draft. Open it when people may enroll.") % {"program": program})
        return redirect(program)
    return render(request, "events/program_create.html", {"form": form})


@require_safe
def program_detail(request, reference):
    """What a program is, its sessions, and how many take part."""
    program = program_of(request, reference)
    return render(request, "events/program_detail.html", program_pages.page(program, request.user))


@FORM
def program_edit(request, reference):
    program = program_to_change(request, reference)
    programs.refuse_if_over(program)
    form = ProgramEditForm(request.POST or None, instance=program, cancel=program.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        programs.edit(form=form, by=request.user)
        messages.success(request, _("%(program)s is saved.") % {"program": program})
        return redirect(program)
    return render(request, "events/program_edit.html", {"form": form, "program": program})


@require_POST
def program_open(request, reference):
    """People may ask to take part."""
    program = program_to_change(request, reference)
    programs.open_up(program=program, by=request.user)
    messages.success(request, _("People may enroll in %(program)s now.") % {"program": program})
    return redirect(program)


@require_POST
def program_run(request, reference):
    """It has begun."""
    program = program_to_change(request, reference)
    programs.run(program=program, by=request.user)
    messages.success(request, _("%(program)s runs.") % {"program": program})
    return redirect(program)


@FORM
def program_end(request, reference):
    """It is over, and the names go with the next day."""
    program = program_to_change(request, reference)
    programs.refuse_if_over(program)
    if request.method == "POST":
        programs.end(program=program, by=request.user)
        messages.success(request, _("%(program)s has ended.") % {"program": program})
        return redirect(program)
    return render(request, "events/program_end.html", {"program": program})


@FORM
@once
def session_add(request, reference):
    """One of our events is a session, or all of a series."""
    program = program_to_change(request, reference)
    programs.refuse_if_over(program)
    form = SessionForm(
        request.POST or None, program=program, user=request.user, cancel=program.get_absolute_url()
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        count = programs.add_sessions(program=program, by=request.user, **form.cleaned_data)
        told = ngettext("%(count)d session is added.", "%(count)d sessions are added.", count)
        messages.success(request, told % {"count": count})
        return redirect(program)
    return render(request, "events/session_add.html", {"form": form, "program": program})


@require_POST
def session_drop(request, reference, handle):
    """The event is no session after all."""
    session = session_to_drop(request, reference, handle)
    programs.drop_session(session=session, by=request.user)
    messages.success(request, _("%(event)s is no session of this program any more.") % {"event": session.event})
    return redirect("events:program_detail", reference)
