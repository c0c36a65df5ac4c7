"""Who may open a case: team, unit, sealed; breaking the glass; lifting a seal by two."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import rules, unsealing
from cases.act_forms import AccessForm, ReasonForm
from cases.fetch import case_of
from cases.models import BreakGlass, Case
from cases.opening import show
from core import audit
from core.answers import require
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def case_access(request, reference):
    """Widen, narrow or seal a case."""
    case = case_of(request, reference)
    require(rules.can_set_access(request.user, case))
    form = AccessForm(request.POST or None, cancel=case.get_absolute_url(), initial={"access": case.access})
    if request.method == "POST" and form.is_valid():
        case.set_access(form.cleaned_data["access"], by=request.user)
        messages.success(request, _("%(case)s: %(access)s.") % {"case": case, "access": case.get_access_display()})
        visible = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
        return redirect(case if visible else "cases:case_list")
    return show(request, case, "cases/case_access.html", {"form": form})


@FORM
@once
def case_break_glass(request, reference):
    """Ask a supervisor of the area why they open a sealed case, and open it to them for a day."""
    case = get_object_or_404(Case.objects.behind_glass_for(request.user).select_related("area"), reference=reference)
    if Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect(case)
    require(rules.can_break_glass(request.user, case))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = unsealing.break_glass(case=case, by=request.user, **form.cleaned_data)
        messages.warning(request, _told(told))
        return redirect(case)
    return render(request, "cases/case_break_glass.html", {"form": form, "reference": reference})


def _told(people):
    """What happened, and not what usually does: a small unit may have no other supervisor."""
    if any(person.is_supervisor for person in people):
        return _("The case is open to you for 24 hours. Another supervisor was told.")
    if people:
        return _("The case is open to you for 24 hours. There is no other supervisor, so the coordinators were told.")
    return _("The case is open to you for 24 hours. There was nobody else to tell; it is on record.")


@require_safe
def glass_list(request):
    """Sealed cases that supervisors opened in the areas of this one: who, when and why. No word of the cases.

    A reason is written about a case, so those who see no case text, the coordinators, see that it was opened and by
    whom; why, they ask a supervisor of the area.
    """
    require(request.user.is_supervisor or request.user.is_coordinator)
    glasses = BreakGlass.objects.select_related("case", "user")
    if not request.user.is_coordinator:
        glasses = glasses.filter(case__area__in=request.user.area_ids)
    rows = [(glass, rules.can_read_reason(request.user, glass)) for glass in glasses[:100]]
    audit.record(request.user, "glass.list", kind=audit.Kind.CONSULTATION, reference="cases", count=len(rows))
    return render(request, "cases/glass_list.html", {"glasses": rows})


@FORM
@once
def seal_lift_ask(request, reference):
    """Ask that a seal be lifted for good."""
    case = case_of(request, reference)
    require(rules.can_set_access(request.user, case) and case.is_sealed)
    form = ReasonForm(request.POST or None)
    standing = case.seal_lifts.undecided().first()
    if request.method == "POST" and form.is_valid() and standing is None:
        unsealing.ask_seal_lift(case=case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Asked. Another person has to agree before the seal is lifted."))
        return redirect(case)
    return show(request, case, "cases/seal_lift_ask.html", {"form": form, "standing": standing})


@FORM
def seal_lift_decide(request, reference):
    """Agree to lift a seal, or refuse; never the person who asked. Deciding does not need the case to be opened."""
    known = Case.objects.visible_to(request.user) | Case.objects.behind_glass_for(request.user)
    case = get_object_or_404(
        known.select_related("area", "assigned_to").prefetch_related("facilitators"), reference=reference
    )
    lift = get_object_or_404(case.seal_lifts.undecided().select_related("asked_by"))
    may = rules.can_decide_lift(request.user, case, lift)
    if request.method == "POST":
        require(may)
        agreed = request.POST.get("decision") == "lift"
        unsealing.decide_seal_lift(case=case, lift=lift, agreed=agreed, by=request.user)
        messages.success(request, _("The seal is lifted.") if agreed else _("The seal stays."))
        return redirect("cases:case_detail", reference)
    return show(request, case, "cases/seal_lift_decide.html", {"lift": lift, "may": may})
