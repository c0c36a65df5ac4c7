"""Agreements: what the sides promised, in their own words, signed by each, and how each promise stands."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import agreeing, paper, rules
from cases.agreement_forms import AgreementForm, SettleForm, ShareForm, SignatureForm, TermForm
from cases.fetch import case_of
from cases.models import Term
from cases.opening import hand_out, show
from core.answers import require
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _agreement_of(request, reference, handle):
    case = case_of(request, reference)
    agreement = get_object_or_404(case.agreements, handle=handle)
    agreement.case = case
    require(rules.can_work_on(request.user, case))
    return agreement


def _term_of(request, reference, handle):
    case = case_of(request, reference)
    terms = Term.objects.select_related("agreement", "who__contact").filter(agreement__case=case)
    term = get_object_or_404(terms, handle=handle)
    term.agreement.case = case
    require(rules.can_work_on(request.user, case))
    return term


def _follow_ups(agreement):
    """Each with how many sides answered; its case is the one at hand, so that its address costs no query."""
    found = list(agreement.follow_ups.annotate(answered=Count("answers")).order_by("due_on", "id"))
    for follow_up in found:
        follow_up.agreement = agreement
    return found


@FORM
@once
def agreement_create(request, reference):
    """Record that the sides agreed; the next page takes the terms."""
    case = case_of(request, reference)
    require(rules.can_work_on(request.user, case))
    case.refuse_if_closed()
    form = AgreementForm(request.POST or None, case=case, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        agreement = agreeing.record(agreement=form.save(commit=False), by=request.user)
        messages.success(request, _("The agreement is recorded. Add what each side promises, in their own words."))
        return redirect(agreement)
    return show(request, case, "cases/agreement_create.html", {"form": form})


@FORM
@once
def agreement_detail(request, reference, handle):
    """The terms and signatures, and a form for the next term until a side has signed."""
    agreement = _agreement_of(request, reference, handle)
    form = TermForm(request.POST or None, agreement=agreement)
    if request.method == "POST" and form.is_valid():
        agreeing.add_term(term=form.save(commit=False), by=request.user)
        messages.success(request, _("The term is added."))
        return redirect(agreement)
    signatures = list(agreement.signatures.select_related("party__contact", "party__organization", "by"))
    context = {
        "form": form,
        "agreement": agreement,
        "terms": agreement.terms.select_related("who__contact", "who__organization"),
        "signatures": signatures,
        "follow_ups": _follow_ups(agreement),
        "shares": agreement.shares.select_related("by"),
        "is_open": not signatures and not agreement.case.is_closed,
        "languages": settings.LANGUAGES,
    }
    return show(request, agreement.case, "cases/agreement_detail.html", context)


@FORM
@once
def agreement_sign(request, reference, handle):
    """Record that a side signed, on paper or on this screen."""
    agreement = _agreement_of(request, reference, handle)
    form = SignatureForm(request.POST or None, agreement=agreement, cancel=agreement.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        signature = form.save(commit=False)
        signature.sign(by=request.user)
        messages.success(request, _("%(party)s signed.") % {"party": signature.party})
        return redirect(agreement)
    context = {"form": form, "agreement": agreement, "terms": agreement.terms.select_related("who__contact")}
    return show(request, agreement.case, "cases/agreement_sign.html", context)


@FORM
@once
def agreement_share(request, reference, handle):
    """Record that the agreement is given to somebody outside: with the written consent of every side, or not at all."""
    agreement = _agreement_of(request, reference, handle)
    form = ShareForm(request.POST or None, agreement=agreement, cancel=agreement.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).share(form.cleaned_data["consented"], by=request.user)
        messages.success(request, _("It is recorded who got the agreement and what for."))
        return redirect(agreement)
    return show(request, agreement.case, "cases/agreement_share.html", {"form": form, "agreement": agreement})


@FORM
def term_settle(request, reference, handle):
    """Say how a term stands."""
    term = _term_of(request, reference, handle)
    form = SettleForm(request.POST or None, term=term, cancel=term.agreement.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        agreeing.settle_term(term=term, by=request.user, **form.cleaned_data)
        messages.success(request, _("Recorded: %(state)s.") % {"state": term.get_state_display().lower()})
        return redirect(term.agreement)
    return show(request, term.agreement.case, "cases/term_settle.html", {"form": form, "term": term})


@FORM
def term_drop(request, reference, handle):
    """Take a term out of an agreement that nobody has signed."""
    term = _term_of(request, reference, handle)
    if request.method == "POST":
        agreement = term.agreement
        agreeing.drop_term(term=term, by=request.user)
        messages.success(request, _("The term is taken out."))
        return redirect(agreement)
    return show(request, term.agreement.case, "cases/term_drop.html", {"term": term})


@require_safe
def agreement_print(request, reference, handle, language):
    """The agreement as a tagged PDF to sign or to keep, in one language."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    agreement = _agreement_of(request, reference, handle)
    with translation.override(language):
        content = paper.agreement(agreement)
    return hand_out(request, agreement.case, content, agreement.case.reference, language=language)
