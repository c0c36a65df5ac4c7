"""What makes a case ready for a joint session, for tests."""

from cases import readying
from cases.models import ConflictDeclaration, Consent, NoticeGiven, Party, Screening, Wording
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
