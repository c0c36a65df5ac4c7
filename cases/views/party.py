"""Parties of a case, and who facilitates it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import belonging, rules, standing
from cases.fetch import case_of, party_of
from cases.forms import FacilitatorForm, PartyForm
from cases.opening import show
from cases.views.telling import tell_of_called_off
from core.answers import require
from core.once import once
from notices.forms import ContactForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _both_valid(request, *forms):
    return request.method == "POST" and not [form for form in forms if not form.is_valid()]


def _context(case, form, contact_form, **more):
    wrong = [one for one in (form, contact_form) if one.is_bound and one.errors]
    shown = {"form": wrong[0] if wrong else form, "party_form": form, "contact_form": contact_form}
    return {"case": case, "forms": [contact_form, form], **shown, **more}


@FORM
@once
def party_add(request, reference):
    case = case_of(request, reference)
    require(rules.can_work_on(request.user, case))
    case.refuse_if_closed()
    form = PartyForm(request.POST or None, case=case, prefix="party")
    contact_form = ContactForm(request.POST or None, prefix="contact")
    if _both_valid(request, form, contact_form):
        called_off = belonging.add_party(party=form.save(commit=False), contact_form=contact_form, by=request.user)
        messages.success(request, _("%(party)s is added to the case.") % {"party": form.instance})
        tell_of_called_off(request, called_off)
        return redirect(case)
    return show(request, case, "cases/party_add.html", _context(case, form, contact_form))


@FORM
def party_edit(request, reference, handle):
    party = party_of(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    form = PartyForm(request.POST or None, instance=party, case=party.case, prefix="party")
    contact_form = ContactForm(request.POST or None, instance=party.contact, prefix="contact")
    if _both_valid(request, form, contact_form):
        called_off = belonging.edit_party(form=form, contact_form=contact_form, by=request.user)
        messages.success(request, _("%(party)s is saved.") % {"party": party})
        tell_of_called_off(request, called_off)
        return redirect(party.case)
    screens = rules.facilitates(request.user, party.case)
    context = _context(party.case, form, contact_form, party=party, screens=screens, steps=standing.steps_of(party))
    return show(request, party.case, "cases/party_edit.html", context)


@FORM
def party_remove(request, reference, handle):
    """End their part in the case; nothing that was recorded with them goes."""
    party = party_of(request, reference, handle)
    require(rules.can_work_on(request.user, party.case))
    if request.method == "POST":
        called_off = belonging.remove_party(party=party, by=request.user)
        messages.success(request, _("%(party)s no longer has a part in this case.") % {"party": party})
        tell_of_called_off(request, called_off)
        return redirect(party.case)
    return show(request, party.case, "cases/party_remove.html", {"party": party})


@FORM
@once
def facilitator_add(request, reference):
    case = case_of(request, reference)
    require(rules.can_appoint(request.user, case))
    case.refuse_if_closed()
    form = FacilitatorForm(request.POST or None, case=case, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        called_off = belonging.appoint(facilitator=form.save(commit=False), by=request.user)
        messages.success(request, _("%(facilitator)s facilitates this case.") % {"facilitator": form.instance})
        tell_of_called_off(request, called_off)
        return redirect(case)
    return show(request, case, "cases/facilitator_add.html", {"form": form})


@FORM
def facilitator_end(request, reference, handle):
    case = case_of(request, reference)
    serving = case.facilitators.serving().select_related("user__contact", "organization")
    facilitator = get_object_or_404(serving, handle=handle)
    require(rules.can_appoint(request.user, case))
    if request.method == "POST":
        called_off = belonging.dismiss(facilitator=facilitator, by=request.user)
        messages.success(request, _("%(facilitator)s no longer facilitates this case.") % {"facilitator": facilitator})
        tell_of_called_off(request, called_off)
        return redirect(case)
    return show(request, case, "cases/facilitator_end.html", {"facilitator": facilitator})
