"""What acts owe: tasks that come and go, and moves that hold."""

from datetime import date, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, ContactAttempt, Party
from cases.tasks import ask_for_reviews, ask_for_safe_contact, flag_silent_cases
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Task
from notices.walltime import due_in_working_days
from tests.factories.cases import CaseFactory, ContactAttemptFactory, PartyFactory, SessionFactory


def owed(case, prefix=""):
    return Task.objects.open().filter(ref=case.reference, key__startswith=prefix)


def log(case, party, result=ContactAttempt.Result.SPOKE, way=ContactAttempt.Way.CALL, by=None, **fields):
    attempt = ContactAttempt(case=case, party=party, way=way, result=result, **fields)
    return actions.log_contact(attempt=attempt, by=by or case.opened_by)


@pytest.fixture
def parties(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


# Reminders 1 and 2: assign, first contact --------------------------------------------------------------------
def test_a_new_case_is_owed_an_officer_within_a_working_day(area, staff):
    case = actions.open_case(case=CaseFactory.build(area=area, opened_by=staff.opener), by=staff.opener)

    task = owed(case).get()
    assert (task.role, task.area, task.owner) == ("supervisor", area, None)
    assert task.due_at == due_in_working_days(1)
    assert case.title not in task.text


def test_assigning_ends_that_task_and_begins_the_first_contact(area, staff):
    case = actions.open_case(case=CaseFactory.build(area=area, opened_by=staff.opener), by=staff.opener)
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)

    task = owed(case).get()
    assert task.key.startswith("cases.first_contact:")
    assert (task.owner, task.due_at) == (staff.assigned, due_in_working_days(3))
    assert task.escalate_at == task.due_at + timedelta(days=1)


def test_a_high_risk_shortens_the_first_contact(case, staff, sign_in):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    posted = {
        "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
        "area": case.area_id, "risk": "high", "access": "team", "version": case.version,
        "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    answer = sign_in(staff.assigned).post(reverse("cases:case_edit", args=[case.reference]), posted)

    assert answer.status_code == 302
    assert owed(case, "cases.first_contact:").get().due_at == due_in_working_days(1)


def test_tasks_follow_the_case_to_the_next_officer(case, staff, parties):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    actions.assign(case=case, officer=staff.colleague, by=staff.supervisor)

    assert owed(case, "cases.first_contact:").get().owner == staff.colleague


def test_reaching_the_initiating_party_ends_the_first_contact(case, staff, parties):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    log(case, parties[1])
    assert owed(case, "cases.first_contact:").exists()
    log(case, parties[0])
    assert not owed(case, "cases.first_contact:").exists()


# The contact log ---------------------------------------------------------------------------------------------
def test_a_successful_contact_is_defined_once(case, parties):
    reached = {result for result in ContactAttempt.Result if ContactAttempt(result=result).reached}

    assert reached == {ContactAttempt.Result.SPOKE, ContactAttempt.Result.THEY_WROTE}


def test_contacts_set_first_and_last_whatever_their_order(case, parties):
    now = timezone.now()
    for days in (2, 5, 1):
        log(case, parties[0], at=now - timedelta(days=days))
    log(case, parties[0], ContactAttempt.Result.NO_ANSWER)

    case.refresh_from_db()
    assert (case.first_contact_at, case.last_contact_at) == (now - timedelta(days=5), now - timedelta(days=1))
    assert case.quiet_since == max(case.received_at, case.last_contact_at)


def test_a_try_moves_the_case_to_contacting_and_the_party_on(case, parties):
    log(case, parties[1], ContactAttempt.Result.NO_ANSWER)
    case.refresh_from_db()
    parties[1].refresh_from_db()
    assert (case.state, parties[1].stage) == (Case.State.CONTACTING, Party.Stage.NOT_REACHED)

    log(case, parties[1])
    parties[1].refresh_from_db()
    assert parties[1].stage == Party.Stage.REACHED
    assert parties[1].reached_at is not None
    log(case, parties[1], ContactAttempt.Result.NO_ANSWER)
    parties[1].refresh_from_db()
    assert parties[1].stage == Party.Stage.REACHED


@pytest.mark.parametrize(
    ("way", "result", "rules", "broken"),
    [
        ("call", "spoke", {"may_call": True}, False),
        ("call", "spoke", {"may_call": False}, True),
        ("call", "left_message", {"may_call": True, "may_voicemail": False}, True),
        ("call", "left_message", {"may_call": True, "may_voicemail": True}, False),
        ("sms", "sent", {"may_sms": False}, True),
        ("email", "sent", {"may_email": True}, False),
        ("letter", "sent", {"may_letter": False}, True),
        ("letter", "they_wrote", {"may_letter": False}, False),
        ("visit", "spoke", {}, False),
    ],
)
def test_a_way_against_the_rules_is_taken_down_and_said(case, staff, sign_in, way, result, rules, broken):
    party = PartyFactory(case=case, **{f"contact__{name}": value for name, value in rules.items()})
    address = reverse("cases:contact_create", args=[case.reference])
    answer = sign_in(staff.opener).post(address, {"party": party.pk, "way": way, "result": result}, follow=True)

    assert case.contact_log.get().against_rules is broken
    assert ("against their safe-contact rules. Ask them" in answer.content.decode()) is broken


def test_a_contact_of_the_future_is_refused(case, staff, sign_in, parties):
    address = reverse("cases:contact_create", args=[case.reference])
    day = timezone.localdate() + timedelta(days=1)
    posted = {"party": parties[0].pk, "way": "call", "result": "spoke", "day": day.isoformat(), "clock": "09:00"}

    assert sign_in(staff.opener).post(address, posted).status_code == 200
    assert not case.contact_log.exists()


@pytest.mark.django_db(transaction=True)
def test_first_contacts_at_once_are_all_logged():
    case = CaseFactory()
    barrier, failures = Barrier(6), []

    def attempt():
        try:
            barrier.wait(timeout=20)
            log(Case.objects.get(pk=case.pk), None)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert case.contact_log.count() == 6


# Reminder 3: the responding party's answer -------------------------------------------------------------------
def test_an_unanswered_invitation_is_asked_for_after_10_and_14_days(case, parties):
    at = timezone.now()
    log(case, parties[1], ContactAttempt.Result.SENT, ContactAttempt.Way.LETTER, at=at)

    tasks = owed(case, "cases.answer:").order_by("due_at")
    assert [task.due_at - at for task in tasks] == [timedelta(days=10), timedelta(days=14)]
    parties[1].refresh_from_db()
    assert parties[1].stage == Party.Stage.INVITED
    log(case, parties[1], ContactAttempt.Result.THEY_WROTE)
    assert not owed(case, "cases.answer:").exists()


# Reminder 9: silence -----------------------------------------------------------------------------------------
def test_silence_is_owed_once_for_each_silence(case, staff, parties):
    quiet = timezone.now() - timedelta(days=15)
    Case.objects.filter(pk=case.pk).update(received_at=quiet)
    CaseFactory(on_hold=True, received_at=quiet)
    CaseFactory(closed=True, received_at=quiet)
    CaseFactory(received_at=timezone.now() - timedelta(days=13))

    for _ in range(3):
        flag_silent_cases()
    task = Task.objects.get(key__startswith="cases.silent:")
    assert (task.ref, task.owner) == (case.reference, staff.assigned)
    # Done without a contact it is not owed again; 30 days go to the supervisors.
    task.finish(by=staff.assigned)
    flag_silent_cases()
    assert not owed(case, "cases.silent:").exists()
    Case.objects.filter(pk=case.pk).update(received_at=timezone.now() - timedelta(days=31))
    flag_silent_cases()
    assert owed(case, "cases.silent:30:").get().role == "supervisor"
    log(case, parties[0])
    assert not owed(case, "cases.silent:").exists()


# Reminder 10: hold and court date ----------------------------------------------------------------------------
def test_a_hold_reminds_on_its_day_and_no_longer_once_resumed(case, staff):
    until = timezone.localdate() + timedelta(days=20)
    actions.hold_case(case=case, until=until, reason="The court decides first", by=staff.assigned)

    task = owed(case, "cases.date:").get()
    assert timezone.localtime(task.due_at).date() == until
    actions.resume_case(case=case, by=staff.assigned)
    case.refresh_from_db()
    assert (case.state, case.held_until, case.held_from) == (Case.State.INTAKE, None, "")
    assert not owed(case, "cases.date:").exists()
    # Held again for the same day it is owed again.
    actions.hold_case(case=case, until=until, reason="The court decides later", by=staff.assigned)
    assert owed(case, "cases.date:").count() == 1


def test_a_court_date_is_asked_about_the_day_after_and_moves(area, staff):
    case = CaseFactory.build(area=area, opened_by=staff.opener, court_on=date(2027, 3, 1))
    actions.open_case(case=case, by=staff.opener)

    assert timezone.localtime(owed(case, "cases.date:").get().due_at).date() == date(2027, 3, 2)


# Reminder 12: safe-contact rules -----------------------------------------------------------------------------
def test_overdue_rules_are_asked_for_until_they_are_confirmed(case, staff):
    party = PartyFactory(case=case, contact__reconfirm_on=timezone.localdate())
    PartyFactory(case=case, contact__reconfirm_on=timezone.localdate() + timedelta(days=1))
    PartyFactory(contact__reconfirm_on=timezone.localdate(), case__closed=True)

    for _ in range(2):
        ask_for_safe_contact()
    task = Task.objects.get(key__startswith="cases.reconfirm:")
    assert (task.ref, task.owner) == (case.reference, staff.assigned)
    party.contact.confirm_rules(by=staff.assigned)
    ask_for_safe_contact()
    assert not owed(case, "cases.reconfirm:").exists()


# Ends and beginnings -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["close_case", "refer_out"])
def test_ending_a_case_calls_everything_off(case, staff, parties, end):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    session = SessionFactory(case=case, parties=parties)
    how = {"reason": Case.ClosingReason.COACHING} if end == "close_case" else {"to": "A mediation center"}
    getattr(actions, end)(case=case, by=staff.assigned, **how)

    session.refresh_from_db()
    assert session.state == session.State.CANCELED
    assert not owed(case).exists()


def test_reopening_counts_and_begins_anew(case, staff):
    actions.close_case(case=case, reason=Case.ClosingReason.NOT_REACHED, by=staff.assigned)
    Case.objects.filter(pk=case.pk).update(received_at=timezone.now() - timedelta(days=100))
    actions.reopen_case(case=case, reason="They asked", by=staff.assigned)

    case.refresh_from_db()
    assert (case.state, case.reopened_count, case.closing_reason) == (Case.State.INTAKE, 1, "")
    assert case.quiet_since == case.reopened_at
    assert owed(case, "cases.first_contact:").count() == 1


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("hold", {"until": date(2027, 1, 1), "reason": "later"}),
        ("resume", {}),
        ("reopen", {"reason": "They asked"}),
        ("refer_out", {"to": "somebody"}),
    ],
)
def test_moves_that_the_state_does_not_allow_are_refused(db, verb, arguments):
    state = {"reopen": "contacting", "resume": "contacting"}.get(verb, "closed")
    case = CaseFactory(**{state: True})

    with pytest.raises(MoveNotAllowed):
        getattr(case, verb)(**arguments, by=case.opened_by)
    case.refresh_from_db()
    assert case.state == state


def test_a_second_close_is_told_that_it_is_late(case, staff, sign_in):
    address = reverse("cases:case_close", args=[case.reference])
    client = sign_in(staff.assigned)

    assert client.post(address, {}).status_code == 200
    assert client.post(address, {"reason": "coaching"}).status_code == 302
    assert client.post(address, {"reason": "not_reached"}).status_code == 409
    case.refresh_from_db()
    assert (case.closing_reason, case.closed_by) == ("coaching", staff.assigned)
    assert AuditEntry.objects.filter(act="case.closed", reference=case.reference).count() == 1


def test_removing_a_party_ends_their_messages_and_keeps_the_log(case, staff, parties, sign_in):
    log(case, parties[1], ContactAttempt.Result.SENT, ContactAttempt.Way.EMAIL)
    address = reverse("cases:party_remove", args=[case.reference, parties[1].handle])
    assert sign_in(staff.assigned).post(address).status_code == 302

    assert list(case.parties.present()) == [parties[0]]
    assert case.contact_log.count() == 1
    assert not owed(case, "cases.answer:").exists()
    assert sign_in(staff.assigned).post(address).status_code == 404
    with pytest.raises(MoveNotAllowed):
        parties[1].leave(by=staff.assigned)


def test_logging_on_a_closed_case_moves_nothing(db):
    case = CaseFactory(closed=True)
    log(case, PartyFactory(case=case, responding=True), ContactAttempt.Result.SENT)

    case.refresh_from_db()
    assert (case.state, Task.objects.count()) == (Case.State.CLOSED, 0)


def test_factory_times_are_wall_times(db):
    session = SessionFactory()

    assert session.wall_time.time() == time(14, 0)
    assert ContactAttemptFactory().reached


def test_a_case_of_high_risk_is_reviewed_by_a_supervisor_each_week(open_case, time_machine):
    case = open_case(risk="high")
    open_case(risk="low")
    open_case(risk="high", on_hold=True)
    ask_for_reviews()
    ask_for_reviews()

    [task] = Task.objects.filter(key__startswith="cases.review:")
    assert (task.ref, task.role, task.area) == (case.reference, "supervisor", case.area)
    time_machine.move_to(timezone.now() + timedelta(days=7))
    ask_for_reviews()
    assert Task.objects.filter(key__startswith="cases.review:").count() == 1, "one that is open is enough"
    Task.objects.filter(pk=task.pk).update(state="done", ended_at=timezone.now())
    ask_for_reviews()
    assert Task.objects.filter(key__startswith="cases.review:").count() == 2
    Case.objects.filter(pk=case.pk).update(risk="medium")
    ask_for_reviews()
    assert not Task.objects.open().filter(key__startswith="cases.review:").exists()
