"""What is on record in a case moves its stage and that of its sides. Whoever calls this holds the case."""

from cases import gate
from cases.evidence import evidence_of
from cases.models import Case, Consent, Party
from notices.models import Task

# Stages from which what a party answers moves where they stand; after a session that is no longer asked.
BEFORE_THE_SESSION = gate.STEPS[: gate.STEPS.index(Party.Stage.READY) + 1]


def settle(case, by):
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
    if not now.missing:
        Task.objects.void_for(case.reference, "cases.gate:")


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
