"""What an event teaches, and what may be said of the answers before and after it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.privacy import Sought
from events import program_people, teaching
from events.models import Workshop
from measures.shift import shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(make_event):
    return make_event(published=True)


def place(event):
    return reverse("events:workshop_edit", args=[event.reference])


def typed(before=(), after=(), **changes):
    counts = {f"before_{n}": count for n, count in enumerate(before, 1)}
    counts |= {f"after_{n}": count for n, count in enumerate(after, 1)}
    said = {"outline": "How to begin\nHow to end", "hours": "1.5", "trainer_named": "Ana, city mediation"}
    return said | {"question": "How sure are you?", "version": 1} | counts | changes


def test_a_workshop_is_written_beside_its_event_and_read_on_its_page(event, staff, sign_in):
    client = sign_in(staff.lead)
    assert place(event) in client.get(event.get_absolute_url()).content.decode()
    assert client.post(place(event), typed([9, 6, 4, 1, 0], [0, 2, 5, 8, 5])).status_code == 302
    workshop = Workshop.objects.get()
    assert (workshop.before, workshop.after, str(workshop.hours)) == ([9, 6, 4, 1, 0], [0, 2, 5, 8, 5], "1.5")
    page = sign_in(staff.colleague).get(event.get_absolute_url()).content.decode()
    for told in ("How to begin<br>How to end", "Ana, city mediation", "1.9 on average, of 20 answers", "Rose by 1.9"):
        assert told in page


def test_residents_read_nothing_of_it(event, staff, sign_in, client):
    sign_in(staff.lead).post(place(event), typed([9] * 5, [9] * 5))
    page = client.get(event.public_url).content.decode()
    assert "How to begin" not in page
    assert "Ana, city mediation" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("lead", 200), ("supervisor", 200), ("coordinator", 200), ("colleague", 403), ("analyst", 404)]
)
def test_it_is_written_by_those_who_make_the_event_happen(event, staff, sign_in, who, status):
    assert sign_in(getattr(staff, who)).get(place(event)).status_code == status


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outline": ""}, "Enter what is taught"),
        ({"hours": ""}, "Enter how many hours"),
        ({"hours": "0"}, "greater than or equal to 0.1"),
        ({"hours": "-1"}, "greater than or equal to 0.1"),
        ({"question": "", "before_1": "3"}, "Enter the question"),
        ({"before_1": "-3"}, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_sense_is_not_saved(event, staff, sign_in, changes, told):
    answer = sign_in(staff.lead).post(place(event), typed(**changes))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Workshop.objects.exists()


def test_one_trainer_at_a_time(event, staff, sign_in):
    answer = sign_in(staff.lead).post(place(event), typed(trainer=staff.colleague.pk))
    assert "not both" in answer.content.decode()
    with pytest.raises(IntegrityError, match="one_trainer"), transaction.atomic():
        Workshop.objects.create(event=event, outline="x", hours=1, trainer=staff.lead, trainer_named="Ana")
    with pytest.raises(IntegrityError, match="workshop_hours"), transaction.atomic():
        Workshop.objects.create(event=event, outline="x", hours=0)


def test_the_second_of_two_edits_is_told(event, staff, sign_in):
    client = sign_in(staff.lead)
    client.post(place(event), typed())
    assert client.post(place(event), typed(outline="First")).status_code == 302
    assert client.post(place(event), typed(outline="Second")).status_code == 409
    assert Workshop.objects.get().outline == "First"


def test_answers_are_taken_away_again(event, staff, sign_in):
    client = sign_in(staff.lead)
    client.post(place(event), typed([1] * 5, [1] * 5))
    assert client.post(place(event), typed()).status_code == 302
    assert (Workshop.objects.get().before, Workshop.objects.get().after) == ([], [])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([0, 0, 5, 0, 0], [0, 0, 0, 0, 5], "Cannot tell if it changed: too few answers."),
        ([5, 5, 5, 5, 5], [5, 5, 5, 5, 6], "Cannot tell if it changed."),
        ([9, 6, 4, 1, 0], [0, 2, 5, 8, 5], "Rose by 1.9 (between 1.4 and 2.5)"),
        ([0, 2, 5, 8, 5], [9, 6, 4, 1, 0], "Fell by 1.9 (between 1.4 and 2.5)"),
    ],
)
def test_no_more_is_said_than_the_answers_allow(before, after, told):
    assert teaching.verdict(shift(before, after)) == told


def test_a_trainer_is_found_told_and_forgotten(event, staff, sign_in):
    sign_in(staff.lead).post(place(event), typed(trainer_named="Ana Lima"))
    [found] = program_people.find(Sought(name="ana lima"))
    assert (found.reference, found.object_type) == (event.reference, "events.event")
    [section] = program_people.bundle([found.key])
    assert "Ana Lima" in str(section)
    touched = program_people.erase([found.key], by=staff.records_officer)
    assert list(touched) == [Workshop]
    assert Workshop.objects.get().trainer_named == ""
