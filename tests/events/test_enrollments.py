"""Who takes part in a program, and whether a guardian agreed: on every path, and in the database."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.states import MoveNotAllowed
from events import enrolling
from events.models import Enrollment, Event, Program
from events.tasks import ask_for_consents
from notices.models import Contact, Task
from tests.events.test_programs import address, make_program
from tests.factories.events import EnrollmentFactory, ProgramSessionFactory

pytestmark = pytest.mark.django_db
State = Enrollment.State
CHILD = {"called": "Milo", "band": "from_12", "language": "es", "phone": "206-555-0123", "email": ""}
YES = {"called": "Ana Lima", "phone": "206-555-0144", "how": "paper"}


@pytest.fixture
def program(area, staff):
    return make_program(area, staff)


@pytest.fixture
def client(sign_in, staff):
    return sign_in(staff.lead)


def consent(**changes):
    return YES | {"on": timezone.localdate().isoformat()} | changes


def test_a_child_is_written_down_agreed_for_and_enrolled(program, client, staff):
    answer = client.post(address("enrollment_add", program), CHILD)
    child = program.enrollments.get()
    assert answer.url == address("enrollment_detail", program, child.handle)
    assert (child.called, child.state, child.needs_consent) == ("Milo", State.ASKED, True)
    assert (child.contact.phone_e164, child.contact.may_call, child.contact.may_sms) == ("+12065550123", True, False)
    assert "has to agree first" in client.get(answer.url).content.decode()

    assert client.post(address("enrollment_enroll", program, child.handle)).status_code == 409
    assert client.post(address("consent_take", program, child.handle), consent()).status_code == 302
    child.refresh_from_db()
    assert (child.guardian.name, child.consent_how, child.consent_by) == ("Ana Lima", "paper", staff.lead)
    assert client.post(address("enrollment_enroll", program, child.handle)).status_code == 302
    child.refresh_from_db()
    assert child.state == State.ENROLLED
    acts = AuditEntry.objects.filter(reference=program.reference).values_list("act", flat=True)
    assert {"enrollment.ask", "enrollment.consent", "enrollment.enrolled"} <= set(acts)
    assert not AuditEntry.objects.filter(facts__icontains="Milo").exists()


@pytest.mark.parametrize(
    ("asks", "band", "needs"),
    [
        (True, "under_12", True), (True, "from_15", True), (True, "", True), (True, "from_18", False),
        (True, "from_25", False), (False, "from_12", False), (False, "", False),
    ],
)  # fmt: skip
def test_who_may_be_under_18_needs_a_guardian_where_the_program_asks(area, staff, client, asks, band, needs):
    program = make_program(area, staff, guardian_consent=asks)
    client.post(address("enrollment_add", program), CHILD | {"band": band})
    child = program.enrollments.get()
    assert child.needs_consent is needs
    status = client.post(address("enrollment_enroll", program, child.handle)).status_code
    assert status == (409 if needs else 302)


@pytest.mark.parametrize("state", ["enrolled", "completed"])
def test_the_database_refuses_who_is_enrolled_without_consent(program, state):
    child = EnrollmentFactory(program=program, asked=True)
    with pytest.raises(IntegrityError, match="with_consent"), transaction.atomic():
        Enrollment.objects.filter(pk=child.pk).update(state=state)
    with pytest.raises(IntegrityError, match="with_consent"), transaction.atomic():
        EnrollmentFactory(program=program, state=state, consent_on=None, consent_how="", consent_by=None)


@pytest.mark.parametrize("band", ["", "from_15"])
def test_the_database_refuses_a_child_of_whom_the_row_says_nothing_is_needed(program, band):
    with pytest.raises(IntegrityError, match="without a guardian"), transaction.atomic():
        EnrollmentFactory(program=program, adult=True, band=band)
    adult = EnrollmentFactory(program=program, adult=True)
    with pytest.raises(IntegrityError, match="without a guardian"), transaction.atomic():
        Enrollment.objects.filter(pk=adult.pk).update(band=band)


def test_the_database_lets_nobody_drop_the_guardians_once_people_enroll(program):
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(guardian_consent=False)


def test_the_database_refuses_half_a_consent(program, staff):
    child = EnrollmentFactory(program=program, asked=True)
    with pytest.raises(IntegrityError, match="consent_whole"), transaction.atomic():
        Enrollment.objects.filter(pk=child.pk).update(consent_on=timezone.localdate())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"called": ""}, "Enter who agreed"),
        ({"how": ""}, "Choose how they agreed"),
        ({"on": ""}, "Enter a date"),
        ({"on": "2048-01-01"}, "not in the future"),
    ],
)
def test_a_consent_says_who_when_and_how(program, client, changes, told):
    child = EnrollmentFactory(program=program, asked=True)
    answer = client.post(address("consent_take", program, child.handle), consent(**changes))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    child.refresh_from_db()
    assert child.consent_on is None


def test_a_consent_is_noted_once(program, client):
    child = EnrollmentFactory(program=program)
    assert client.post(address("consent_take", program, child.handle), consent()).status_code == 409
    assert Contact.objects.filter(name="Ana Lima").count() == 0


def test_a_consent_that_is_taken_back_ends_the_enrollment(program, client):
    child = EnrollmentFactory(program=program)
    assert client.post(address("consent_withdraw", program, child.handle)).status_code == 302
    child.refresh_from_db()
    assert (child.state, child.guardian, child.consent_on) == (State.ASKED, None, None)
    assert client.post(address("enrollment_enroll", program, child.handle)).status_code == 409
    assert client.post(address("consent_withdraw", program, child.handle)).status_code == 409


def test_who_turns_out_to_be_a_child_goes_back(program, client):
    adult = EnrollmentFactory(program=program, adult=True)
    changed = CHILD | {"called": "Milo B.", "band": "from_15"}
    assert client.post(address("enrollment_change", program, adult.handle), changed).status_code == 302
    adult.refresh_from_db()
    assert (adult.called, adult.state, adult.needs_consent) == ("Milo B.", State.ASKED, True)


def test_places_are_given_until_none_is_left(area, staff, client):
    program = make_program(area, staff, capacity=1)
    first, second = EnrollmentFactory(program=program, agreed=True), EnrollmentFactory(program=program, agreed=True)
    assert client.post(address("enrollment_enroll", program, first.handle)).status_code == 302
    assert client.post(address("enrollment_enroll", program, second.handle)).status_code == 409
    assert client.post(address("enrollment_wait", program, second.handle)).status_code == 302
    assert "0 places left" in client.get(address("enrollment_list", program)).content.decode()
    client.post(address("enrollment_leave", program, first.handle))
    assert client.post(address("enrollment_enroll", program, second.handle)).status_code == 302


VERBS = {
    "enrollment_enroll": {"asked", "waiting"},
    "enrollment_wait": {"asked"},
    "enrollment_leave": {"asked", "waiting", "enrolled"},
    "enrollment_complete": {"enrolled"},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_goes_from_its_states_alone(program, client, verb, state):
    child = EnrollmentFactory(program=program, state=state)
    answer = client.post(address(verb, program, child.handle))
    assert answer.status_code == (302 if state in VERBS[verb] else 409)


@pytest.mark.parametrize("trait", ["draft", "ended"])
def test_nobody_enrolls_in_what_is_not_open(area, staff, client, trait):
    program = make_program(area, staff, **{trait: True})
    assert client.get(address("enrollment_add", program)).status_code == 409
    assert client.post(address("enrollment_add", program), CHILD).status_code == 409
    child = EnrollmentFactory(program=program, agreed=True)
    with pytest.raises(MoveNotAllowed):
        enrolling.enroll(enrollment=child, by=staff.lead)


def test_each_reading_of_names_is_an_opening(program, client):
    child = EnrollmentFactory(program=program)
    for name in ("enrollment_detail", "enrollment_change", "consent_withdraw"):
        client.get(address(name, program, child.handle))
    for name in ("enrollment_list", "attendance_grid", "mentor_list", "enrollment_add"):
        client.get(address(name, program))
    assert AuditEntry.objects.filter(act="program.open", reference=program.reference).count() == 6


def test_whose_name_is_deleted_has_no_page(program, client):
    child = EnrollmentFactory(program=program)
    enrolling.forget(Enrollment.objects.filter(pk=child.pk))
    assert client.get(address("enrollment_detail", program, child.handle)).status_code == 404
    assert "Nobody is on the list" in client.get(address("enrollment_list", program)).content.decode()


# Before the first session ---------------------------------------------------------------------------------------------
def test_missing_consents_are_asked_for_a_week_before_the_first_session(program, staff):
    session = ProgramSessionFactory(program=program, event__begun=False, event__planned=True)
    child = EnrollmentFactory(program=program, asked=True)
    starts = session.event.starts_at
    mine = Task.objects.filter(key__startswith="events.consent:")
    with time_machine.travel(starts - timedelta(days=8)):
        ask_for_consents()
        assert not mine.exists()
    with time_machine.travel(starts - timedelta(days=6)):
        ask_for_consents()
        ask_for_consents()
    task = mine.get()
    assert (task.owner, task.state, task.link) == (
        staff.lead,
        "open",
        reverse("events:enrollment_list", args=[program]),
    )
    said = {"on": timezone.localdate(), "how": "paper", "by": staff.lead}
    enrolling.take_consent(enrollment=child, guardian=Contact(name="Ana"), **said)
    assert mine.get().state == "void"


@pytest.mark.parametrize("why", ["agreed", "adult", "called off", "begun"])
def test_nothing_is_asked_where_nothing_is_missing(program, why):
    session = ProgramSessionFactory(program=program, event__begun=why == "begun", event__planned=True)
    EnrollmentFactory(program=program, **({why: True} if why in ("agreed", "adult") else {"asked": True}))
    if why == "called off":
        Event.objects.filter(pk=session.event_id).update(state="postponed")
    with time_machine.travel(timezone.now() if why == "begun" else session.event.starts_at - timedelta(days=3)):
        ask_for_consents()
    assert not Task.objects.filter(key__startswith="events.consent:").exists()
