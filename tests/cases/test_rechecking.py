"""What is planned follows the gate: whoever closes it again calls off what would bring the sides together."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, belonging, merging, scheduling
from cases.models import Case, Party, Session, Wording
from cases.tasks import check_meetings_ahead
from notices.models import Notice, Task
from notices.tasks import deliver_due
from tests.cases.test_parts import edit
from tests.factories.cases import FacilitatorFactory, PartyFactory, SessionFactory, book
from tests.factories.readiness import consented, declared, make_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(case):
    """Two sides; the responding one is a minor whose guardian consented."""
    sides = PartyFactory(case=case), PartyFactory(case=case, responding=True, is_minor=True)
    facilitator = make_ready(case)
    guardian = PartyFactory(case=case, role="guardian", beside=sides[1])
    consented(sides[1], facilitator.user, guardian=guardian)
    return *sides, guardian


def state(session):
    return Session.objects.get(pk=session.pk).state


def gate_tasks(case):
    return Task.objects.open().filter(ref=case.reference, key__startswith="cases.gate:")


def post(client, name, case, *parts, **posted):
    return client.post(reverse(f"cases:{name}", args=[case.reference, *parts]), posted, follow=True)


# What closes the gate after the booking ----------------------------------------------------------------------
def add_a_side(client, case, ready):
    person = {"contact-name": "Came Later", "contact-language": "en", "contact-no_safe_phone": "on"}
    return post(client, "party_add", case, **person, **{"party-role": "responding"})


def make_a_minor(client, case, ready):
    edit(client, ready[0], **{"party-is_minor": "on"})


def take_out_the_guardian(client, case, ready):
    return post(client, "party_remove", case, ready[2].handle)


def recast_the_guardian(client, case, ready):
    edit(client, ready[2], **{"party-role": "supporter"})


def end_the_facilitator(client, case, ready):
    return post(client, "facilitator_end", case, case.facilitators.serving().get().handle)


def step_back(client, case, ready):
    declared(case.facilitators.serving().get(), ready[0], "recused", serious=True)


def merge_another_in(client, case, ready):
    other = PartyFactory(case__area=case.area, case__opened_by=case.opened_by, responding=True)
    merging.merge(duplicate=other.case, kept=case, reason="The same quarrel", by=case.assigned_to)


CLOSING = [
    add_a_side, make_a_minor, take_out_the_guardian, recast_the_guardian, end_the_facilitator, step_back,
    merge_another_in,
]  # fmt: skip


# The pages that show what follows at once.
SAID = [add_a_side, take_out_the_guardian, end_the_facilitator]


@pytest.mark.parametrize("kind", ["joint", "caucus"])
@pytest.mark.parametrize("close", CLOSING)
def test_what_closes_the_gate_calls_off_what_brings_the_sides_together(case, ready, staff, sign_in, close, kind):
    together, alone = book(case, ready[:2], kind), book(case, ready[:1], "coaching", clock=time(17))
    for_sides = Notice.objects.filter(ref=together.reference, kind="cases.session")
    for_sides.update(state="sent", sent_at=timezone.now(), ended_at=timezone.now())
    answer = close(sign_in(staff.assigned), case, ready)

    assert (state(together), state(alone)) == ("canceled", "planned")
    # Whoever was told of it by a message is told by one that it is off; the minor was told by nobody but us.
    told = Notice.objects.filter(kind="cases.session_changed", ref=together.reference)
    assert {notice.contact for notice in told} <= {ready[0].contact}
    if close in SAID:
        assert "1 joint session was called off." in answer.content.decode()
    case.refresh_from_db()
    assert case.state == Case.State.SCREENING


def need_an_interpreter(client, case, ready, staff):
    edit(client, ready[0], **{"party-needs_interpreter": "on"})


def publish_a_text_and_edit(client, case, ready, staff):
    Wording(kind="notice", language="en", body="Another text").publish(by=staff.coordinator)
    edit(client, ready[0], **{"party-access_needs": "A lift"})


def age_a_declaration_and_edit(client, case, ready, staff):
    ready[0].declarations.update(at=timezone.now() - timedelta(days=31))
    edit(client, ready[0], **{"party-access_needs": "A lift"})


@pytest.mark.parametrize("lapse", [need_an_interpreter, publish_a_text_and_edit, age_a_declaration_and_edit])
def test_what_is_not_done_yet_or_has_lapsed_is_owed_and_calls_nothing_off(case, ready, staff, sign_in, lapse):
    together = book(case, ready[:2])
    lapse(sign_in(staff.assigned), case, ready, staff)

    assert state(together) == "planned"
    [task] = gate_tasks(case)
    assert (task.owner, task.link) == (staff.assigned, f"{case.get_absolute_url()}#gate")


def test_what_was_owed_is_done_once_the_gate_is_open_again(case, ready, staff, sign_in):
    book(case, ready[:2])
    age_a_declaration_and_edit(sign_in(staff.assigned), case, ready, staff)
    assert gate_tasks(case).exists()
    declared(case.facilitators.serving().get(), ready[0])

    assert not gate_tasks(case).exists()


def test_what_has_nothing_to_do_with_the_gate_leaves_it_alone(case, ready, staff, sign_in):
    together, client = book(case, ready[:2]), sign_in(staff.assigned)
    supporter = PartyFactory(case=case, role="supporter", beside=ready[0])
    edit(client, ready[0], **{"party-access_needs": "A lift"})
    post(client, "party_remove", case, supporter.handle)

    assert state(together) == "planned"
    assert not gate_tasks(case).exists()


def test_a_co_facilitator_who_leaves_calls_nothing_off(case, ready, staff):
    other = FacilitatorFactory(case=case, user=staff.other_mediator, part="co")
    for party in ready[:2]:
        declared(other, party)
    together = book(case, ready[:2])
    belonging.dismiss(facilitator=other, by=staff.assigned)

    assert state(together) == "planned"


def test_what_took_place_is_recorded_and_not_called_off(case, ready, staff):
    begun = timezone.now() - timedelta(hours=3)
    past = SessionFactory(case=case, kind="joint", parties=ready[:2], starts_at=begun, day=begun.date())
    consented(ready[0], staff.facilitator, answer="declined")
    case.note_violence(by=staff.assigned)
    actions.keep_apart(case, staff.assigned)

    assert state(past) == "planned"


@pytest.mark.parametrize(("kind", "asked", "owed"), [("caucus", 2, True), ("caucus", 1, False), ("call", 2, False)])
def test_the_sweep_looks_at_the_meeting_and_not_at_its_name(case, staff, kind, asked, owed):
    sides = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    SessionFactory(case=case, kind=kind, parties=sides[:asked])
    for _again in range(2):
        check_meetings_ahead()

    assert gate_tasks(case).count() == int(owed)


# Minors ------------------------------------------------------------------------------------------------------
def for_people(session):
    return Notice.objects.filter(ref=session.reference, kind__in=["cases.session", "cases.session_changed"])


def by_hand(session, what):
    return Task.objects.open().filter(key__startswith=f"cases.tell:{session.reference}:{what}")


def test_a_minor_gets_no_reminder_and_is_told_by_a_person(case, ready, staff):
    call = book(case, ready[:2], "call")

    assert {notice.contact for notice in for_people(call)} == {ready[0].contact}
    [task] = by_hand(call, "v0:minor")
    assert (task.owner, str(ready[1]) in task.text) == (staff.assigned, False)
    kept = {name: getattr(call, name) for name in ("day", "minutes", "venue", "place")}
    scheduling.move_session(session=call, by=staff.assigned, seen=0, clock=time(16), **kept)
    assert [task.key for task in by_hand(call, "v")] == [f"cases.tell:{call.reference}:v1:minor"]
    scheduling.cancel_session(session=call, reason="The line is down", by=staff.assigned)
    assert [task.key for task in by_hand(call, "")] == [f"cases.tell:{call.reference}:off:{ready[1].handle}"]


def test_who_turns_out_to_be_a_minor_gets_none_of_the_messages_that_wait(case, staff, sign_in, mailoutbox):
    adults = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    call = book(case, adults, "call")
    edit(sign_in(staff.assigned), adults[1], **{"party-is_minor": "on", "contact-may_email": "on",
         "contact-email": adults[1].contact.email, "contact-agreed": "on"})  # fmt: skip
    Notice.objects.filter(ref=call.reference).update(due_at=timezone.now())
    deliver_due()

    assert {tuple(mail.to) for mail in mailoutbox} == {(adults[0].contact.email,)}
    assert set(for_people(call).filter(contact=adults[1].contact).values_list("state", flat=True)) == {"void"}
    assert by_hand(call, "v0:minor").exists()


def test_whether_somebody_is_a_minor_is_asked_when_it_is_sent(case, mailoutbox):
    adults = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    call = book(case, adults, "call")
    Party.objects.filter(pk=adults[1].pk).update(is_minor=True)
    Notice.objects.filter(ref=call.reference).update(due_at=timezone.now())
    deliver_due()

    assert {tuple(mail.to) for mail in mailoutbox} == {(adults[0].contact.email,)}


def test_who_is_no_minor_after_all_is_reminded(case, ready, staff, sign_in):
    call = book(case, ready[:2], "call")
    edit(sign_in(staff.assigned), ready[1], **{"party-is_minor": "", "contact-may_email": "on",
         "contact-email": ready[1].contact.email, "contact-agreed": "on"})  # fmt: skip

    assert for_people(call).waiting().filter(contact=ready[1].contact).count() == 2
    assert for_people(call).waiting().filter(contact=ready[0].contact).count() == 2


def test_after_a_mistaken_sign_of_violence_a_minor_is_still_told_by_hand(case, ready, staff, sign_in):
    call, client = book(case, ready[:2], "call"), sign_in(staff.assigned)
    fields = {
        "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
        "area": case.area_id, "risk": case.risk, "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    for ticked in ({"violence_indicated": "on"}, {}):
        case.refresh_from_db()
        post(client, "case_edit", case, **fields, **ticked, version=case.version)

    assert [task.key for task in by_hand(call, "v")] == [f"cases.tell:{call.reference}:v0:minor"]
