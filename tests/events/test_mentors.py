"""Mentors: nobody is paired with one who is not cleared today, on any path."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from core.states import MoveNotAllowed
from events import enrolling, mentoring
from events.models import Clearance, Mentor, Pairing
from events.tasks import check_clearances
from notices.models import Task
from tests.events.test_programs import address, make_program
from tests.factories.events import ClearanceFactory, EnrollmentFactory, MentorFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def program(area, staff):
    return make_program(area, staff, running=True)


@pytest.fixture
def child(program):
    return EnrollmentFactory(program=program)


@pytest.fixture
def mentor(program):
    return MentorFactory(program=program)


def checked(mentor, result="clear", days=90, kind="children", ago=30):
    dates = {"checked_on": TODAY() - timedelta(days=ago), "expires_on": TODAY() + timedelta(days=days)}
    return ClearanceFactory(mentor=mentor, result=result, kind=kind, **dates)


def entered(kind="children", result="clear", ago=0, days=90):
    """The form of a clearance."""
    dates = {"checked_on": TODAY() - timedelta(days=ago), "expires_on": TODAY() + timedelta(days=days)}
    return {"kind": kind, "result": result} | {name: day.isoformat() for name, day in dates.items()}


CHECKS = {
    "nothing": ([], False),
    "clear": ([{}], True),
    "clear today for the last time": ([{"days": 0}], True),
    "run out": ([{"days": -3}], False),
    "limited": ([{"result": "limited"}], False),
    "not clear": ([{"result": "not_clear"}], False),
    "not clear after clear": ([{"ago": 60}, {"result": "not_clear", "ago": 10}], False),
    "clear after not clear": ([{"result": "not_clear", "ago": 60}, {"ago": 10}], True),
    "renewed": ([{"days": -3, "ago": 60}, {"ago": 10}], True),
    "the other kind is not clear": ([{}, {"kind": "background", "result": "not_clear"}], False),
    "the other kind ran out": ([{}, {"kind": "references", "days": -3}], False),
    "both are clear": ([{}, {"kind": "background"}], True),
}


@pytest.mark.parametrize("checks", CHECKS)
def test_nobody_is_paired_with_a_mentor_who_is_not_cleared(program, child, mentor, sign_in, staff, checks):
    rows, cleared = CHECKS[checks]
    for row in rows:
        checked(mentor, **row)
    assert mentor.is_cleared is cleared
    answer = sign_in(staff.lead).post(address("pairing_make", program, mentor.handle), {"enrollment": child.handle})
    assert answer.status_code == (302 if cleared else 409)
    assert Pairing.objects.count() == cleared
    # The same at the database, whoever writes the row.
    Pairing.objects.all().delete()
    if cleared:
        Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)
    else:
        with pytest.raises(IntegrityError, match="paired with nobody"), transaction.atomic():
            Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)


def test_the_database_lets_no_suspended_pairing_go_on_without_clearance(child, mentor, staff):
    pairing = Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead, state="suspended")
    with pytest.raises(IntegrityError, match="paired with nobody"), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(state="active")
    with pytest.raises(MoveNotAllowed):
        mentoring.resume(pairing=pairing, by=staff.lead)


def test_a_clearance_is_never_worded_anew(mentor):
    row = checked(mentor, result="not_clear")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Clearance.objects.filter(pk=row.pk).update(result="clear")


def test_a_result_that_is_not_clear_suspends_at_once_and_a_new_one_lets_them_meet_again(
    program, child, mentor, sign_in, staff
):
    checked(mentor)
    pairing = mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    client, place = sign_in(staff.lead), address("clearance_enter", program, mentor.handle)
    assert client.post(place, entered(result="limited")).status_code == 302
    pairing.refresh_from_db()
    assert pairing.state == "suspended"
    task = Task.objects.get(key__startswith="events.uncleared:")
    assert (task.owner, task.state) == (staff.lead, "open")
    assert not {child.called, mentor.named} & set(task.words.split())
    assert client.post(address("pairing_resume", program, pairing.handle)).status_code == 409

    client.post(place, entered())
    pairing.refresh_from_db()
    # Nobody meets again by themselves.
    assert pairing.state == "suspended"
    assert client.post(address("pairing_resume", program, pairing.handle)).status_code == 302
    task.refresh_from_db()
    assert task.state == "done"


def test_what_runs_out_is_found_and_told_once(child, mentor, staff):
    checked(mentor, days=3)
    pairing = mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    check_clearances()
    pairing.refresh_from_db()
    assert pairing.state == "active"
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        for _twice in range(2):
            check_clearances()
    pairing.refresh_from_db()
    assert pairing.state == "suspended"
    assert Task.objects.filter(key__startswith="events.uncleared:").count() == 1


def test_what_was_renewed_in_time_goes_on(child, mentor, staff):
    checked(mentor, days=3, ago=60)
    checked(mentor, days=300, ago=1)
    pairing = mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        check_clearances()
    pairing.refresh_from_db()
    assert pairing.state == "active"


@pytest.mark.parametrize(
    ("days", "asked"), [(365, [90, 60, 30, 7, 0]), (45, [30, 7, 0]), (5, [0])]
)  # fmt: skip
def test_a_new_clearance_is_asked_for_in_time(program, mentor, sign_in, staff, days, asked):
    sign_in(staff.lead).post(address("clearance_enter", program, mentor.handle), entered(days=days))
    tasks = Task.objects.filter(key__startswith="events.clearance:").order_by("due_at")
    last = TODAY() + timedelta(days=days)
    assert [(last - timezone.localdate(task.due_at)).days for task in tasks] == asked
    assert {task.owner for task in tasks} == {staff.lead}
    assert mentor.named not in "".join(task.words for task in tasks)


def test_one_of_us_who_mentors_is_asked_too_and_a_new_one_voids_the_old(program, sign_in, staff):
    mentor = MentorFactory(program=program, named="", user=staff.colleague)
    place = address("clearance_enter", program, mentor.handle)
    client = sign_in(staff.lead)
    client.post(place, entered(days=20, ago=9))
    mine = Task.objects.open().filter(key__startswith="events.clearance:")
    assert set(mine.values_list("owner", flat=True)) == {staff.lead.pk, staff.colleague.pk}
    client.post(place, entered(days=5))
    assert mine.count() == 2
    client.post(address("mentor_leave", program, mentor.handle))
    assert not mine.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": ""}, "Choose what was checked"),
        ({"result": ""}, "Choose the result"),
        ({"checked_on": "2048-01-01"}, "not in the future"),
        ({"expires_on": "2020-01-01"}, "Enter a day after the check"),
    ],
)
def test_a_clearance_says_what_when_and_how_long(program, mentor, sign_in, staff, changes, told):
    answer = sign_in(staff.lead).post(address("clearance_enter", program, mentor.handle), entered() | changes)
    assert told in answer.content.decode()
    assert not mentor.clearances.exists()


@pytest.mark.parametrize(
    ("who", "works"), [({"named": "Silvan Holt"}, True), ({}, False), ({"named": "Silvan", "user": True}, False)]
)
def test_a_mentor_is_one_of_us_or_a_volunteer(program, sign_in, staff, who, works):
    body = who | ({"user": staff.colleague.pk} if who.get("user") else {"posted": "1"})
    answer = sign_in(staff.lead).post(address("mentor_add", program), body)
    assert answer.status_code == (302 if works else 200)
    assert Mentor.objects.count() == works


def test_one_of_us_is_a_mentor_once(program, sign_in, staff):
    client, body = sign_in(staff.lead), {"user": staff.colleague.pk}
    assert client.post(address("mentor_add", program), body).status_code == 302
    assert client.post(address("mentor_add", program), body).status_code == 200
    with pytest.raises(MoveNotAllowed):
        mentoring.join(mentor=Mentor(program=program, user=staff.colleague), by=staff.lead)


def test_only_who_is_enrolled_here_and_has_no_mentor_is_paired(program, child, area, staff, mentor):
    checked(mentor)
    asked = EnrollmentFactory(program=program, asked=True)
    elsewhere = EnrollmentFactory(program=make_program(area, staff))
    mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    for one in (asked, elsewhere, child):
        with pytest.raises(MoveNotAllowed):
            mentoring.pair(mentor=mentor, enrollment=one, by=staff.lead)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)


@pytest.mark.parametrize("act", ["leave", "complete", "withdraw_consent"])
def test_a_pairing_ends_when_they_take_part_no_more(child, staff, mentor, act):
    checked(mentor)
    pairing = mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    getattr(enrolling, act)(enrollment=child, by=staff.lead)
    pairing.refresh_from_db()
    assert pairing.state == "ended"


def test_a_mentor_who_leaves_meets_nobody(program, child, mentor, sign_in, staff):
    checked(mentor)
    pairing = mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    client = sign_in(staff.lead)
    assert client.post(address("mentor_leave", program, mentor.handle)).status_code == 302
    pairing.refresh_from_db()
    assert pairing.state == "ended"
    assert client.post(address("mentor_leave", program, mentor.handle)).status_code == 404
    assert mentor.named not in client.get(address("mentor_list", program)).content.decode()


def test_the_list_says_who_is_cleared_until_when_and_whom_they_meet(program, child, mentor, sign_in, staff):
    checked(mentor)
    mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    MentorFactory(program=program, named="Rosalba Nobody")
    page = sign_in(staff.helper).get(address("mentor_list", program)).content.decode()
    for told in (mentor.named, "Cleared", "valid to", child.called, "Rosalba Nobody", "Not cleared"):
        assert told in page
