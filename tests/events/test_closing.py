"""At the door and afterwards: the count, the close-out, what was raised, what was promised."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from events import actions, closing, owed
from events.models import CloseOut, Event, Promise, Raised, Tap
from notices.escalation import escalate_overdue
from notices.models import Task
from tests.factories.events import PartFactory
from tests.racing import race

STATES = Event.State


def address(name, event, *more):
    return reverse(f"events:{name}", args=[event.reference, *more])


def press(age="adult", visit="new", key=None):
    return {"key": str(key or uuid.uuid4()), "age": age, "visit": visit}


@pytest.fixture
def event(make_event):
    return make_event(published=True, begun=True)


@pytest.fixture
def client(staff, sign_in):
    return sign_in(staff.lead)


# The door ------------------------------------------------------------------------------------------------------------
def test_each_press_counts_one_person(event, client):
    for posted in (press(), press(), press("youth", "returning")):
        assert client.post(address("event_tally", event), posted).url == address("event_tally", event)
    counts = closing.counts(event)
    assert (counts["adults_new"], counts["youth_returning"], sum(counts.values())) == (2, 1, 3)
    assert "Came so far: 3" in client.get(address("event_tally", event)).content.decode()


def test_a_press_sent_twice_counts_once(event, client):
    posted = press()
    for _again in range(3):
        answer = client.post(address("event_tally", event), posted, headers={"Accept": "application/json"})
        assert answer.json()["adults_new"] == 1
    assert Tap.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_press_that_arrives_many_times_at_once_counts_once(event, staff):
    key = uuid.uuid4()

    def arrive():
        closing.tap(event=Event.objects.get(pk=event.pk), key=key, age="adult", visit="new", by=staff.lead)

    race([arrive] * 8)
    assert Tap.objects.count() == 1


def test_a_key_of_another_event_is_refused(event, client, make_event):
    posted = press()
    client.post(address("event_tally", make_event(planned=True)), posted)
    assert client.post(address("event_tally", event), posted).status_code == 400
    assert Tap.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"age": "old"}, {"visit": ""}, {"key": "no"}, {}])
def test_a_press_that_makes_no_sense_counts_nobody(event, client, wrong):
    posted = press() | wrong if wrong else {}
    assert client.post(address("event_tally", event), posted).status_code == 422
    assert not Tap.objects.exists()


@pytest.mark.parametrize("state", [STATES.DRAFT, STATES.CANCELED, STATES.POSTPONED, STATES.CLOSED_OUT])
def test_nobody_is_counted_into_what_does_not_take_place(event, client, staff, state):
    gone = {"canceled_at": timezone.now(), "canceled_by": staff.lead} if state == STATES.CANCELED else {}
    Event.objects.filter(pk=event.pk).update(state=state, **gone)
    assert client.get(address("event_tally", event)).status_code == 409
    assert client.post(address("event_tally", event), press()).status_code == 409
    assert not Tap.objects.exists()


def test_the_last_press_of_oneself_is_taken_back(event, client, staff, sign_in):
    sign_in(staff.helper).post(address("event_tally", event), press())
    client.post(address("event_tally", event), press("youth"))
    client.post(address("tally_undo", event))
    client.post(address("tally_undo", event))
    assert [tap.by for tap in Tap.objects.all()] == [staff.helper]


# The close-out -------------------------------------------------------------------------------------------------------
def closed(**typed):
    zeros = dict.fromkeys(CloseOut.COUNTS, "0")
    return (
        zeros | {"adults_new": "12", "youth_returning": "3", "conversations": "7", "next_time": "More chairs"} | typed
    )


def test_a_close_out_begins_with_what_was_counted(event, client):
    client.post(address("event_tally", event), press())
    client.post(address("event_tally", event), press("youth", "unknown"))
    form = client.get(address("event_close_out", event)).context["form"]
    assert (form["adults_new"].value(), form["youth_unknown"].value(), form["adults_unknown"].value()) == (1, 1, 0)


def test_what_became_of_it_is_written_down_once(event, client):
    part = PartFactory(event=event)
    posted = closed(cost="45.50", photos="on", organizations=[part.organization_id])
    assert client.post(address("event_close_out", event), posted).status_code == 302
    row = CloseOut.objects.get()
    assert (row.attended, row.cost, row.photos, list(row.organizations.all())) == (
        15, Decimal("45.50"), True, [part.organization],
    )  # fmt: skip
    event.refresh_from_db()
    assert event.state == STATES.CLOSED_OUT
    page = client.get(address("event_detail", event)).content.decode()
    assert "More chairs" in page
    assert client.post(address("event_close_out", event), posted).status_code == 409
    assert set(AuditEntry.objects.filter(object_type="events.event").values_list("act", flat=True)) >= {
        "event.held", "event.closed_out",
    }  # fmt: skip


def test_an_event_that_has_not_begun_is_not_closed_out(make_event, client):
    event = make_event(published=True)
    assert client.post(address("event_close_out", event), closed()).status_code == 409
    assert not CloseOut.objects.exists()


@pytest.mark.parametrize(
    "typed", [{"adults_new": "-1"}, {"adults_new": "40000"}, {"cost": "-1"}, {"conversations": ""}]
)
def test_a_close_out_that_makes_no_sense_is_not_kept(event, client, typed):
    assert client.post(address("event_close_out", event), closed(**typed)).status_code == 200
    assert not CloseOut.objects.exists()


def test_a_close_out_is_asked_for_and_the_supervisor_told(make_event, staff, client):
    event = make_event()
    actions.plan(event=event, by=staff.lead)
    task = Task.objects.get(key__startswith="events.close_out:")
    assert (task.owner, task.due_at - event.ends_at) == (staff.lead, timedelta(days=2))
    assert task.escalate_at - event.ends_at == timedelta(days=7)

    Task.objects.filter(pk=task.pk).update(escalate_at=timezone.now() - timedelta(minutes=1))
    escalate_overdue()
    assert Task.objects.filter(key__startswith="escalated:events.close_out", owner=staff.supervisor).exists()

    Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(hours=3))
    assert client.post(address("event_close_out", event), closed()).status_code == 302
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_a_canceled_event_is_not_asked_about(make_event, staff):
    event = make_event()
    actions.plan(event=event, by=staff.lead)
    actions.cancel(event=event, by=staff.lead)
    assert not Task.objects.open().filter(ref=event.reference).exists()


# Raised and promised -------------------------------------------------------------------------------------------------
def test_what_was_raised_is_owed_an_answer(event, client, staff):
    client.post(address("raised_note", event), {"what": "No light on Test Street", "voices": "4"})
    row = Raised.objects.get()
    assert (row.voices, row.by) == (4, staff.lead)
    task = Task.objects.open().get(key__startswith="events.raised:")
    assert task.words == "Raised at the event, see to an answer: No light on Test Street"
    assert "4 people said so" in client.get(address("event_detail", event)).content.decode()


def test_a_promise_is_reminded_of_until_it_is_kept(event, client, staff, sign_in):
    posted = {"what": "A lamp on Test Street", "who": staff.colleague.pk, "due_on": timezone.localdate().isoformat()}
    client.post(address("promise_make", event), posted)
    promise = Promise.objects.get()
    task = Task.objects.open().get(key__startswith="events.promise:")
    assert (task.owner, timezone.localdate(task.due_at)) == (staff.colleague, promise.due_on)

    actions_of_colleague = sign_in(staff.colleague)
    ended = {"kept": "yes", "said": "It shines since Tuesday"}
    assert actions_of_colleague.post(address("promise_end", event, promise.handle), ended).status_code == 302
    promise.refresh_from_db()
    task.refresh_from_db()
    assert (promise.state, promise.ended_by, task.state) == ("kept", staff.colleague, Task.State.DONE)
    assert client.post(address("promise_end", event, promise.handle), ended).status_code == 409


def test_a_promise_stays_with_whoever_made_it_when_somebody_else_leads_the_event(event, staff):
    row = Promise(event=event, what="A lamp", who=staff.colleague, due_on=timezone.localdate())
    closing.promise(row=row, by=staff.lead)
    event.lead = staff.helper
    owed.hand_over(event)
    assert Task.objects.open().get(key__startswith="events.promise:").owner == staff.colleague


def test_a_canceled_event_leaves_its_promises_owed(make_event, staff):
    event = make_event(planned=True)
    row = Promise(event=event, what="A lamp", who=staff.lead, due_on=event.day)
    closing.promise(row=row, by=staff.lead)
    actions.cancel(event=event, by=staff.lead)
    assert Task.objects.open().filter(key__startswith="events.promise:").exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("colleague", 302), ("lead", 302), ("supervisor", 302), ("supervisor_elsewhere", 403), ("analyst", 404)],
)
def test_who_may_say_what_came_of_a_promise(event, staff, sign_in, who, status):
    promise = Promise.objects.create(event=event, what="A lamp", who=staff.colleague, due_on=timezone.localdate())
    posted = {"kept": "no", "said": "The street is not ours; the city was told"}
    assert (
        sign_in(getattr(staff, who)).post(address("promise_end", event, promise.handle), posted).status_code == status
    )


def test_nobody_promises_for_a_day_before_the_event(event, client, staff):
    day = (event.day - timedelta(days=1)).isoformat()
    posted = {"what": "A lamp", "who": staff.lead.pk, "due_on": day}
    assert "Enter a day after the event" in client.post(address("promise_make", event), posted).content.decode()
    assert not Promise.objects.exists()
