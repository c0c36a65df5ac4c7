"""The rows a view may lay hands on: everything starts at the cases that this person may open."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from cases.models import Case, Facilitator, Party, Session


def case_of(request, reference):
    """The case, with what rules and its head need; 404 where it is not this person's to know."""
    cases = Case.objects.visible_to(request.user).select_related("area", "assigned_to", "opened_by")
    helpers = Prefetch("facilitators", Facilitator.objects.select_related("user", "organization"))
    return get_object_or_404(cases.prefetch_related(helpers), reference=reference)


def case_to_show(request, reference):
    """The case alone, for the page that reads what hangs on it in one go (`cases.hanging`)."""
    return get_object_or_404(Case.objects.visible_to(request.user).defer("vector"), reference=reference)


def party_of(request, reference, handle):
    """A party still present in a case, and that case."""
    case = case_of(request, reference)
    parties = Party.objects.present().select_related("contact", "organization", "beside__contact")
    party = get_object_or_404(parties, case=case, handle=handle)
    party.case = case
    return party


def session_of(request, reference, session):
    """An appointment of a case."""
    case = case_of(request, reference)
    found = get_object_or_404(Session.objects.select_related("venue"), case=case, reference=session)
    found.case = case
    return found
