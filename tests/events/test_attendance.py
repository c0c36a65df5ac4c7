"""Who was at which session, how often in a row, and who is missed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.states import MoveNotAllowed
from events import attending, enrolling
from events.models import Attendance, Event
from notices.models import Task
from tests.events.test_programs import address, make_program
from tests.factories.events import EnrollmentFactory, ProgramSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(area, staff):
    return make_program(area, staff, running=True)


@pytest.fixture
def sessions(program):
    """Five that were, the oldest first."""
    today = timezone.localdate()
    return [ProgramSessionFactory(program=program, event__day=today - timedelta(days=9 - n)) for n in range(5)]


@pytest.fixture
def child(program):
    return EnrollmentFactory(program=program)


@pytest.fixture
def mark(staff):
    """`mark(session, child, "absent")` writes one mark down."""

    def write(session, child, said):
        attending.mark(session=session, marks={child: said}, by=staff.lead)

    return write


def alerts():
    return Task.objects.filter(key__startswith="events.absent:")


@pytest.mark.parametrize(
    ("marks", "streak", "missed"),
    [
        ("", 0, 0), ("p", 1, 0), ("ppp", 3, 0), ("ppa", 0, 1), ("paa", 0, 2), ("aap", 1, 0), ("pep", 2, 0),
        ("aea", 0, 2), ("pae", 0, 1), ("e", 0, 0), ("aape", 1, 0),
    ],
)  # fmt: skip
def test_an_excused_absence_breaks_no_row(sessions, marks, streak, missed):
    names = {mark[0]: mark for mark in Attendance.Mark.values}
    stands = attending.standing([(session, names[mark]) for session, mark in zip(sessions, marks, strict=False)])
    assert (stands.streak, stands.missed) == (streak, missed)
    assert (stands.first is None) == (missed == 0)


def test_a_session_is_written_down_on_one_page(program, sessions, sign_in, staff):
    here, gone, left = (EnrollmentFactory(program=program) for _each in range(3))
    asked = EnrollmentFactory(program=program, asked=True)
    enrolling.leave(enrollment=left, by=staff.lead)
    client, place = sign_in(staff.helper), address("attendance_mark", program, sessions[0].handle)
    page = client.get(place).content.decode()
    assert here.called in page
    assert asked.called not in page
    assert left.called not in page
    body = {f"mark_{here.handle.hex}": "present", f"mark_{gone.handle.hex}": "excused"}
    assert client.post(place, body).status_code == 302
    marks = Attendance.objects.values_list("enrollment", "mark", "by")
    assert set(marks) == {(here.pk, "present", staff.helper.pk), (gone.pk, "excused", staff.helper.pk)}
    sessions[0].refresh_from_db()
    assert (sessions[0].present, sessions[0].absent, sessions[0].excused) == (1, 0, 1)


def test_two_who_write_at_once_do_not_undo_each_other(program, sessions, sign_in, staff, mark):
    one, other = EnrollmentFactory(program=program), EnrollmentFactory(program=program)
    mark(sessions[0], one, "present")
    # This page was opened before the mark above, and says nothing of it.
    body = {
        f"mark_{one.handle.hex}": "", f"initial-mark_{one.handle.hex}": "",
        f"mark_{other.handle.hex}": "absent", f"initial-mark_{other.handle.hex}": "",
    }  # fmt: skip
    sign_in(staff.lead).post(address("attendance_mark", program, sessions[0].handle), body)
    assert dict(Attendance.objects.values_list("enrollment", "mark")) == {one.pk: "present", other.pk: "absent"}


def test_a_mark_is_changed_and_taken_back(program, sessions, child, sign_in, staff):
    client, place = sign_in(staff.lead), address("attendance_mark", program, sessions[0].handle)
    name = f"mark_{child.handle.hex}"
    for before, after in (("", "present"), ("present", "absent"), ("absent", "")):
        assert client.post(place, {name: after, f"initial-{name}": before, "posted": "1"}).status_code == 302
        assert list(Attendance.objects.values_list("mark", flat=True)) == [after] * bool(after)
    sessions[0].refresh_from_db()
    assert not sessions[0].is_marked


def test_nonsense_is_no_mark(program, sessions, child, sign_in, staff):
    place = address("attendance_mark", program, sessions[0].handle)
    answer = sign_in(staff.lead).post(place, {f"mark_{child.handle.hex}": "late"})
    assert answer.status_code == 200
    assert not Attendance.objects.exists()


def test_nobody_is_marked_before_a_session_or_at_one_called_off(program, child, sessions, sign_in, staff, mark):
    soon = ProgramSessionFactory(program=program, event__begun=False)
    Event.objects.filter(pk=sessions[0].event_id).update(state="postponed")
    for session in (soon, sessions[0]):
        session.event.refresh_from_db()
        assert sign_in(staff.lead).get(address("attendance_mark", program, session.handle)).status_code == 409
        with pytest.raises(MoveNotAllowed):
            mark(session, child, "present")


def test_the_grid_shows_the_last_sessions_and_the_row(program, sessions, child, sign_in, staff, mark):
    ProgramSessionFactory(program=program, event__day=timezone.localdate() - timedelta(days=20))
    for session, said in zip(sessions, ("absent", "present", "present", "excused", "present"), strict=True):
        mark(session, child, said)
    answer = sign_in(staff.lead).get(address("attendance_grid", program))
    [row] = answer.context["rows"]
    assert [cell[2] for _label, cell in row["cells"]] == ["Absent", "Present", "Present", "Excused", "Present"]
    assert (row["stands"].streak, answer.context["left_out"]) == (3, 1)
    assert "1 earlier session" in answer.content.decode()


# Who is missed -------------------------------------------------------------------------------------------------------
def test_the_lead_is_told_once_of_a_run_of_absences(program, sessions, child, staff, mark):
    mark(sessions[0], child, "absent")
    assert not alerts().exists()
    mark(sessions[1], child, "absent")
    task = alerts().get()
    assert (task.owner, task.ref, task.state) == (staff.lead, program.reference, "open")
    assert child.called not in task.words
    assert task.link == address("enrollment_detail", program, child.handle)
    task.finish(by=staff.lead)
    mark(sessions[2], child, "absent")
    assert [one.state for one in alerts()] == ["done"]


def test_it_is_done_when_they_come_again_and_a_new_run_is_told_anew(sessions, child, mark):
    for session, said in zip(sessions[:3], ("absent", "absent", "present"), strict=True):
        mark(session, child, said)
    assert alerts().get().state == "done"
    for session in sessions[3:]:
        mark(session, child, "absent")
    assert sorted(alerts().values_list("state", flat=True)) == ["done", "open"]


def test_a_wrong_mark_takes_the_alert_back_and_its_return_brings_it_back(sessions, child, mark):
    for session in sessions[:2]:
        mark(session, child, "absent")
    mark(sessions[1], child, "excused")
    assert alerts().get().state == "void"
    mark(sessions[1], child, "absent")
    assert alerts().get().state == "open"


def test_a_run_that_turns_out_longer_is_the_same_run(sessions, child, mark):
    for number in (1, 2):
        mark(sessions[number], child, "absent")
    mark(sessions[0], child, "absent")
    assert sorted(alerts().values_list("state", flat=True)) == ["open", "void"]


def test_each_program_says_after_how_many(area, staff, mark):
    program = make_program(area, staff, running=True, absences=3)
    child = EnrollmentFactory(program=program)
    today = timezone.localdate()
    for number in range(3):
        assert not alerts().exists()
        day = today - timedelta(days=5 - number)
        mark(ProgramSessionFactory(program=program, event__day=day), child, "absent")
    assert alerts().get().values == {"count": 3}


def test_nobody_is_missed_who_has_left(sessions, child, staff, mark):
    for session in sessions[:2]:
        mark(session, child, "absent")
    enrolling.leave(enrollment=child, by=staff.lead)
    assert alerts().get().state == "void"
    child.refresh_from_db()
    mark(sessions[2], child, "absent")
    assert alerts().get().state == "void"
