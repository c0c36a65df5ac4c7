"""How a case becomes ready for a joint session: declarations, screening, notice, consent, and what follows from each.

Every act holds the case first, so that nobody books a joint session on what is being taken back at that moment.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from cases import actions, belonging, gate, owed, scheduling
from cases.conflicts import shows_conflict
from cases.models import Case, CirclePlan, ConflictDeclaration, GateOverride
from cases.settling import settle
from core import audit
from core.states import MoveNotAllowed


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
        belonging.dismiss(facilitator=facilitator, by=by)
        owed.another_facilitator(case)
    settle(case, by)
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
    settle(case, by)
    return called_off


@transaction.atomic
def give_notice(*, notice, by):
    """A party was told what cannot stay confidential."""
    case = notice.party.case = _held(notice.party.case, notice.party)
    notice.give(by=by)
    settle(case, by)


@transaction.atomic
def take_consent(*, consent, by):
    """Keep what a party answered; a no calls off what was planned on an earlier yes."""
    case = consent.party.case = _held(consent.party.case, consent.party)
    consent.record(by=by)
    called_off = [] if consent.stands else _call_off_meetings(case, by)
    settle(case, by)
    return called_off


@transaction.atomic
def withdraw_consent(*, consent, by):
    """A party no longer takes part: joint sessions are called off, and nobody asks why."""
    case = consent.party.case = _held(consent.party.case, consent.party)
    consent.withdraw(by=by)
    called_off = _call_off_meetings(case, by)
    settle(case, by)
    return called_off


@transaction.atomic
def override(*, case, kind, lapsed, reason, by):
    """Let one lapsed formality pass. What is not lapsed, or may never pass, is refused whoever asks."""
    case = _held(case)
    if gate.gate_of(case).lapsed(kind, lapsed) is None:
        raise MoveNotAllowed(_("There is nothing to override here: the check is done, or nobody may override it."))
    GateOverride.objects.create(case=case, kind=kind, lapsed=lapsed, reason=reason, by=by)
    audit.record(by, "gate.override", case, check=kind)
    settle(case, by)


@transaction.atomic
def decide_on_circle(*, eligibility, by):
    """Keep whether a circle fits; a no calls off what was planned on an earlier yes."""
    case = eligibility.case = _held(eligibility.case)
    eligibility.decide(by=by)
    called_off = [] if eligibility.fits else _call_off_meetings(case, by)
    settle(case, by)
    return called_off


@transaction.atomic
def meet_before(*, pre_circle, by):
    """Keep that a participant was met before the circle; who is not ready any more calls off what was planned."""
    case = pre_circle.party.case = _held(pre_circle.party.case, pre_circle.party)
    pre_circle.record(by=by)
    called_off = [] if pre_circle.goes else _call_off_meetings(case, by)
    settle(case, by)
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
    settle(case, by)
    return plan


def _call_off_meetings(case, by):
    """Joint sessions that were planned do not take place; who had a reminder is told that, and no reason."""
    return scheduling.call_off_together(case, _("A check of the case is open again."), by)
