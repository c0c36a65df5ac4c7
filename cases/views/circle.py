"""A restorative circle: whether one fits, who was met before it and is ready, and how it is held."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import circling, gate, readying, rules
from cases.circle_forms import CirclePlanForm, EligibilityForm, PreCircleForm
from cases.evidence import evidence_of
from cases.fetch import case_of, party_of
from cases.models import CirclePlan
from cases.opening import show
from cases.views.telling import tell_of_called_off
from core.answers import require
from core.drafts import never_kept
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _circle_of(request, reference):
    """A case of restorative work; others have no circle."""
    case = case_of(request, reference)
    if not case.is_restorative:
        raise Http404
    return case


def _page_of(case):
    return reverse("cases:circle_detail", args=[case.reference])


@require_safe
def circle_detail(request, reference):
    """What is decided and planned for the circle: the page that the keeper takes along, also printed."""
    case = _circle_of(request, reference)
    works = rules.can_work_on(request.user, case) and not case.is_closed
    evidence = evidence_of(case)
    context = circling.page(case, evidence) | {"works": works, "keeps": works and rules.facilitates(request.user, case)}
    context["gate"] = None if case.is_closed else gate.gate_of(case, evidence)
    return show(request, case, "cases/circle_detail.html", context)


@FORM
@once
def circle_fits(request, reference):
    """Decide whether a circle fits."""
    case = _circle_of(request, reference)
    require(rules.can_work_on(request.user, case))
    case.refuse_if_closed()
    form = EligibilityForm(request.POST or None, case=case, cancel=_page_of(case))
    if request.method == "POST" and form.is_valid():
        called_off = readying.decide_on_circle(eligibility=form.save(commit=False), by=request.user)
        messages.success(request, _("Decided: %(decision)s.") % {"decision": str(form.instance).lower()})
        tell_of_called_off(request, called_off)
        return redirect(_page_of(case))
    earlier = case.eligibilities.select_related("by")
    return show(request, case, "cases/circle_fits.html", {"form": form, "earlier": earlier})


@FORM
@once
@never_kept
def pre_circle_record(request, reference, handle):
    """Record that a participant was met. Only the facilitators of this case open this page."""
    party = party_of(request, reference, handle)
    if not circling.takes_part(party):
        raise Http404
    require(rules.facilitates(request.user, party.case))
    party.case.refuse_if_closed()
    form = PreCircleForm(request.POST or None, party=party, cancel=_page_of(party.case))
    if request.method == "POST" and form.is_valid():
        called_off = readying.meet_before(pre_circle=form.save(commit=False), by=request.user)
        said = {"party": party, "result": str(form.instance).lower()}
        messages.success(request, _("Recorded for %(party)s: %(result)s.") % said)
        tell_of_called_off(request, called_off)
        return redirect(_page_of(party.case))
    earlier = party.pre_circles.select_related("by")
    return show(request, party.case, "cases/pre_circle_record.html", {"form": form, "party": party, "earlier": earlier})


@FORM
def circle_plan(request, reference):
    """Plan who speaks after whom and what is asked."""
    case = _circle_of(request, reference)
    require(rules.can_work_on(request.user, case))
    case.refuse_if_closed()
    plan = CirclePlan.objects.filter(case=case).first() or CirclePlan(case=case)
    plan.case = case
    form = CirclePlanForm(
        request.POST or None, instance=plan, participants=circling.participants(case), cancel=_page_of(case)
    )
    if request.method == "POST" and form.is_valid():
        readying.plan_circle(form=form, by=request.user)
        messages.success(request, _("The plan of the circle is saved."))
        return redirect(_page_of(case))
    return show(request, case, "cases/circle_plan.html", {"form": form})
