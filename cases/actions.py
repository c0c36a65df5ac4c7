"""What people do with cases: one verb of a model with the tasks and messages it owes, in one transaction."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import closing, gate, mails, owed, scheduling, session_owed
from cases.evidence import evidence_of
from cases.models import Case, Communication, Party
from cases.settling import settle
from core import audit
from core.states import MoveNotAllowed
from notices.models import Notice, Task


@transaction.atomic
def open_case(*, case, by, initiating=None):
    """Log a case, with the initiating party where it is known, and owe what a new case needs."""
    case.open_case(by=by)
    if initiating is not None:
        initiating.join(by=by)
    if case.assigned_to_id:
        owed.first_contact(case)
    else:
        owed.officer(case)
    owed.court_date(case)
    if case.violence_indicated:
        owed.offer_help(case)
    return case


@transaction.atomic
def edit_case(*, form, by):
    """Save an edited case and owe what its new court date, risk, process or sign of violence calls for.

    Returns the appointments that another process or a sign of violence called off.
    """
    case = locked(form.save_version())
    audit.record(by, "case.edit", case, fields=sorted(set(form.changed_data) - {"version"}))
    owed.court_date(case)
    judge_first_contact(case)
    called_off = _begin_anew(case, by) if "process" in form.changed_data else []
    if "violence_indicated" not in form.changed_data:
        return called_off
    if case.violence_indicated:
        return called_off + keep_apart(case, by)
    # The form looked already; somebody may have been screened since.
    why = gate.why_the_sign_stays(case)
    if why:
        raise MoveNotAllowed(why)
    _allow_messages(case)
    return called_off


def _begin_anew(case, by):
    """What was asked, answered and decided for one process counts for no other, so what was planned on it is off."""
    case.begin_anew(by=by)
    if case.is_closed:
        return []
    called_off = scheduling.call_off_together(case, _("Another process was chosen."), by)
    settle(case, by)
    return called_off


def recheck(case, by):
    """Who is in a case, or who helps with it, has changed: ask the gate again for what is planned already.

    What nobody may go round calls off what would bring the sides together, as a consent that is taken back does. What
    is only not done yet, or has lapsed, is owed. Whoever asks holds the case. Returns what was called off.
    """
    if case.is_closed:
        return []
    called_off, evidence = [], evidence_of(case)
    for session in scheduling.ahead(case):
        if not gate.brings_together(session, scheduling.asked_to(session), evidence):
            continue
        missing = gate.gate_of(case, evidence, session.kind).missing
        if any(check.grave for check in missing):
            scheduling.cancel_session(session=session, reason=_("A check of the case is open again."), by=by)
            called_off.append(session)
        elif missing:
            session_owed.checks_are_open(session)
    settle(case, by)
    return called_off


def locked(case):
    """The same case, read anew and held until the transaction ends."""
    case.refresh_from_db(from_queryset=Case.objects.locked())
    return case


def judge_first_contact(case):
    """The risk or the day of receipt may have changed, and with it the day by which somebody must be reached."""
    if case.state == Case.State.INTAKE and case.assigned_to_id and case.first_contact_at is None:
        owed.first_contact(case)


def keep_apart(case, by):
    """With a sign of violence the sides do not meet, and nothing is sent: people tell, by ways that are safe.

    What would have brought the sides together is called off in the transaction that notes the sign. No message says
    so, because a message is what one side may read on the other's phone, and silence gives nothing away; each party
    becomes a task of the officer instead. Messages that wait look once more when they go out (`mails._is_safe`).
    """
    owed.offer_help(case)
    called_off = scheduling.call_off_together(case, _("This appointment cannot take place."), by)
    for session in scheduling.ahead(case):
        session_owed.telling(session)
    return called_off


def _allow_messages(case):
    """The sign of violence was a mistake: reminders go out again. What was called off stays so."""
    Task.objects.void_for(case.reference, "cases.help:")
    for session in case.sessions.planned():
        Task.objects.void_for(case.reference, f"cases.tell:{session.reference}")
        mails.remind(session)
        session_owed.telling_minors(session)


@transaction.atomic
def assign(*, case, officer, by):
    """Give the case to an officer, with all that is owed to it; no appointment counts on the one before any more."""
    before = case.assigned_to
    case.assign(officer, by=by)
    Task.objects.finish_for(case.reference, f"cases.assign:{case.reference}", by=by)
    owed.hand_on(case, before)
    if case.first_contact_at is None:
        owed.first_contact(case)
    Notice.objects.waiting().filter(ref__in=case.sessions.planned().values("reference"), owner=before).update(
        owner=officer
    )
    for session in scheduling.take_off(case, before) if before else ():
        session_owed.somebody_of_us(session)


@transaction.atomic
def log_contact(*, attempt, by):
    """Write a contact or a try into the log; who was reached moves the case, the party and the tasks on."""
    # Of two first contacts at once the second waits, and finds the case already on its way.
    case = attempt.case = Case.objects.locked().get(pk=attempt.case_id)
    party = attempt.party
    attempt.log(by=by)
    if party is not None:
        party.note_attempt(attempt.party_stage, at=attempt.at)
    if attempt.reached:
        case.note_contact(attempt.at)
        _reached(case, party, by)
    elif party is not None and party.role in Party.IS_ASKED and attempt.waits_for_answer and not case.is_closed:
        owed.answer(party, attempt.at)
    if case.state in (Case.State.INTAKE, Case.State.CONFLICT_CHECK):
        case.begin_contacting(by=by)
    return attempt


def _reached(case, party, by):
    """Somebody answered: the silence is over, and so is the waiting for this party."""
    Task.objects.finish_for(case.reference, "cases.silent:", by=by)
    if party is not None and party.role in Party.ASKS:
        Task.objects.finish_for(case.reference, "cases.first_contact:", by=by)
    if party is not None:
        Task.objects.finish_for(case.reference, f"cases.answer:{case.reference}:{party.handle}", by=by)


@transaction.atomic
def hold_case(*, case, until, reason, by):
    case.hold(until=until, reason=reason, by=by)
    Task.objects.void_for(case.reference, "cases.silent:")
    owed.hold_end(case)


@transaction.atomic
def resume_case(*, case, by):
    case.resume(by=by)
    Task.objects.finish_for(case.reference, f"cases.date:{case.reference}:hold", by=by)


@transaction.atomic
def refer_out(*, case, to, by):
    """Hand the case over; appointments with us no longer stand."""
    case.refer_out(to, by=by)
    _wind_up(case, _("Referred out"), by)


@transaction.atomic
def close_case(*, case, reason, by):
    """Close the case: nothing more is owed to it, planned appointments are canceled."""
    closing.must_be_recorded(case)
    case.close(reason, by=by)
    _wind_up(case, _("The case was closed"), by)
    purge_on = timezone.localdate() + timedelta(days=Communication.KEPT_DAYS)
    if case.communications.update(purge_on=purge_on):
        owed.last_look_at_notes(case, purge_on)


def _wind_up(case, why, by):
    """What is still owed is dropped first: canceling may owe a last word to people, and that stays."""
    owed.drop_what_the_work_needed(case)
    for session in case.sessions.planned():
        scheduling.cancel_session(session=session, reason=why, by=by)


@transaction.atomic
def reopen_case(*, case, reason, by):
    """Take a closed case up again, with the tasks of a new one."""
    case.reopen(reason, by=by)
    case.communications.update(purge_on=None)
    Task.objects.void_for(case.reference, "cases.notes:")
    if case.assigned_to_id and case.assigned_to.is_active:
        owed.first_contact(case)
    else:
        owed.officer(case)
    for agency in case.agencies.joined().filter(ends_on__gte=timezone.localdate()):
        agency.case = case
        owed.end_of_agency(agency)
