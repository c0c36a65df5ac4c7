"""What makes a case ready: declarations, screening, notice, consent, overrides, and the texts that parties get."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import gate, readying, rules
from cases.act_forms import ReasonForm
from cases.fetch import case_of, party_of
from cases.figures import overrides_in
from cases.models import Case, Consent, GateOverride, Screening, Wording
from cases.opening import show
from cases.readiness_forms import ConsentForm, DeclarationForm, NoticeForm, ScreeningForm, WordingForm
from cases.views.telling import tell_of_called_off
from core import audit
from core.answers import require
from core.drafts import never_kept
from core.once import once

LISTED = 200
FORM = require_http_methods(["GET", "HEAD", "POST"])


def _side_of(request, reference, handle):
    """A side of a case, or who was one: the people beside it are not screened."""
    party = party_of(request, reference, handle)
    if not party.counts_as_side:
        raise Http404
    return party


def _answering(request, reference, handle):
    """Somebody who is given the notice and asked for consent of their own."""
    party = party_of(request, reference, handle)
    if not party.answers_for_themselves:
        raise Http404
    return party


@FORM
@once
def conflict_declare(request, reference, handle):
    """A facilitator declares on one side; for a service outside the officer or a supervisor enters what it said."""
    case = case_of(request, reference)
    facilitator = get_object_or_404(
        case.facilitators.serving().select_related("user__contact", "organization"), handle=handle
    )
    facilitator.case = case
    require(rules.can_declare(request.user, facilitator))
    case.refuse_if_closed()
    form = DeclarationForm(request.POST or None, facilitator=facilitator, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        declaration = readying.declare(declaration=form.save(commit=False), by=request.user)
        messages.success(request, _("Declared on %(party)s: %(result)s.") % _said(declaration))
        if declaration.hit and declaration.result == declaration.Result.NONE:
            messages.warning(
                request,
                _("The records show a possible conflict. Talk to a supervisor of the area before you go on."),
            )
        return redirect(case if rules.stays(request.user, facilitator) else "cases:case_list")
    made = facilitator.declarations.select_related("party__contact", "by")
    return show(request, case, "cases/conflict_declare.html", {"form": form, "facilitator": facilitator, "made": made})


def _said(declaration):
    return {"party": declaration.party, "result": declaration.get_result_display().lower()}


@FORM
@once
@never_kept
def screening_record(request, reference, handle):
    """Screen one side. Only the facilitators of this case open this page."""
    party = _side_of(request, reference, handle)
    require(rules.facilitates(request.user, party.case))
    party.case.refuse_if_closed()
    form = ScreeningForm(request.POST or None, party=party, cancel=party.case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        called_off = readying.screen(screening=form.save(commit=False), by=request.user)
        messages.success(request, _("%(party)s is screened: %(result)s.") % _screened(form.instance))
        tell_of_called_off(request, called_off)
        return redirect(party.case)
    earlier = Screening.objects.readable_by(request.user).filter(party=party).select_related("by")
    return show(request, party.case, "cases/screening_record.html", {"form": form, "party": party, "earlier": earlier})


def _screened(screening):
    return {"party": screening.party, "result": screening.get_result_display().lower()}


@FORM
@once
def notice_give(request, reference, handle):
    """Record that somebody was given the confidentiality notice."""
    party = _answering(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    party.case.refuse_if_closed()
    form = NoticeForm(request.POST or None, party=party, cancel=party.case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        readying.give_notice(notice=form.save(commit=False), by=request.user)
        messages.success(request, _("Recorded: %(party)s was given the notice.") % {"party": party})
        return redirect(party.case)
    given = party.notices_given.select_related("wording", "by")
    return show(request, party.case, "cases/notice_give.html", {"form": form, "party": party, "given": given})


@FORM
@once
def consent_record(request, reference, handle):
    """Record what somebody, or the guardian of a minor, answered."""
    party = _answering(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    party.case.refuse_if_closed()
    asked = party.case.parties.filter(handle__in=_handles(request.GET.get("guardian")))
    form = ConsentForm(
        request.POST or None, party=party, cancel=party.case.get_absolute_url(), initial={"guardian": asked.first()}
    )
    if request.method == "POST" and form.is_valid():
        called_off = readying.take_consent(consent=form.save(commit=False), by=request.user)
        messages.success(request, _("Recorded for %(party)s: %(answer)s.") % _answered(form.instance))
        tell_of_called_off(request, called_off)
        return redirect(party.case)
    answers = party.consents.select_related("wording", "guardian__contact", "by")
    return show(request, party.case, "cases/consent_record.html", {"form": form, "party": party, "answers": answers})


def _handles(text):
    """The handle that a link names, where it is one."""
    try:
        return [UUID(text or "")]
    except ValueError:
        return []


def _answered(consent):
    return {"party": consent.party, "answer": consent.get_answer_display().lower()}


@FORM
def consent_withdraw(request, reference, handle):
    """A party takes their consent back; nothing has to be said why."""
    case = case_of(request, reference)
    given = Consent.objects.filter(party__case=case, party__left_at=None).select_related("party__contact", "wording")
    consent = get_object_or_404(given.filter(answer=Consent.Answer.CONSENTED), handle=handle)
    require(rules.can_work_on(request.user, case))
    consent.party.case = case
    if request.method == "POST":
        called_off = readying.withdraw_consent(consent=consent, by=request.user)
        messages.success(request, _("Recorded: %(party)s withdrew.") % {"party": consent.party})
        tell_of_called_off(request, called_off)
        return redirect(case)
    return show(request, case, "cases/consent_withdraw.html", {"consent": consent})


@FORM
@once
def gate_override(request, reference, kind, lapsed):
    """A supervisor lets one lapsed formality pass, with a reason that somebody will read."""
    case = case_of(request, reference)
    check, may = gate.gate_of(case).lapsed(kind, lapsed), rules.can_override(request.user, case)
    # Whoever posts what has been put right in the meantime is told so.
    if check is None and not (may and request.method == "POST"):
        raise Http404
    require(may)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        readying.override(case=case, kind=kind, lapsed=lapsed, by=request.user, **form.cleaned_data)
        messages.warning(request, _("Overridden: %(check)s. It is recorded and counted.") % {"check": _label(kind)})
        return redirect(case)
    return show(request, case, "cases/gate_override.html", {"form": form, "check": check, "label": _label(kind)})


def _label(kind):
    return GateOverride.Kind(kind).label


@require_safe
def override_list(request):
    """The checks that were overridden in the areas of a supervisor: which, by whom, when and why."""
    require(request.user.is_supervisor)
    rows = overrides_in(request.user.area_ids).filter(case__in=Case.objects.visible_to(request.user))
    rows = list(rows.select_related("case", "by")[:LISTED])
    audit.record(request.user, "override.list", kind=audit.Kind.CONSULTATION, reference="cases", count=len(rows))
    return render(request, "cases/override_list.html", {"overrides": rows})


@require_safe
def wording_list(request):
    """The notice and consent texts in force, for coordinators, who publish new versions."""
    require(rules.can_word(request.user))
    texts = Wording.objects.current().select_related("made_by")
    return render(request, "cases/wording_list.html", {"texts": texts})


@FORM
@once
def wording_publish(request, kind, language):
    """Publish the next version of a text. Parties who were given the one before are asked again."""
    require(rules.can_word(request.user))
    current = Wording.objects.filter(kind=kind, language=language).order_by("-version").first()
    if current is None:
        raise Http404
    version, name = current.version, str(current)
    form = WordingForm(request.POST or None, instance=current, cancel=reverse("cases:wording_list"))
    if request.method == "POST" and form.is_valid():
        text = Wording(kind=kind, language=language, body=form.cleaned_data["body"])
        text.publish(by=request.user)
        messages.success(request, _("Published: %(text)s.") % {"text": text})
        return redirect("cases:wording_list")
    context = {"form": form, "name": name, "version": version}
    return render(request, "cases/wording_publish.html", context)
