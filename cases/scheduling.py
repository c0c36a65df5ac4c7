"""What people do with the appointments of a case: booked, moved, called off and recorded with all that they owe."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from areas.models import Booking
from cases import gate, mails, session_owed
from cases.evidence import evidence_of
from cases.models import Case, Party, Session
from core.states import MoveNotAllowed
from notices import outbox
from notices.models import Task


def book_session(*, session, parties, staff, by):
    """Plan an appointment: the gate, the room and the people, then the reminders and the task to record it.

    Raises GateClosed with each missing check, or AlreadyBooked with what is in the way.
    """
    with gate.on_record(session.case, by=by):
        return _book(session, parties, staff, by)


@transaction.atomic
def _book(session, parties, staff, by):
    case = Case.objects.locked().get(pk=session.case_id)
    session.case = case
    _must_be_workable(case)
    parties, evidence = _as_they_are(case, parties), evidence_of(case)
    if gate.brings_together(session, parties, evidence):
        gate.must_be_open(session, evidence)
    session.book(by=by)
    session.parties.set(parties)
    session.staff.set(staff)
    take(session)
    write(session)
    return session


def _as_they_are(case, parties):
    """The same people as they stand in the case now, which is held; refused where somebody is no longer in it."""
    for party in parties:
        party.must_be_in(case)
    present = case.parties.present().filter(pk__in=[party.pk for party in parties])
    return list(present.select_related("contact", "beside"))


def asked_to(session):
    """Who of those still in the case is asked to come."""
    return session.parties.present().select_related("contact", "beside")


def _must_be_workable(case):
    case.refuse_if_closed()
    if case.state == Case.State.REFERRED_OUT:
        raise MoveNotAllowed(
            _("%(case)s is “%(state)s”, so no appointment can be booked.")
            % {"case": case, "state": case.get_state_display()}
        )


def move_session(*, session, by, **changes):
    """Give an appointment another time or place: what was owed for the old one is called off and owed anew."""
    with gate.on_record(session.case, by=by):
        return _move(session, by, changes)


@transaction.atomic
def _move(session, by, changes):
    _hold(session)
    told = mails.reminded(session)
    evidence = evidence_of(session.case)
    if gate.brings_together(session, asked_to(session), evidence):
        gate.must_be_open(session, evidence)
    session.move(by=by, **changes)
    take(session)
    call_off(session)
    write(session)
    if told and not session.case.violence_indicated:
        mails.correct(session)
    return session


def _hold(session):
    """Hold its case until the transaction ends; refused where a merge took the appointment to another meanwhile.

    The case comes before the appointment, as in a merge, so that neither waits for the other for ever.
    """
    session.case = Case.objects.locked().get(pk=session.case_id)
    if not session.case.sessions.filter(pk=session.pk).exists():
        raise MoveNotAllowed(_("This appointment is in another case now. Look for it there."))


@transaction.atomic
def cancel_session(*, session, reason, by):
    """Call an appointment off; its room and people are free again."""
    _hold(session)
    told = mails.reminded(session)
    session.cancel(reason, by=by)
    Booking.objects.release(ref=session.reference)
    call_off(session)
    asked = session.parties.present()
    if session.case.violence_indicated:
        session_owed.telling_it_is_off(session, asked)
        return
    session_owed.telling_it_is_off(session, asked.filter(is_minor=True))
    if told:
        mails.correct(session)


@transaction.atomic
def record_session(*, session, result, absent, by):
    """Write down how an appointment went, and what follows from it."""
    _hold(session)
    session.record(result, by=by)
    session.absent.set(absent)
    call_off(session, keep="cases.result:")
    Task.objects.finish_for(session.case.reference, f"cases.result:{session.reference}", by=by)
    if session.was_met:
        session.case.note_contact(session.starts_at)
        Task.objects.finish_for(session.case.reference, "cases.silent:", by=by)
        if session.is_work and session.case.state in Case.MOVES[Case.State.IN_PROCESS]:
            session.case.begin_process(by=by)
    if session.is_together:
        _note_who_came(session)
    if session.state == Session.State.ENDED_FOR_SAFETY:
        session_owed.safety_review(session)
    if session.kind == Session.Kind.CIRCLE and session.was_met:
        session_owed.after_the_circle(session)
    elif session.kind == Session.Kind.POST_CIRCLE and session.was_met:
        Task.objects.finish_for(session.case.reference, "cases.post_circle:", by=by)


def _note_who_came(session):
    """Where the sides stand after a joint session or circle."""
    sides = Party.objects.sides().filter(sessions=session)
    sides.filter(sessions_missed=session).update(stage=Party.Stage.NO_SHOW)
    if session.was_met:
        sides.exclude(sessions_missed=session).update(stage=Party.Stage.ATTENDED)


def ahead(case):
    """The planned appointments of a case that are still to come: one that was, and has no result yet, is recorded."""
    for session in case.sessions.planned().filter(starts_at__gt=timezone.now()):
        session.case = case
        yield session


def call_off_together(case, why, by):
    """Call off every appointment ahead that would bring the sides together."""
    called_off, evidence = [], evidence_of(case)
    for session in ahead(case):
        if gate.brings_together(session, asked_to(session), evidence):
            cancel_session(session=session, reason=why, by=by)
            called_off.append(session)
    return called_off


def take_off(case, user):
    """Take somebody off the appointments ahead of a case in which they have no part any more. Returns which."""
    if user.pk == case.assigned_to_id or case.facilitators.serving().filter(user=user).exists():
        return []
    sessions = [session for session in ahead(case) if session.staff.filter(pk=user.pk).exists()]
    for session in sessions:
        session.staff.remove(user)
        outbox.void(session.reference, contact=user.contact)
        take(session)
    return sessions


def take(session):
    """The room and our people, all or nothing."""
    Booking.objects.book(
        ref=session.reference,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue=session.venue,
        staff=list(session.staff.all()),
    )


def write(session):
    """What a planned appointment owes: reminders, telling by hand where no message goes, and the task to record it."""
    mails.remind(session)
    if session.case.violence_indicated:
        session_owed.telling(session)
    session_owed.telling_minors(session)
    if session.is_together:
        session_owed.screen_again(session)
    session_owed.result(session)


def call_off(session, keep=""):
    """Void the unsent messages and the open tasks of an appointment."""
    outbox.void(session.reference)
    for prefix in ("cases.result:", "cases.tell:", "cases.gate:", "cases.screen:", "cases.staff:"):
        if prefix != keep:
            Task.objects.void_for(session.case.reference, f"{prefix}{session.reference}")
