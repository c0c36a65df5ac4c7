"""Programs: what they are, who plans them and who reads names, their sessions, their end, and what is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core import history, privacy, retention
from core.models import AuditEntry, Draft, LegalHold
from core.privacy import Sought
from events import program_people, programs
from events.models import Attendance, Enrollment, Mentor, Pairing, Program, ProgramSession, Series
from notices.models import Contact, Task
from tests.factories.events import (
    EnrollmentFactory,
    EventFactory,
    MentorFactory,
    ProgramFactory,
    ProgramSessionFactory,
)

pytestmark = pytest.mark.django_db
PURGE = pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
State = Program.State
NAMES = ("enrollment_list", "enrollment_add", "attendance_grid", "mentor_list", "mentor_add")


@pytest.fixture
def program(area, staff):
    return make_program(area, staff)


def make_program(area, staff, **traits):
    made = ProgramFactory(**{"area": area, "lead": staff.lead, "made_by": staff.maker} | traits)
    made.staff.add(staff.helper)
    return made


def address(name, program, *more):
    return reverse(f"events:{name}", args=[program.reference, *more])


def typed(program, **changes):
    """The form of a program as its page shows it, with changes."""
    said = {
        "name": program.name, "purpose": program.purpose, "begins_on": program.begins_on.isoformat(),
        "ends_on": program.ends_on.isoformat(), "area": program.area_id, "lead": program.lead_id,
        "staff": list(program.staff.values_list("pk", flat=True)), "absences": program.absences, "age_from": "",
        "age_to": "", "capacity": "", "guardian_consent": "on", "version": program.version,
    }  # fmt: skip
    return said | changes


# Who -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "reads", "changes", "names"),
    [
        ("lead", 200, 200, 200), ("helper", 200, 200, 200), ("maker", 200, 200, 403), ("supervisor", 200, 200, 403),
        ("coordinator", 200, 200, 403), ("colleague", 200, 403, 403), ("supervisor_elsewhere", 200, 403, 403),
        ("analyst", 404, 404, 404), ("mediator", 404, 404, 404), ("records_officer", 404, 404, 404),
    ],
)  # fmt: skip
def test_names_are_for_those_who_run_it_and_planning_is_for_more(program, staff, sign_in, who, reads, changes, names):
    child = EnrollmentFactory(program=program)
    client = sign_in(getattr(staff, who))
    assert client.get(address("program_detail", program)).status_code == reads
    assert {client.get(address(name, program)).status_code for name in ("program_edit", "program_end")} == {changes}
    assert {client.get(address(name, program)).status_code for name in NAMES} == {names}
    for name in ("enrollment_detail", "enrollment_change", "consent_take", "consent_withdraw"):
        assert client.get(address(name, program, child.handle)).status_code == names


def test_whoever_reads_no_names_sees_how_many_and_no_link_to_them(program, staff, sign_in):
    EnrollmentFactory(program=program, contact__name="Milo Canary")
    page = sign_in(staff.supervisor).get(program.get_absolute_url()).content.decode()
    assert "Enrolled" in page
    assert "Canary" not in page
    assert address("enrollment_list", program) not in page
    assert "by nobody else" in page


def test_somebody_of_another_program_is_not_found(program, area, staff, sign_in):
    other = EnrollmentFactory(program=make_program(area, staff))
    client = sign_in(staff.lead)
    for name in ("enrollment_detail", "enrollment_change", "consent_take"):
        assert client.get(address(name, program, other.handle)).status_code == 404


def test_the_list_narrows_by_state_and_says_how_many(program, area, staff, sign_in):
    EnrollmentFactory(program=program)
    EnrollmentFactory(program=program, asked=True)
    ended = make_program(area, staff, ended=True)
    client = sign_in(staff.colleague)
    found = client.get(reverse("events:program_list")).context["page_obj"].object_list
    assert [(one.pk, one.enrolled) for one in found] == [(program.pk, 1), (ended.pk, 0)]
    narrowed = client.get(reverse("events:program_list"), {"state": "ended"}).context["page_obj"].object_list
    assert list(narrowed) == [ended]
    assert sign_in(staff.analyst).get(reverse("events:program_list")).status_code == 403


def test_the_page_of_events_leads_to_programs(staff, sign_in):
    assert reverse("events:program_list") in sign_in(staff.lead).get(reverse("events:event_list")).content.decode()


# What it is ----------------------------------------------------------------------------------------------------------
def test_a_program_is_drafted_opened_and_begun(area, staff, sign_in):
    client, day = sign_in(staff.lead), timezone.localdate()
    body = {
        "name": "Youth Academy", "purpose": "The city", "begins_on": day.isoformat(), "area": area.pk, "absences": 2,
        "ends_on": (day + timedelta(days=60)).isoformat(), "lead": staff.lead.pk, "staff": [staff.helper.pk],
        "guardian_consent": "on",
    }  # fmt: skip
    assert client.post(reverse("events:program_create"), body).status_code == 302
    program = Program.objects.get()
    assert (program.reference[0], program.state, program.made_by) == ("Y", State.DRAFT, staff.lead)
    assert list(program.staff.all()) == [staff.helper]
    for verb, state in (("program_open", State.OPEN), ("program_run", State.RUNNING)):
        assert client.post(address(verb, program)).status_code == 302
        program.refresh_from_db()
        assert program.state == state
        assert client.post(address(verb, program)).status_code == 409
    task = Task.objects.get(key__startswith="events.program_over:")
    assert (task.owner, timezone.localdate(task.due_at)) == (staff.lead, program.ends_on)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ends_on": "2020-01-01"}, "Enter a day after the first one"),
        ({"ends_on": "2048-01-01"}, "within two years"),
        ({"age_from": "17", "age_to": "12"}, "not below the other"),
        ({"absences": "0"}, "greater than or equal to 1"),
        ({"name": ""}, "Enter a name"),
    ],
)
def test_a_program_that_makes_no_sense_is_not_saved(program, staff, sign_in, changes, told):
    answer = sign_in(staff.lead).post(address("program_edit", program), typed(program, **changes))
    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_whether_guardians_are_asked_is_settled_before_anybody_enrolls(program, area, staff, sign_in):
    client = sign_in(staff.lead)
    draft = make_program(area, staff, draft=True)
    for one, stays in ((program, True), (draft, False)):
        body = typed(one)
        del body["guardian_consent"]
        assert client.post(address("program_edit", one), body).status_code == 302
        one.refresh_from_db()
        assert one.guardian_consent is stays


def test_who_lets_more_of_us_read_the_names_is_recorded_and_the_lead_is_told(program, staff, sign_in):
    client = sign_in(staff.supervisor)
    changed = typed(program, staff=[staff.helper.pk, staff.supervisor.pk])
    assert client.post(address("program_edit", program), changed).status_code == 302
    entry = AuditEntry.objects.get(act="program.readers")
    assert (entry.actor, entry.facts["joined"]) == (staff.supervisor.audit_name, [staff.supervisor.reference])
    assert Task.objects.get(key__startswith="events.program_staff:").owner == staff.lead
    assert client.get(address("enrollment_list", program)).status_code == 200


def test_what_a_former_lead_owed_goes_to_the_new_one(program, staff, sign_in):
    programs.run(program=program, by=staff.lead)
    open_task = Task.objects.owe(
        "events.absent:x", text="Ask", owner=staff.lead, ref=program.reference, area=program.area
    )
    sign_in(staff.supervisor).post(address("program_edit", program), typed(program, lead=staff.colleague.pk))
    open_task.refresh_from_db()
    assert open_task.owner == staff.colleague
    assert sign_in(staff.lead).get(address("enrollment_list", program)).status_code == 403


def test_the_second_of_two_edits_is_told(program, staff, sign_in):
    client = sign_in(staff.lead)
    body = typed(program, name="First")
    assert client.post(address("program_edit", program), body).status_code == 302
    assert client.post(address("program_edit", program), body | {"name": "Second"}).status_code == 409


# Sessions ------------------------------------------------------------------------------------------------------------
def test_an_event_becomes_a_session_once(program, staff, sign_in):
    event = EventFactory(planned=True)
    client = sign_in(staff.lead)
    assert client.post(address("session_add", program), {"event": event.pk}).status_code == 302
    session = program.sessions.get()
    assert session.event == event
    # It is no choice any more.
    assert client.post(address("session_add", program), {"event": event.pk}).status_code == 200
    page = sign_in(staff.colleague).get(event.get_absolute_url()).content.decode()
    assert program.get_absolute_url() in page
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramSession.objects.create(program=ProgramFactory(), event=event)


def test_events_outside_the_program_or_called_off_cannot_be_chosen(program, staff, sign_in):
    late = EventFactory(planned=True, day=program.ends_on + timedelta(days=1))
    off = EventFactory(planned=True)
    off.postpone(by=staff.lead)
    client = sign_in(staff.lead)
    for event in (late, off):
        assert client.post(address("session_add", program), {"event": event.pk}).status_code == 200
    assert not program.sessions.exists()


def test_a_whole_series_is_added_at_once(program, staff, sign_in):
    first = EventFactory(planned=True)
    series = Series(every="week", times=3, day=first.day, clock=first.clock, starts_at=first.starts_at)
    series.save()
    for number in range(3):
        day = first.day + timedelta(weeks=number)
        if number:
            EventFactory(planned=True, series=series, stands_for=day, day=day)
    type(first).objects.filter(pk=first.pk).update(series=series, stands_for=first.day)
    sign_in(staff.lead).post(address("session_add", program), {"event": first.pk, "whole": "on"})
    assert program.sessions.count() == 3


def test_a_session_is_dropped_until_somebody_was_marked(program, staff, sign_in):
    client = sign_in(staff.lead)
    session = ProgramSessionFactory(program=program)
    ProgramSession.objects.filter(pk=session.pk).update(present=1)
    assert client.post(address("session_drop", program, session.handle)).status_code == 409
    ProgramSession.objects.filter(pk=session.pk).update(present=0)
    assert client.post(address("session_drop", program, session.handle)).status_code == 302
    assert not program.sessions.exists()


# The end -------------------------------------------------------------------------------------------------------------
def test_ending_completes_who_is_enrolled_and_ends_what_is_owed(program, staff, sign_in):
    enrolled, asked = EnrollmentFactory(program=program), EnrollmentFactory(program=program, asked=True)
    mentor = MentorFactory(program=program, cleared=True)
    pairing = Pairing.objects.create(mentor=mentor, enrollment=enrolled, made_by=staff.lead)
    for key in ("events.absent:x", "events.correct:x"):
        Task.objects.owe(key, text="Ask", owner=staff.lead, ref=program.reference, area=program.area)
    assert sign_in(staff.lead).post(address("program_end", program)).status_code == 302
    for row in (program, enrolled, asked, pairing):
        row.refresh_from_db()
    assert (program.state, program.ends_on, program.ended_by) == (State.ENDED, timezone.localdate(), staff.lead)
    assert (enrolled.state, asked.state, pairing.state) == ("completed", "left", "ended")
    assert [task.key for task in Task.objects.open().filter(ref=program.reference)] == ["events.correct:x"]
    for name in ("program_edit", "program_end", "session_add"):
        assert sign_in(staff.lead).post(address(name, program)).status_code == 409


def test_a_program_that_is_over_before_it_began_lies_in_the_past(area, staff, sign_in):
    soon = timezone.localdate() + timedelta(days=5)
    program = make_program(area, staff, draft=True, begins_on=soon, ends_on=soon + timedelta(days=9))
    sign_in(staff.lead).post(address("program_end", program))
    program.refresh_from_db()
    assert program.begins_on == program.ends_on == timezone.localdate()


# How long ------------------------------------------------------------------------------------------------------------
def purge_after(program, days):
    """Purge at noon, so many days after the last day."""
    noon = timezone.localtime().replace(hour=12)
    with time_machine.travel(noon + timedelta(days=(program.ends_on - noon.date()).days + days), tick=False):
        return retention.purge()


@PURGE
def test_names_go_at_the_end_and_counts_stay(program, staff):
    child = EnrollmentFactory(program=program, contact__name="Milo Canary", guardian__name="Ana Canary")
    session = ProgramSessionFactory(program=program)
    ProgramSession.objects.filter(pk=session.pk).update(present=1)
    Attendance.objects.create(session=session, enrollment=child, mark="present", by=staff.lead)
    mentor = MentorFactory(program=program, cleared=True)
    Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)
    purge_after(program, 1)
    child.refresh_from_db()
    assert child.contact is not None

    purge_after(program, 2)
    child.refresh_from_db()
    assert (child.contact, child.guardian, child.band, child.state) == (None, None, "", "enrolled")
    assert child.consent_on is not None
    assert not Contact.objects.filter(name__contains="Canary").exists()
    assert not history.events_of(Contact)[0].objects.filter(name__contains="Canary").exists()
    assert not Attendance.objects.exists()
    assert not Pairing.objects.exists()
    session.refresh_from_db()
    assert session.present == 1
    assert Mentor.objects.exists()
    purge_after(program, 367)
    assert not Mentor.objects.exists()
    assert not history.events_of(Mentor)[0].objects.exists()
    assert Program.objects.exists()


@PURGE
def test_a_hold_on_the_program_keeps_the_names(program, staff):
    child = EnrollmentFactory(program=program)
    hold = LegalHold(object_type="events.program", reference=program.reference, reason="A court asked")
    hold.place(by=staff.records_officer)
    purge_after(program, 30)
    child.refresh_from_db()
    assert child.contact is not None


def test_no_history_is_kept_of_who_takes_part():
    assert [history.events_of(model) for model in (Enrollment, Attendance, Pairing)] == [[], [], []]


def test_how_long_names_stay_is_declared():
    keep = privacy.declarations[Enrollment].keep
    assert (keep.days, keep.after, keep.hold) == (1, "program__ends_on", "program__reference")


def test_no_search_finds_who_takes_part(program, staff, sign_in):
    EnrollmentFactory(program=program, contact__name="Milocanary", guardian__name="Anacanary")
    for words in ("milocanary", "anacanary"):
        page = sign_in(staff.lead).get(reverse("desk:search"), {"q": words}).content.decode()
        assert program.reference not in page


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("program_edit", 1), ("enrollment_add", 0), ("enrollment_change", 0), ("consent_take", 0), ("mentor_add", 0),
    ],
)  # fmt: skip
def test_forms_with_names_leave_no_draft(program, staff, sign_in, name, kept):
    """What was typed when the session ran out is gone, rather than kept where a name would lie for two weeks."""
    client = sign_in(staff.lead)
    client.get(program.get_absolute_url())
    child = (
        [EnrollmentFactory(program=program, asked=True).handle] if name in ("enrollment_change", "consent_take") else []
    )
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        answer = client.post(address(name, program, *child), {"called": "Milo Canary", "name": "Milo Canary"})
    assert answer.status_code == 302
    assert Draft.objects.count() == kept


# Requests by people --------------------------------------------------------------------------------------------------
@pytest.fixture
def people(program, staff):
    """A child, the guardian, a mentor, each with a name that is found, in this order of keys."""
    child = EnrollmentFactory(
        program=program, contact__name="Milo Lima", contact__email="milo@example.org", guardian__name="Ana Lima",
        guardian__email="ana@example.org",
    )  # fmt: skip
    mentor = MentorFactory(program=program, named="Silvan Holt", cleared=True)
    return child, mentor


def test_each_is_found_by_address_or_whole_name(program, people):
    child, mentor = people
    for sought, key, by in (
        (Sought(email="milo@example.org"), f"enrollment:{child.handle}", "address"),
        (Sought(name="milo lima"), f"enrollment:{child.handle}", "name"),
        (Sought(email="ana@example.org"), f"guardian:{child.handle}", "address"),
        (Sought(name="silvan holt"), f"mentor:{mentor.handle}", "name"),
    ):
        [found] = program_people.find(sought)
        assert (found.key, found.by, found.reference) == (key, by, program.reference)
        assert found.object_type == "events.program"
    assert list(program_people.find(Sought())) == []
    assert list(program_people.find(Sought(name="milo"))) == []


def test_a_copy_tells_each_only_of_themselves(people):
    child, mentor = people
    for key, own, others in (
        (f"enrollment:{child.handle}", "Milo Lima", ("Ana Lima", "Silvan Holt")),
        (f"guardian:{child.handle}", "Ana Lima", ("Milo Lima", "Silvan Holt")),
        (f"mentor:{mentor.handle}", "Silvan Holt", ("Ana Lima", "Milo Lima")),
    ):
        [section] = program_people.bundle([key])
        assert own in str(section)
        assert not any(name in str(section) for name in others)


def test_erasing_a_child_ends_all_that_names_them(program, people, staff):
    child, mentor = people
    Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)
    contacts = {child.contact_id, child.guardian_id}
    key = f"enrollment:{child.handle}"
    touched = program_people.erase([key], by=staff.records_officer)
    child.refresh_from_db()
    assert (child.state, child.contact, child.guardian) == ("left", None, None)
    assert set(touched[Contact]) == contacts
    assert not Contact.objects.filter(pk__in=contacts).exists()
    assert not Pairing.objects.exists()
    assert program_people.erase([key], by=staff.records_officer) == {}


def test_erasing_a_guardian_takes_the_consent_back(people, staff):
    child, _mentor = people
    guardian = child.guardian_id
    program_people.erase([f"guardian:{child.handle}"], by=staff.records_officer)
    child.refresh_from_db()
    assert (child.state, child.guardian, child.consent_on) == ("asked", None, None)
    assert child.contact is not None
    assert not Contact.objects.filter(pk=guardian).exists()


def test_erasing_a_mentor_ends_the_pairings_and_the_name(people, staff):
    child, mentor = people
    pairing = Pairing.objects.create(mentor=mentor, enrollment=child, made_by=staff.lead)
    program_people.erase([f"mentor:{mentor.handle}"], by=staff.records_officer)
    mentor.refresh_from_db()
    pairing.refresh_from_db()
    assert (mentor.named, pairing.state) == ("", "ended")


def test_a_correction_is_owed_by_the_lead(program, people, staff):
    child, mentor = people

    class Asked:
        reference = "Q-26-AAAAA"

    program_people.correct([f"enrollment:{child.handle}", f"mentor:{mentor.handle}"], request=Asked)
    owed = Task.objects.filter(key__startswith="events.correct:").order_by("id")
    assert [(task.owner, task.link) for task in owed] == [
        (staff.lead, address("enrollment_list", program)), (staff.lead, address("mentor_list", program)),
    ]  # fmt: skip
