"""Two at the same moment: the last place of a program, and a mentor whose check comes out otherwise meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.states import MoveNotAllowed
from events import enrolling, mentoring
from events.mentoring import NotCleared
from events.models import Clearance, Enrollment, Pairing
from tests.events.test_programs import make_program
from tests.factories.events import EnrollmentFactory, MentorFactory
from tests.racing import just_before, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_is_given_once(area, staff):
    program = make_program(area, staff, capacity=1)
    people = [EnrollmentFactory(program=program, agreed=True) for _each in range(4)]

    told = race([lambda one=one: enrolling.enroll(enrollment=one, by=staff.lead) for one in people])

    assert sorted(told, key=str) == sorted([None, *[MoveNotAllowed] * 3], key=str)
    assert Enrollment.objects.enrolled().count() == 1


def test_who_pairs_while_a_check_comes_out_otherwise_is_refused(area, staff):
    program = make_program(area, staff)
    mentor, child = MentorFactory(program=program, cleared=True), EnrollmentFactory(program=program)
    dates = {"checked_on": timezone.localdate(), "expires_on": timezone.localdate() + timedelta(days=9)}
    found = Clearance(mentor=mentor, kind="children", result="not_clear", **dates)

    with just_before(lambda: mentoring.enter(clearance=found, by=staff.lead)), pytest.raises(NotCleared):
        mentoring.pair(mentor=mentor, enrollment=child, by=staff.lead)
    assert not Pairing.objects.exists()
