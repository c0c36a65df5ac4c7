"""Who takes part in a program: asked, enrolled, waiting, gone. Every act on places holds the program first."""

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from core.states import MoveNotAllowed
from events import program_owed
from events.models import Attendance, Enrollment, Pairing, Program
from notices.models import Contact

State = Enrollment.State


def counts(program):
    """{state: how many}, of everybody who ever asked."""
    rows = program.enrollments.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def _hold(program):
    """Nobody else gives a place until this transaction ends."""
    held = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    refuse_if_closed(held)
    return held


def refuse_if_closed(program):
    if not program.is_live:
        told = _("Nobody enrolls in %(program)s now: it is not open, or it is over.")
        raise MoveNotAllowed(told % {"program": program})


@transaction.atomic
def ask(*, enrollment, by):
    """Write down somebody who wants to take part."""
    enrollment.program = _hold(enrollment.program)
    enrollment.ask(by=by)
    return enrollment


@transaction.atomic
def change(*, enrollment, band, by):
    enrollment.change(band=band, by=by)
    if enrollment.state != State.ENROLLED:
        _end_pairings(enrollment, by)


@transaction.atomic
def enroll(*, enrollment, by):
    """Give a place, where there is one."""
    program = _hold(enrollment.program)
    taken = program.enrollments.enrolled().count()
    if program.capacity is not None and taken >= program.capacity:
        raise MoveNotAllowed(_("All places are taken. Put them on the waiting list."))
    enrollment.enroll(by=by)


@transaction.atomic
def wait(*, enrollment, by):
    _hold(enrollment.program)
    enrollment.wait(by=by)


@transaction.atomic
def leave(*, enrollment, by):
    """They take part no more: nobody waits for them, and nobody meets them as a mentor."""
    enrollment.leave(by=by)
    _end_pairings(enrollment, by)
    program_owed.not_absent(enrollment)


@transaction.atomic
def complete(*, enrollment, by):
    enrollment.complete(by=by)
    _end_pairings(enrollment, by)
    program_owed.not_absent(enrollment)


@transaction.atomic
def take_consent(*, enrollment, guardian, on, how, by):
    enrollment.take_consent(guardian=guardian, on=on, how=how, by=by)
    if not enrollment.program.enrollments.waiting_for_consent().exists():
        program_owed.consents_there(enrollment.program)


@transaction.atomic
def withdraw_consent(*, enrollment, by):
    enrollment.withdraw_consent(by=by)
    if enrollment.state != State.ENROLLED:
        _end_pairings(enrollment, by)


@transaction.atomic
def erase(enrollment, *, by):
    """Forget who it was. If they still took part, they do not any more."""
    if enrollment.is_open:
        leave(enrollment=enrollment, by=by)
    return forget(Enrollment.objects.filter(pk=enrollment.pk))


@transaction.atomic
def erase_guardian(enrollment, *, by):
    """Forget who agreed. The consent goes with them: nobody could say whose it is."""
    guardian = enrollment.guardian_id
    if enrollment.is_open:
        withdraw_consent(enrollment=enrollment, by=by)
    Enrollment.objects.filter(pk=enrollment.pk).update(guardian=None)
    Contact.objects.filter(pk=guardian).delete()
    return {Enrollment: [enrollment.pk], Contact: [guardian]}


def forget(rows):
    """Empty enrollments, a queryset, of whom they speak of; that somebody enrolled, and what became of it, stays.

    Who came when and who met whom goes too: a pattern of days is as good as a name. Sessions keep their counts.
    Returns {model: keys} of the rows that it touched.
    """
    keys = list(rows.values_list("pk", flat=True))
    contacts = [pk for pair in rows.values_list("contact", "guardian") for pk in pair if pk is not None]
    touched = {Enrollment: keys, Contact: contacts}
    for parts in (Attendance, Pairing):
        gone = parts.objects.using(rows.db).filter(enrollment__in=keys)
        touched[parts] = list(gone.values_list("pk", flat=True))
        gone.delete()
    Enrollment.objects.using(rows.db).filter(pk__in=keys).update(contact=None, guardian=None, band="")
    Contact.objects.using(rows.db).filter(pk__in=contacts).delete()
    return touched


def _end_pairings(enrollment, by):
    for pairing in enrollment.pairings.filter(state__in=Pairing.LIVE).select_related("mentor__program"):
        pairing.end(by=by)
        program_owed.settled(pairing, by=by)
