"""Somebody leaves: their cases are handed over one by one, and at the end the account is disabled."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules as account_rules
from cases.models import Case
from core import audit
from core.answers import require
from desk import actions, rules
from desk.forms import HandOverForm

AT_ONCE = 50


def somebody(user, reference):
    """The person who leaves: supervisors may name anybody, all others whose account they can see."""
    people = get_user_model().objects.active()
    return get_object_or_404(people if rules.can_supervise(user) else people.visible_to(user), reference=reference)


def to_hand_over(user, person):
    """The person's open cases that this user may open and assign, in the order of their age."""
    mine = Case.objects.visible_to(user).open().filter(assigned_to=person)
    if user != person:
        mine = mine.filter(area__in=user.area_ids)
    return mine.select_related("area", "assigned_to").defer("summary").order_by("received_at", "id")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request, reference):
    """Choose who takes over each case. It may be done in several goes: what was chosen is given at once."""
    person = somebody(request.user, reference)
    require(rules.can_hand_over(request.user, person), _("A supervisor hands over the cases of others."))
    cases = to_hand_over(request.user, person)
    form = HandOverForm(request.POST or None, cases=cases[:AT_ONCE], person=person)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        actions.hand_over(cases=chosen, by=request.user)
        words = ngettext("%(count)d case was handed over.", "%(count)d cases were handed over.", len(chosen))
        messages.success(request, words % {"count": len(chosen)})
        return redirect("desk:hand_over", reference)
    context = {"person": person, "form": form, "rows": form.rows(), "total": cases.count()}
    facts = {"reference": person.reference, "count": context["total"]}
    audit.record(request.user, "case.hand_over_list", kind=audit.Kind.CONSULTATION, **facts)
    return render(request, "desk/hand_over.html", context)


@require_POST
def ask_to_disable(request, reference):
    """All is handed over: ask a coordinator to end the account."""
    person = somebody(request.user, reference)
    require(rules.can_hand_over(request.user, person))
    actions.ask_to_disable(person=person, by=request.user)
    messages.success(request, _("The coordinators are asked to disable the account."))
    return redirect("desk:hand_over", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request, reference):
    """The end of a planned leaving: how many cases are still theirs, and the account is disabled."""
    person = somebody(request.user, reference)
    require(account_rules.can_change_access(request.user, person), _("A coordinator disables accounts of others."))
    if request.method == "POST":
        left = actions.disable(person=person, by=request.user)
        words = ngettext(
            "%(name)s is signed out everywhere. %(count)d case became a reminder of its supervisor.",
            "%(name)s is signed out everywhere. %(count)d cases became reminders of their supervisors.",
            left,
        )
        messages.success(request, words % {"name": person, "count": left})
        return redirect("accounts:user_detail", reference)
    return render(request, "desk/leaving.html", {"person": person, "left": actions.open_cases_of(person).count()})
