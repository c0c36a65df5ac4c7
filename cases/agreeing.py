"""What people do with agreements: the act with the tasks that it owes and the stage that follows."""

from django.db import transaction

from cases import following, owed
from cases.models import Agreement, Case
from notices.models import Task

STAGES = {Agreement.Kind.FULL: Case.State.AGREEMENT, Agreement.Kind.PARTIAL: Case.State.PARTIAL}


@transaction.atomic
def record(*, agreement, by):
    """Write down that the sides agreed; a case in process moves to its outcome, and follow-ups are planned."""
    agreement.record(by=by)
    stage = STAGES.get(agreement.kind)
    if stage is not None and agreement.case.state in Case.MOVES[stage]:
        agreement.case.come_out(stage, by=by)
    following.plan(agreement, by=by)
    return agreement


@transaction.atomic
def add_term(*, term, by):
    """Add a term, and the tasks around its day."""
    term.add(by=by)
    owed.term(term)
    return term


@transaction.atomic
def drop_term(*, term, by):
    """Take a term out again, and what it owed."""
    Task.objects.void_for(term.reference, f"cases.term:{term.handle}")
    term.drop(by=by)


@transaction.atomic
def settle_term(*, term, state, by):
    """Say how a term stands; nothing more is asked about it unless it is only late."""
    term.settle(state, by=by)
    if state != term.State.LATE:
        Task.objects.finish_for(term.reference, f"cases.term:{term.handle}", by=by)
