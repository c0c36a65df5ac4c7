"""Agencies joined to a case: what staff agree with one, and what it reads and writes by a link, without an account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import joining, rules
from cases.agency_forms import ChangeForm, JoinForm, UpdateForm
from cases.fetch import case_of
from cases.models import AgencyLink
from cases.models.agency import refuse_outsiders
from cases.opening import READS, show
from core.answers import require
from core.guessing import or_gone
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _agency_of(request, reference, handle):
    case = case_of(request, reference)
    linked = Exists(AgencyLink.objects.filter(agency=OuterRef("pk")))
    found = case.agencies.select_related("organization", "ended_by").annotate(linked=linked)
    agency = get_object_or_404(found, handle=handle)
    agency.case = case
    require(rules.can_work_on(request.user, case))
    return agency


@FORM
@once
def agency_join(request, reference):
    """Give an agency a part in the case. It sees nothing until every side consented and it has its link."""
    case = case_of(request, reference)
    require(rules.can_work_on(request.user, case))
    refuse_outsiders(case)
    form = JoinForm(request.POST or None, case=case, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        consented = form.cleaned_data["consented"]
        agency = joining.join(agency=form.save(commit=False), consented=consented, by=request.user)
        messages.success(request, _("%(agency)s is joined. Make its link when it is to begin.") % {"agency": agency})
        return redirect(agency)
    return show(request, case, "cases/agency_join.html", {"form": form})


@FORM
def agency_detail(request, reference, handle):
    """What is agreed with an agency, whether its page is open, and what it wrote; a post saves what is agreed."""
    agency = _agency_of(request, reference, handle)
    # Asked before the form writes what was typed into the row.
    context = {
        "joined": agency,
        "obstacles": agency.obstacles(),
        "updates": agency.updates.all(),
    }
    form = ChangeForm(request.POST or None, instance=agency, case=agency.case, cancel=agency.case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        joining.change(form=form, by=request.user)
        messages.success(request, _("What is agreed with %(agency)s is saved.") % {"agency": agency})
        return redirect(agency)
    return show(request, agency.case, "cases/agency_detail.html", {**context, "form": form})


@FORM
def agency_end(request, reference, handle):
    """End its part: it sees nothing from now on."""
    agency = _agency_of(request, reference, handle)
    if request.method == "POST":
        joining.end(agency=agency, by=request.user)
        messages.success(request, _("The part of %(agency)s in this case has ended.") % {"agency": agency})
        return redirect(agency)
    return show(request, agency.case, "cases/agency_end.html", {"joined": agency})


@FORM
def agency_link(request, reference, handle):
    """Make a fresh link, which ends the one before. The answer to the post shows it, and no other page ever does."""
    agency = _agency_of(request, reference, handle)
    link = agency.issue_link(by=request.user) if request.method == "POST" else None
    return show(request, agency.case, "cases/agency_link.html", {"joined": agency, "link": link})


@FORM
def agency_revoke(request, reference, handle):
    """End a lost link without making another."""
    agency = _agency_of(request, reference, handle)
    if request.method == "POST":
        agency.revoke_link(by=request.user)
        messages.success(request, _("The link opens nothing any more."))
        return redirect(agency)
    return show(request, agency.case, "cases/agency_revoke.html", {"joined": agency})


@login_not_required
@FORM
def agency_read(request, code):
    """What an agency may see now, and a form for what is new there. No word of who, where or why it is shut."""
    return _read(request, or_gone(joining.opened_by(code)), code)


@once
def _read(request, agency, code):
    form = UpdateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        joining.write(agency=agency, text=form.cleaned_data["text"])
        return redirect("links:agency", code)
    if request.method in READS:
        agency.note_opening()
    context = {"form": form, "joined": agency, "shown": joining.shown_to(agency), "last": agency.updates.first()}
    return render(request, "cases/public/agency_read.html", context)
