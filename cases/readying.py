"""How a case becomes ready for a joint session: declarations, screening, notice, consent, and what follows from each.

Every act holds the case first, so that nobody books a joint session on what is being taken back at that moment.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from cases import actions, gate, owed
from cases.conflicts import shows_conflict
from cases.evidence import evidence_of
from cases.models import Case, CirclePlan, ConflictDeclaration, Consent, GateOverride, Party
from core import audit
from core.states import MoveNotAllowed
from notices.models import Task

# Stages from which what a party answers moves where they stand; after a session that is no longer asked.
BEFORE_THE_SESSION = gate.STEPS[: gate.STEPS.index(Party.Stage.READY) + 1]


def _held(case, party=None):
    """The case, held until the transaction ends; refused where it is closed, or the party is no longer in it."""
    case = Case.objects.locked().get(pk=case.pk)
    case.refuse_if_closed()
    if party is not None:
        party.must_be_in(case)
    return case


@transaction.atomic
def declare(*, declaration, by):
    """A facilitator says for one side whether they are neutral; who steps back leaves the case by it."""
    facilitator = declaration.facilitator
    case = declaration.party.case = facilitator.case = _held(facilitator.case, declaration.party)
    declaration.hit = shows_conflict(facilitator, declaration.party)
    declaration.declare(by=by)
    if declaration.result == ConflictDeclaration.Result.RECUSED:
        actions.dismiss(facilitator=facilitator, by=by)
        owed.another_facilitator(case)
    _settle(case, by)
    return declaration


@transaction.atomic
def screen(*, screening, by):
    """Keep a screening. A sign of violence stops messages and joint sessions of the whole case in this transaction."""
    case = screening.party.case = _held(screening.party.case, screening.party)
    screening.record(by=by)
    called_off = []
    if screening.partner_violence and not case.violence_indicated:
        case.note_violence(by=by)
        called_off = actions.keep_apart(case, by)
    elif screening.result == screening.Result.NOT_SUITABLE:
        called_off = _call_off_meetings(case, by)
    _settle(case, by)
    return called_off


@transaction.atomic
def give_notice(*, notice, by):
    """A party was told what cannot stay confidential."""
    case = notice.party.case = _held(notice.party.case, notice.party)
    notice.give(by=by)
    _settle(case, by)


@transaction.atomic
def take_consent(*, consent, by):
    """Keep what a party answered; a no calls off what was planned on an earlier yes."""
    case = consent.party.case = _held(consent.party.case, consent.party)
    consent.record(by=by)
    called_off = [] if consent.stands else _call_off_meetings(case, by)
    _settle(case, by)
    return called_off


@transaction.atomic
def withdraw_consent(*, consent, by):
    """A party no longer takes part: joint sessions are called off, and nobody asks why."""
    case = consent.party.case = _held(consent.party.case, consent.party)
    consent.withdraw(by=by)
    called_off = _call_off_meetings(case, by)
    _settle(case, by)
    return called_off


@transaction.atomic
def override(*, case, kind, lapsed, reason, by):
    """Let one lapsed formality pass. What is not lapsed, or may never pass, is refused whoever asks."""
    case = _held(case)
    if gate.gate_of(case).lapsed(kind, lapsed) is None:
        raise MoveNotAllowed(_("There is nothing to override here: the check is done, or nobody may override it."))
    GateOverride.objects.create(case=case, kind=kind, lapsed=lapsed, reason=reason, by=by)
    audit.record(by, "gate.override", case, check=kind)
    _settle(case, by)


@transaction.atomic
def decide_on_circle(*, eligibility, by):
    """Keep whether a circle fits; a no calls off what was planned on an earlier yes."""
    case = eligibility.case = _held(eligibility.case)
    eligibility.decide(by=by)
    called_off = [] if eligibility.fits else _call_off_meetings(case, by)
    _settle(case, by)
    return called_off


@transaction.atomic
def meet_before(*, pre_circle, by):
    """Keep that a participant was met before the circle; who is not ready any more calls off what was planned."""
    case = pre_circle.party.case = _held(pre_circle.party.case, pre_circle.party)
    pre_circle.record(by=by)
    called_off = [] if pre_circle.goes else _call_off_meetings(case, by)
    _settle(case, by)
    return called_off


@transaction.atomic
def plan_circle(*, form, by):
    """Save how a circle is held. Of two who begin the plan at once the second is shown what the first wrote."""
    case = _held(form.instance.case)
    for party in form.seated:
        party.must_be_in(case)
    form.instance.pk = CirclePlan.objects.get_or_create(case=case)[0].pk
    plan = form.save_version()
    plan.seat(form.seated, by=by)
    _settle(case, by)
    return plan


def _call_off_meetings(case, by):
    """Joint sessions that were planned do not take place; who had a reminder is told that, and no reason."""
    called_off, evidence = [], evidence_of(case)
    for session in case.sessions.planned():
        session.case = case
        if gate.brings_together(session, actions.asked_to(session), evidence):
            actions.cancel_session(session=session, reason=_("A check of the case is open again."), by=by)
            called_off.append(session)
    return called_off


def _settle(case, by):
    """Bring the stages of the sides and of the case to what is on record now."""
    evidence = evidence_of(case)
    now = gate.gate_of(case, evidence)
    sides = list(case.parties.sides())
    for party in sides:
        stage = _stage(party, now, evidence)
        if stage and stage != party.stage:
            Party.objects.filter(pk=party.pk).update(stage=stage)
    _advance(case, now, evidence, by)
    _screened_again(case, sides, evidence, by)


def _screened_again(case, sides, evidence, by):
    """What asked to screen each side again is done once each was screened since."""
    for task in Task.objects.open().filter(ref=case.reference, key__startswith="cases.screen:"):
        rows = [evidence.screenings.get(side.pk) for side in sides]
        if all(row is not None and row["at"] >= task.made_at for row in rows):
            Task.objects.finish_for(case.reference, task.key, by=by)


def _stage(party, now, evidence):
    """Where a side stands by what is on record; None leaves it as it is."""
    consent = evidence.consents.get((party.pk, None))
    if consent is not None and (consent["answer"] == Consent.Answer.DECLINED or consent["withdrawn_at"]):
        return Party.Stage.DECLINED
    if party.stage not in (*BEFORE_THE_SESSION, Party.Stage.DECLINED, Party.Stage.INVITED, Party.Stage.NOT_REACHED):
        return None
    come = None
    for stage in (Party.Stage.INFORMED, Party.Stage.SCREENED, Party.Stage.CONSENTED):
        if not now.proves(party, stage):
            break
        come = stage
    if come == Party.Stage.CONSENTED and not [check for check in now.missing if check.party == party.pk]:
        return Party.Stage.READY
    return come or (Party.Stage.REACHED if gate.has_reached(party, Party.Stage.INFORMED) else None)


def _advance(case, now, evidence, by):
    """The stage of the case follows the work; one that rests or lies elsewhere keeps its stage."""
    States = Case.State
    if evidence.declarations and case.state == States.INTAKE:
        case.begin_conflict_check(by=by)
    if evidence.screenings and case.state in (States.CONFLICT_CHECK, States.CONTACTING):
        case.begin_screening(by=by)
    if not now.missing and case.state == States.SCREENING:
        case.become_ready(by=by)
    elif now.missing and case.state == States.READY:
        case.begin_screening(by=by)
