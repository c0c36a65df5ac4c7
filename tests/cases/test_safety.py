"""What keeps the sides of a case apart: refusals on record, and a sign of violence that comes after the booking."""

import uuid
from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from areas.models import Booking
from cases import actions, scheduling
from cases.forms import CaseForm
from cases.models import Case, Consent
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Notice, Task
from tests.factories.areas import VenueFactory
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory, book
from tests.factories.readiness import make_ready, screened

SOON = timedelta(days=5)


@pytest.fixture
def ready(case):
    sides = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    make_ready(case)
    return sides


def edit(client, case, **changed):
    fields = {
        "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
        "area": case.area_id, "risk": case.risk, "version": case.version,
        "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    return client.post(reverse("cases:case_edit", args=[case.reference]), fields | changed, follow=True)


def refusals():
    return list(AuditEntry.objects.filter(kind="refusal").values_list("act", "reference", "actor", "facts"))


# Refusals ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_refused_joint_session_is_on_record_once(open_case, staff, sign_in, keyed, sealed):
    case = open_case(sealed=sealed)
    parties = [PartyFactory(case=case), PartyFactory(case=case, responding=True)]
    posted = {
        "kind": "joint", "day": (timezone.localdate() + SOON).isoformat(), "clock": "14:00", "minutes": 90,
        "place": "x",
        "parties": [party.pk for party in parties],
    }  # fmt: skip
    posted |= {"idempotency_key": str(uuid.uuid4())} if keyed else {}
    answer = sign_in(staff.assigned).post(reverse("cases:session_book", args=[case.reference]), posted)

    assert answer.status_code == 409
    facts = {"missing": 10} | ({"sealed": True} if sealed else {})
    assert refusals() == [("session.refuse", case.reference, staff.assigned.email, facts)]


def test_a_refused_move_is_on_record_once(case, staff, ready, sign_in):
    session = book(case, ready, "joint")
    Consent.objects.filter(party=ready[0]).update(answer="declined")
    posted = {"seen": 0, "day": session.day.isoformat(), "clock": "15:00", "minutes": 60, "place": "Room 2"}
    address = reverse("cases:session_move", args=[case.reference, session.reference])

    assert sign_in(staff.assigned).post(address, posted).status_code == 409
    assert [act for act, *_rest in refusals()] == ["session.refuse"]


def test_a_booking_that_goes_through_is_no_refusal(case, ready):
    book(case, ready, "joint")

    assert refusals() == []


# Violence that is noted after the booking ------------------------------------------------------------------------
def test_a_sign_of_violence_calls_off_what_brings_the_sides_together(case, staff, ready, sign_in):
    venue = VenueFactory()
    joint = book(case, ready, "joint", venue=venue)
    call = book(case, ready[:1], "call", clock=time(18, 0))
    page = edit(sign_in(staff.assigned), case, violence_indicated="on").content.decode()

    joint.refresh_from_db()
    call.refresh_from_db()
    assert (joint.state, joint.canceled_by, call.state) == ("canceled", staff.assigned, "planned")
    assert not Booking.objects.filter(venue=venue).exists()
    assert not Notice.objects.waiting().filter(ref=joint.reference).exists()
    assert "No message says so: tell each party." in page
    told = Task.objects.open().filter(key__startswith=f"cases.tell:{joint.reference}:off:")
    assert {(task.owner, task.link.partition("?")[2]) for task in told} == {
        (staff.assigned, f"party={party.handle}") for party in ready
    }
    assert all(task.escalate_at == task.due_at + timedelta(hours=4) for task in told)
    assert Task.objects.open().filter(key=f"cases.tell:{call.reference}:v0").exists()


def offers(case):
    return Task.objects.open().filter(key__startswith=f"cases.help:{case.reference}:")


def test_whoever_may_be_in_danger_is_offered_help_by_a_person(case, staff, ready, sign_in, settings):
    client, line = sign_in(staff.assigned), settings.AGENCY["survivor_line"]
    assert line not in client.get(case.get_absolute_url()).content.decode()
    edit(client, case, violence_indicated="on")

    [task] = offers(case)
    assert (task.owner, task.escalate_at) == (staff.assigned, task.due_at + timedelta(days=1))
    assert line in client.get(case.get_absolute_url()).content.decode()
    assert not Notice.objects.waiting().filter(kind__startswith="cases.", owner=staff.assigned).exists()


def test_a_screening_and_a_new_case_ask_for_the_offer_too_and_a_mistake_takes_it_back(case, staff, ready, sign_in):
    screened(ready[0], staff.facilitator, result="not_suitable", partner_violence=True)
    assert offers(case).count() == 1
    wanted = CaseFactory.build(area=case.area, opened_by=staff.opener, violence_indicated=True)
    new = actions.open_case(case=wanted, by=staff.opener)
    assert offers(new).count() == 1
    edit(sign_in(staff.opener), new)
    assert not offers(new).exists()
    assert offers(case).count() == 1


@pytest.mark.parametrize("who", ["assigned", "opener", "supervisor", "facilitator"])
def test_what_a_screening_told_is_taken_back_by_another_screening_alone(case, staff, ready, sign_in, who):
    screened(ready[0], staff.facilitator, result="not_suitable", partner_violence=True)
    # Screening the other side does not answer for the one who told it.
    screened(ready[1], staff.facilitator)
    client = sign_in(getattr(staff, who))
    case.refresh_from_db()
    page = edit(client, case).content.decode()

    assert "A facilitator must ask again before this can be taken back" in page
    assert str(ready[0]) not in page
    case.refresh_from_db()
    assert case.violence_indicated
    assert offers(case).exists()
    screened(ready[0], staff.facilitator, result="not_suitable")
    edit(client, case)
    case.refresh_from_db()
    assert not case.violence_indicated
    assert not offers(case).exists()


def test_who_left_the_case_holds_no_sign_of_it(case, staff, ready, sign_in):
    screened(ready[0], staff.facilitator, result="not_suitable", partner_violence=True)
    ready[0].leave(by=staff.assigned)
    case.refresh_from_db()
    edit(sign_in(staff.assigned), case)

    case.refresh_from_db()
    assert not case.violence_indicated


def test_a_sign_that_is_told_while_it_is_being_taken_back_stays(case, staff, ready):
    case.note_violence(by=staff.assigned)
    form = CaseForm(
        {
            "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
            "area": case.area_id, "risk": case.risk, "version": case.version,
            "received_on": timezone.localdate().isoformat(),
        },
        instance=Case.objects.get(pk=case.pk), user=staff.assigned, sources_url="/",
    )  # fmt: skip
    assert form.is_valid()
    screened(ready[0], staff.facilitator, result="not_suitable", partner_violence=True)

    with pytest.raises(MoveNotAllowed, match="must ask again"):
        actions.edit_case(form=form, by=staff.assigned)
    assert Case.objects.get(pk=case.pk).violence_indicated


@pytest.mark.parametrize("was_reminded", [False, True])
def test_no_message_and_no_word_gives_away_why(case, staff, ready, sign_in, was_reminded):
    joint = book(case, ready, "joint")
    if was_reminded:
        sent = Notice.objects.filter(ref=joint.reference, kind="cases.session")
        sent.update(state=Notice.State.SENT, sent_at=timezone.now(), ended_at=timezone.now())
    edit(sign_in(staff.assigned), case, violence_indicated="on")

    assert not Notice.objects.filter(kind="cases.session_changed").exists()
    joint.refresh_from_db()
    words = [joint.cancel_reason, *Task.objects.filter(ref=case.reference).values_list("text", flat=True)]
    assert Task.objects.open().filter(key__contains=":off:").count() == 2
    assert not [text for text in words if "violence" in text.lower()]


@pytest.mark.parametrize(("kind", "state"), [("circle", "canceled"), ("coaching", "canceled"), ("shuttle", "planned")])
def test_it_is_the_meeting_that_counts_and_not_its_name(case, staff, ready, sign_in, kind, state):
    session = SessionFactory(case=case, kind=kind, parties=ready)
    edit(sign_in(staff.assigned), case, violence_indicated="on")

    session.refresh_from_db()
    assert session.state == state


def test_a_mistaken_sign_brings_no_canceled_meeting_back(case, staff, ready, sign_in):
    joint, client = book(case, ready, "joint"), sign_in(staff.assigned)
    edit(client, case, violence_indicated="on")
    case.refresh_from_db()
    edit(client, case)

    joint.refresh_from_db()
    assert joint.state == "canceled"
    assert not Notice.objects.waiting().filter(ref=joint.reference).exists()
    assert Task.objects.open().filter(key__contains=":off:").count() == 2


def test_canceling_in_such_a_case_leaves_nobody_untold(case, staff, ready):
    """No message told them of it, the officer did; so the officer tells them that it is off."""
    case.violence_indicated = True
    case.save()
    call = book(case, ready[:1], "call")
    scheduling.cancel_session(session=call, reason="The line is down", by=staff.assigned)

    told = Task.objects.open().filter(key__startswith=f"cases.tell:{call.reference}")
    assert [task.key for task in told] == [f"cases.tell:{call.reference}:off:{ready[0].handle}"]


def test_another_edit_of_such_a_case_calls_nothing_off(case, staff, ready, sign_in):
    joint = book(case, ready, "joint")
    edit(sign_in(staff.assigned), case, title="Another short name")

    joint.refresh_from_db()
    assert joint.state == "planned"
    assert Notice.objects.waiting().filter(ref=joint.reference).exists()
