"""What makes a case ready for a joint session, for tests."""

from django.utils import timezone

from cases import circling, readying
from cases.circle_forms import CirclePlanForm
from cases.models import (
    CirclePlan,
    ConflictDeclaration,
    Consent,
    Eligibility,
    NoticeGiven,
    Party,
    PreCircle,
    Screening,
    Wording,
)
from tests.factories.cases import FacilitatorFactory


def wording(kind, language="en"):
    """The text in force. Tests that empty the tables take away the first version, which a migration delivered."""
    found = Wording.objects.filter(kind=kind, language=language).order_by("-version").first()
    return found or Wording.objects.create(kind=kind, language=language, version=1, body=f"The {kind}")


def declared(facilitator, party, result=ConflictDeclaration.Result.NONE, **fields):
    declaration = ConflictDeclaration(facilitator=facilitator, party=party, result=result, **fields)
    return readying.declare(declaration=declaration, by=facilitator.user)


def screened(party, by, result=Screening.Result.SUITABLE, **fields):
    screening = Screening(party=party, result=result, **fields)
    readying.screen(screening=screening, by=by)
    return screening


def informed(party, by):
    notice = NoticeGiven(party=party, wording=wording("notice"), way="read")
    readying.give_notice(notice=notice, by=by)
    return notice


def consented(party, by, answer=Consent.Answer.CONSENTED, **fields):
    consent = Consent(party=party, wording=wording("consent"), answer=answer, mode="signed", **fields)
    readying.take_consent(consent=consent, by=by)
    return consent


def reach(party):
    Party.objects.filter(pk=party.pk).update(stage=Party.Stage.REACHED)


def make_ready(case):
    """Do all that the gate asks for, for the sides there are and a facilitator, who is made where there is none."""
    facilitator = case.facilitators.serving().exclude(user=None).first() or FacilitatorFactory(case=case)
    for party in case.parties.present().filter(role__in=Party.SIDES):
        reach(party)
        declared(facilitator, party)
        informed(party, facilitator.user)
        screened(party, facilitator.user)
        consented(party, facilitator.user)
    return facilitator


def make_circle_ready(case):
    """Do all that a circle asks for beside: that it fits, everybody met and ready, and a place for each."""
    facilitator = make_ready(case)
    eligibility = Eligibility(case=case, responsibility="yes", voluntary=True, fits=True)
    readying.decide_on_circle(eligibility=eligibility, by=facilitator.user)
    for party in circling.participants(case):
        met_before(party, facilitator.user)
    seated(case, facilitator.user)
    return facilitator


def met_before(party, by, **lacks):
    """They were met and are ready, but for what is named: `met_before(party, by, safe=False)`."""
    goes = dict.fromkeys(("ready", "willing", "able", "safe"), True) | lacks
    return readying.meet_before(pre_circle=PreCircle(party=party, met_on=timezone.localdate(), **goes), by=by)


def seated(case, by, **fields):
    """The plan of its circle, with a place for everybody, in the order in which they joined."""
    everybody = circling.participants(case)
    plan = CirclePlan.objects.filter(case=case).first() or CirclePlan(case=case)
    plan.case = case
    places = {f"place_{party.handle.hex}": place for place, party in enumerate(everybody, start=1)}
    data = {"version": plan.version, "with_harmed": "on", **places, **fields}
    form = CirclePlanForm(data, instance=plan, participants=everybody, cancel="")
    assert form.is_valid(), form.errors
    return readying.plan_circle(form=form, by=by)
