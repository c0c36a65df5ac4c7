"""A case: log it, read it, edit it, and the decisions about it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import actions, closing, controlled, detail, rules, similar
from cases.act_forms import CloseForm, HoldForm, ReferOutForm, ReopenForm
from cases.fetch import case_of, case_to_show
from cases.forms import AssignForm, CaseForm, PartyForm, resume_draft
from cases.models import Case, ListEntry, Party
from cases.opening import is_open, show
from cases.views.telling import tell_of_called_off
from core import audit, drafts
from core.answers import require
from core.once import once
from notices.forms import ContactForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
DRAFT = "cases:case_create"
# What makes the part about the initiating party more than untouched.
TYPED = ("name", "phone", "email", "chat")


@require_safe
def case_sources(request):
    """What each source of referral and each type of dispute means, so that figures about them can be trusted."""
    lists = [{"name": kind.label, "key": kind.value, "entries": controlled.entries(kind)} for kind in ListEntry.Kind]
    return render(request, "cases/case_sources.html", {"lists": lists})


@require_safe
def case_similar(request):
    """Cases of the same place that this person may open; the new form asks for them while one types."""
    context = {"cases": similar.cases_like(request.user, request.GET)}
    return render(request, "cases/_similar.html" if request.htmx else "cases/case_similar.html", context)


@FORM
@once
def case_create(request):
    """Log a case, with the initiating party if it is known already."""
    require(rules.can_log(request.user))
    form = CaseForm(request.POST or None, user=request.user, sources_url=reverse("cases:case_sources"))
    known = any(request.POST.get(f"contact-{name}", "").strip() for name in TYPED)
    contact_form = ContactForm(request.POST if known else None, prefix="contact")
    party_form = PartyForm(_initiating(request.POST) if known else None, case=form.instance, prefix="party")
    forms = [form, contact_form, party_form] if known else [form]
    if request.method == "POST" and not [one for one in forms if not one.is_valid()]:
        case = _open(request, form, contact_form, party_form, known)
        drafts.forget(request.user, DRAFT)
        messages.success(request, _("Case %(case)s is logged.") % {"case": case})
        return redirect(case)
    return render(request, "cases/case_create.html", _create_context(request, form, contact_form, party_form))


def _initiating(posted):
    posted = posted.copy()
    posted["party-role"] = Party.Role.INITIATING
    return posted


def _open(request, form, contact_form, party_form, known):
    party = None
    if known:
        party = party_form.save(commit=False)
        party.contact = contact_form.save(by=request.user)
    case = form.save(commit=False)
    return actions.open_case(case=case, by=request.user, initiating=party)


def _create_context(request, form, contact_form, party_form):
    forms = [form, contact_form, party_form]
    if request.method == "GET":
        resume_draft(forms, drafts.initial(request.user, DRAFT))
    wrong = [one for one in forms if one.is_bound and one.errors]
    return {
        "form": wrong[0] if wrong else form,
        "forms": forms,
        "case_form": form,
        "contact_form": contact_form,
        "party_form": party_form,
        "draft_url": f"{reverse('core:draft_save')}?{urlencode({'form': DRAFT, 'path': request.path})}",
        "cases": similar.cases_like(request.user, request.POST) if request.POST else [],
    }


@require_safe
def case_detail(request, reference):
    """The page of a case. Opening it is recorded; a sealed one first asks a supervisor for the reason."""
    try:
        case = case_to_show(request, reference)
    except Http404:
        if Case.objects.behind_glass_for(request.user).filter(reference=reference).exists():
            return redirect("cases:case_break_glass", reference)
        raise
    audit.opened(request.user, case)
    return render(request, "cases/case_detail.html", detail.page(request, case))


@require_safe
def case_timeline(request, reference):
    """The timeline alone, of one tab: a part of the case's page for script, else a page. As a part of the page that is
    open already it is no opening of its own.
    """
    case = case_to_show(request, reference)
    if not is_open(request, case):
        audit.opened(request.user, case, page="timeline")
    template = "cases/_timeline_panel.html" if request.htmx else "cases/case_timeline.html"
    return render(request, template, detail.timeline_part(request, case))


@require_safe
def case_print(request, reference):
    """What may leave the house on paper: the summary safe to share and the bare facts."""
    case = case_of(request, reference)
    return show(request, case, "cases/case_print.html", {"facts": detail.shared_facts(case)})


@FORM
def case_edit(request, reference):
    case = case_of(request, reference)
    require(rules.can_work_on(request.user, case))
    sources = reverse("cases:case_sources")
    form = CaseForm(request.POST or None, instance=case, user=request.user, sources_url=sources)
    if request.method == "POST" and form.is_valid():
        called_off = actions.edit_case(form=form, by=request.user)
        messages.success(request, _("Case %(case)s is saved.") % {"case": case})
        _tell_of_an_edit(request, form, called_off)
        return redirect(case)
    return show(request, case, "cases/case_edit.html", {"form": form})


def _tell_of_an_edit(request, form, called_off):
    """What follows from another process, and from a sign of violence, of which no message tells."""
    if "process" in form.changed_data:
        messages.warning(request, _("Another process: every side is screened and asked again before they meet."))
    if called_off and form.instance.violence_indicated:
        told = _("What would have brought the sides together is called off. No message says so: tell each party.")
        messages.warning(request, told)
    else:
        tell_of_called_off(request, called_off)


@FORM
def case_assign(request, reference):
    case = case_of(request, reference)
    require(rules.can_assign(request.user, case))
    case.refuse_if_closed()
    form = AssignForm(request.POST or None, case=case, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        officer = form.cleaned_data["officer"]
        actions.assign(case=case, officer=officer, by=request.user)
        messages.success(request, _("%(case)s is now with %(officer)s.") % {"case": case, "officer": officer})
        return _back_to(request, case)
    return show(request, case, "cases/case_assign.html", {"form": form})


def _back_to(request, case):
    """To the case, or to the list where giving it away has closed it to this person."""
    if Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect(case)
    return redirect("cases:case_list")


@FORM
def case_hold(request, reference):
    case = case_of(request, reference)
    require(rules.can_decide(request.user, case))
    form = HoldForm(request.POST or None, cancel=case.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        actions.hold_case(case=case, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(case)s rests. You get a reminder when the day comes.") % {"case": case})
        return redirect(case)
    return show(request, case, "cases/case_hold.html", {"form": form})


@FORM
def case_resume(request, reference):
    case = case_of(request, reference)
    require(rules.can_decide(request.user, case))
    if request.method == "POST":
        actions.resume_case(case=case, by=request.user)
        messages.success(request, _("%(case)s goes on where it was.") % {"case": case})
        return redirect(case)
    return show(request, case, "cases/case_resume.html", {})


@FORM
def case_refer_out(request, reference):
    case = case_of(request, reference)
    require(rules.can_decide(request.user, case))
    form = ReferOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.refer_out(case=case, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(case)s is referred out.") % {"case": case})
        return redirect(case)
    return show(request, case, "cases/case_refer_out.html", {"form": form, **detail.what_ends(case)})


@FORM
def case_close(request, reference):
    case = case_of(request, reference)
    require(rules.can_decide(request.user, case))
    form = CloseForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        actions.close_case(case=case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Case %(case)s is closed.") % {"case": case})
        return redirect(case)
    context = {"form": form, "points": closing.checklist(case), **detail.what_ends(case)}
    return show(request, case, "cases/case_close.html", context)


@FORM
def case_reopen(request, reference):
    case = case_of(request, reference)
    require(rules.can_decide(request.user, case))
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.reopen_case(case=case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Case %(case)s is open again, and counts as a repeat.") % {"case": case})
        return redirect(case)
    return show(request, case, "cases/case_reopen.html", {"form": form})
