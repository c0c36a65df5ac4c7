"""Mentors, what was checked of them, and whom they meet. Every act holds the mentor first."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.states import MoveNotAllowed
from events import program_owed
from events.models import Clearance, Enrollment, Mentor, Pairing, Program
from events.programs import refuse_if_over

CLOCK = "worker"


class NotCleared(MoveNotAllowed):
    """A mentor may meet nobody alone yet, or not any more. Nobody goes round this."""


def _hold(mentor):
    """The mentor as they stand now; nobody enters a clearance or pairs them until this transaction ends."""
    held = Mentor.objects.select_for_update(of=("self",)).select_related("program__lead", "program__area", "user")
    return held.get(pk=mentor.pk)


def _refuse_uncleared(mentor):
    if mentor.left_at is not None:
        raise MoveNotAllowed(_("They have left already."))
    if not mentor.is_cleared:
        raise NotCleared(_("This mentor has no clearance that is clear and valid today. Nobody is paired without one."))


@transaction.atomic
def join(*, mentor, by):
    """Write down a mentor, each of us once in a program."""
    program = Program.objects.select_for_update(of=("self",)).get(pk=mentor.program_id)
    refuse_if_over(program)
    if mentor.user_id and program.mentors.filter(user=mentor.user_id).exists():
        raise MoveNotAllowed(_("%(mentor)s is a mentor of this program already.") % {"mentor": mentor})
    mentor.join(by=by)
    return mentor


@transaction.atomic
def enter(*, clearance, by):
    """Write down what a check came to. One that is not clear stops every pairing at once."""
    mentor = clearance.mentor = _hold(clearance.mentor)
    clearance.enter(by=by)
    newest = {row.pk for row in mentor.newest}
    if clearance.pk in newest:
        program_owed.expires(clearance)
    suspend(mentor, by=by)


@transaction.atomic
def pair(*, mentor, enrollment, by):
    """Somebody meets a mentor from now on."""
    mentor = _hold(mentor)
    _refuse_uncleared(mentor)
    child = Enrollment.objects.select_for_update(of=("self",)).get(pk=enrollment.pk)
    if child.state != Enrollment.State.ENROLLED or child.program_id != mentor.program_id:
        raise MoveNotAllowed(_("Only somebody who is enrolled in this program is paired with a mentor."))
    if child.pairings.filter(state__in=Pairing.LIVE).exists():
        raise MoveNotAllowed(_("They have a mentor already. End that pairing first."))
    pairing = Pairing(mentor=mentor, enrollment=child)
    pairing.make(by=by)
    return pairing


@transaction.atomic
def resume(*, pairing, by):
    """They meet again, once the mentor is cleared."""
    pairing.mentor = _hold(pairing.mentor)
    _refuse_uncleared(pairing.mentor)
    pairing.resume(by=by)
    program_owed.settled(pairing, by=by)


@transaction.atomic
def end(*, pairing, by):
    pairing.mentor = _hold(pairing.mentor)
    pairing.end(by=by)
    program_owed.settled(pairing, by=by)


@transaction.atomic
def leave(*, mentor, by):
    """They mentor nobody any more."""
    mentor = _hold(mentor)
    mentor.leave(by=by)
    for pairing in mentor.pairings.filter(state__in=Pairing.LIVE).order_by("id"):
        pairing.mentor = mentor
        end(pairing=pairing, by=by)
    program_owed.mentor_left(mentor)


def suspend(mentor, *, by=CLOCK):
    """Whoever is not cleared today meets nobody, and the lead hears of it."""
    if mentor.is_cleared:
        return
    for pairing in mentor.pairings.filter(state=Pairing.State.ACTIVE).order_by("id"):
        pairing.mentor = mentor
        pairing.suspend(by=by)
        program_owed.uncleared(pairing)


@transaction.atomic
def check_again(mentor):
    """What time has brought about. Run again, it finds nothing to do."""
    suspend(_hold(mentor))


def overdue(today):
    """The mentors who meet somebody, one of whose clearances has run out; older ones may have been replaced."""
    run_out = Clearance.objects.filter(expires_on__lt=today).values("mentor")
    meeting = Mentor.objects.filter(pairings__state=Pairing.State.ACTIVE, pk__in=run_out)
    return meeting.distinct().order_by("id")
