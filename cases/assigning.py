"""Several cases are given to one officer: which may be, and each in a transaction of its own."""

from django.db.models import Q
from django.utils.translation import gettext as _

from cases import actions, rules
from cases.forms import officers_of_each
from cases.models import Case, ConflictDeclaration
from core.states import MoveNotAllowed

AT_ONCE = 50


def assignable(user):
    """The open cases that this person may open and assign."""
    may = Q(area__in=user.area_ids) | Q(assigned_to=user)
    return _with_people(Case.objects.visible_to(user).open().filter(may))


def chosen(user, references):
    """The cases named, as far as this person may open them: of others nothing is said."""
    return list(_with_people(Case.objects.visible_to(user).filter(reference__in=references[:AT_ONCE])))


def _with_people(cases):
    return cases.select_related("area", "assigned_to").defer("summary", "vector")


def assign_several(*, cases, officer, by):
    """Give each to the officer. Returns those given, and a sentence for each that was not."""
    done, skipped = [], []
    serving, recused = officers_of_each({case.area_id for case in cases}), _recused(officer, cases)
    for case in cases:
        serves = officer.pk in {pk for pk, _reference, _name in serving[case.area_id]}
        why = _why_not(case, officer, by, serves=serves, recused=case.pk in recused)
        try:
            if not why:
                actions.assign(case=case, officer=officer, by=by)
                done.append(case)
        except MoveNotAllowed as refusal:
            why = str(refusal)
        if why:
            skipped.append(why)
    return done, skipped


def _recused(officer, cases):
    """The cases from which this person stepped back as a facilitator, for a conflict of interest."""
    stepped_back = ConflictDeclaration.objects.filter(
        facilitator__user=officer, facilitator__case__in=cases, result=ConflictDeclaration.Result.RECUSED
    )
    return set(stepped_back.values_list("facilitator__case", flat=True))


def _why_not(case, officer, by, *, serves, recused):
    said = {"case": case, "officer": officer, "area": case.area.name}
    if not rules.can_assign(by, case):
        return _("%(case)s: you may open it and not assign it.") % said
    if not serves:
        return _("%(case)s: %(officer)s does not serve %(area)s.") % said
    if recused:
        return _("%(case)s: %(officer)s stepped back from it for a conflict of interest.") % said
    if case.assigned_to_id == officer.pk:
        return _("%(case)s: %(officer)s has it already.") % said
    return ""
