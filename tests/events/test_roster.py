"""Who registered, as those read it who make the event happen; what is kept about them, and for how long."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core import history, privacy, retention
from core.models import AuditEntry, LegalHold
from core.privacy import Sought
from core.states import MoveNotAllowed
from events import actions, people, registering
from events.models import Event, Registration
from notices.models import Contact, Notice, Task
from notices.stop import stop_contact
from tests.events.test_registering import in_state, typed
from tests.factories.events import RegistrationFactory

pytestmark = pytest.mark.django_db
State = Registration.State
PURGE = pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
PAGES = ("list", "print", "add", "export")
NEUTRAL = "By e-mail; Neutral sender and subject"


@pytest.fixture
def event(make_event):
    return make_event(published=True, registers=True, capacity=4)


def address(name, event, *more):
    return reverse(f"events:registration_{name}", args=[event.reference, *more])


def acts_of(event):
    return list(AuditEntry.objects.filter(reference=event.reference).order_by("id").values_list("act", flat=True))


# Who reads names -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200), ("maker", 200), ("helper", 200), ("supervisor", 200), ("coordinator", 200), ("colleague", 403),
        ("supervisor_elsewhere", 403), ("analyst", 404), ("mediator", 404), ("records_officer", 404),
    ],
)  # fmt: skip
def test_names_are_for_those_who_make_it_happen(event, staff, sign_in, who, status):
    place = RegistrationFactory(event=event, contact__name="Ana Canary")
    client = sign_in(getattr(staff, who))
    assert {client.get(address(name, event)).status_code for name in PAGES} == {status}
    for name in ("change", "cancel"):
        assert client.get(address(name, event, place.handle)).status_code == status
    for name in ("offer", "accept"):
        done = client.post(address(name, event, place.handle)).status_code
        assert done == (status if status != 200 else {"offer": 409, "accept": 302}[name])


def test_others_of_the_unit_see_how_many_come_and_nobody_by_name(event, staff, sign_in):
    RegistrationFactory(event=event, contact__name="Ana Canary", adults=2, children=1)
    RegistrationFactory(event=event, contact__name="Ben Canary", waiting=True)
    page = sign_in(staff.colleague).get(event.get_absolute_url()).content.decode()
    assert "3 people, 1 registration" in page
    assert "1 person, 1 registration" in page
    assert "Canary" not in page
    assert address("list", event) not in page


def test_each_reading_of_names_is_an_opening_of_the_event(event, staff, sign_in):
    place = RegistrationFactory(event=event)
    client = sign_in(staff.lead)
    for name in PAGES:
        client.get(address(name, event))
    for name in ("change", "cancel"):
        client.get(address(name, event, place.handle))
    assert acts_of(event).count("event.open") == 4
    opened = AuditEntry.objects.filter(act="event.open").values_list("kind", "actor")
    assert set(opened) == {("consultation", staff.lead.audit_name)}


def test_the_list_shows_who_comes_what_they_need_and_what_can_be_done(event, staff, sign_in):
    RegistrationFactory(event=event, contact__name="Ana", adults=2, children=1, needs=["hearing", "quiet"])
    RegistrationFactory(
        event=event, contact__name="Ben", contact__language="so", waiting=True, needs=["hearing"], needs_note="A seat"
    )
    RegistrationFactory(event=event, unreached=True, offered=True)
    answer = sign_in(staff.lead).get(address("list", event))
    page = answer.content.decode()
    for told in ("Ana", "3, with 1 child", "Help with hearing, A quiet place to sit", "Ben", "Somali", "A seat"):
        assert told in page
    for told in ("Without a name", "They do not want to be contacted", "4 places in all, 0 free"):
        assert told in page
    assert f'<p class="muted">{event.title}</p>' in page
    assert dict(answer.context["needs"])["Help with hearing"] == 2
    assert [row.called for row in answer.context["rows"]] == ["", "Ben", "Ana"]
    assert [(row.may_offer, row.may_accept) for row in answer.context["rows"]] == [
        (False, True), (False, False), (False, False),
    ]  # fmt: skip


# What staff do -------------------------------------------------------------------------------------------------------
def test_who_calls_is_written_down_and_told_their_code(event, staff, sign_in):
    client = sign_in(staff.lead)
    answer = client.post(address("add", event), typed(called="Ana", way="call", phone="206-555-0123"))

    place = event.registrations.get()
    assert answer.url == address("change", event, place.handle)
    assert (place.state, place.made_by, place.contact.may_call) == (State.CONFIRMED, staff.lead, True)
    assert place.code in client.get(answer.url).content.decode()
    session = client.session
    assert place.code not in str(dict(session.items()))
    assert AuditEntry.objects.get(act="registration.begin").actor == staff.lead.audit_name


def test_who_was_asked_has_no_place_until_they_say_so(event, staff, sign_in):
    client = sign_in(staff.lead)
    client.post(address("add", event), typed(adults="4", asked="on"))
    place = event.registrations.get()
    assert (place.state, registering.room_of(event).taken) == (State.PENDING, 0)

    client.post(address("accept", event, place.handle))
    place.refresh_from_db()
    assert place.state == State.CONFIRMED


def test_nobody_is_added_to_what_is_over_or_does_not_register(make_event, staff, sign_in):
    client = sign_in(staff.lead)
    for traits in ({"published": True}, {"published": True, "registers": True, "begun": True}, {"registers": True}):
        event = make_event(**traits)
        assert client.post(address("add", event), typed()).status_code == 409
    assert not Registration.objects.exists()


def test_staff_add_people_to_an_event_that_only_invited_people_know(make_event, staff, sign_in):
    event = make_event(planned=True, access="invited", registers=True, capacity=1)
    client = sign_in(staff.lead)
    for _each in range(2):
        client.post(address("add", event), typed())
    assert [len(in_state(event, state)) for state in (State.CONFIRMED, State.WAITING)] == [1, 1]


def test_a_place_is_offered_out_of_turn_only_where_there_is_room(event, staff, sign_in):
    RegistrationFactory(event=event, adults=2)
    first, second = (RegistrationFactory(event=event, lapsed=True, adults=adults) for adults in (3, 1))
    client = sign_in(staff.lead)
    assert client.post(address("offer", event, first.handle)).status_code == 409
    assert client.post(address("offer", event, second.handle)).status_code == 302
    assert in_state(event, State.OFFERED) == [second]
    Registration.objects.filter(pk=first.pk).update(adults=1)
    late = event.starts_at - timedelta(minutes=90)
    with time_machine.travel(late), pytest.raises(MoveNotAllowed, match="It begins too soon"):
        registering.offer(first, by=staff.lead)


def test_staff_change_and_cancel_for_others(event, staff, sign_in):
    place = RegistrationFactory(event=event, contact__email="ana@example.org")
    client = sign_in(staff.lead)
    changed = typed(adults="2", called="Ana B.", way="email", email="ana@example.org", seen="1")
    assert client.post(address("change", event, place.handle), changed).status_code == 302
    place.refresh_from_db()
    assert (place.adults, place.called) == (2, "Ana B.")
    assert client.post(address("cancel", event, place.handle)).status_code == 302
    place.refresh_from_db()
    assert place.state == State.CANCELED


def test_somebody_of_another_event_is_not_found(event, make_event, staff, sign_in):
    other = RegistrationFactory(event=make_event(published=True, registers=True))
    client = sign_in(staff.lead)
    for name in ("change", "cancel"):
        assert client.get(address(name, event, other.handle)).status_code == 404


def test_the_head_of_a_page_about_registrations_says_what_the_event_is_and_no_more(event, staff, sign_in):
    RegistrationFactory(event=event)
    client = sign_in(staff.lead)
    for name in ("list", "print"):
        assert f'<p class="muted">{event.title}</p>' in client.get(address(name, event)).content.decode()


def test_the_paper_at_the_door_holds_who_has_a_place_by_name(event, staff, sign_in):
    for name, trait in (("Zoe", {}), ("ana", {}), ("Ben", {"waiting": True}), ("Cleo", {"offered": True})):
        RegistrationFactory(event=event, contact__name=name, **trait)
    answer = sign_in(staff.lead).get(address("print", event))
    assert [row.called for row in answer.context["rows"]] == ["ana", "Cleo", "Zoe"]
    assert "@example.org" not in answer.content.decode()


def test_the_file_needs_a_reason_and_holds_no_secret(event, staff, sign_in):
    place = RegistrationFactory(event=event, contact__name="=Ana", contact__email="ana@example.org", needs=["quiet"])
    client = sign_in(staff.lead)
    assert client.post(address("export", event), {"reason": ""}).status_code == 200
    assert not AuditEntry.objects.filter(act="event.export_registrations").exists()

    answer = client.post(address("export", event), {"reason": "Name tags"})
    file = b"".join(answer.streaming_content).decode()
    assert "'=Ana" in file
    assert "ana@example.org" in file
    assert "A quiet place to sit" in file
    assert place.code not in file
    entry = AuditEntry.objects.get(act="event.export_registrations")
    assert (entry.kind, entry.facts["count"], entry.facts["reason"]) == ("disclosure", 1, "Name tags")


def test_whoever_writes_to_them_by_hand_is_told_their_rules(event, staff, sign_in):
    """Or a letter of our own making reaches the screen, or the person, that no message of ours would."""
    RegistrationFactory(event=event, contact__name="Ana", contact__neutral=True)
    RegistrationFactory(event=event, contact__name="Ben", contact__no_police=True)
    stopped = RegistrationFactory(event=event, contact__name="Cleo")
    RegistrationFactory(event=event, contact__name="Dina")
    stop_contact(stopped.contact, by=staff.lead)
    client = sign_in(staff.lead)
    shown = {row.called: row.way for row in client.get(address("list", event)).context["rows"]}
    assert shown == {"Ana": NEUTRAL, "Ben": NEUTRAL, "Cleo": "By e-mail", "Dina": "By e-mail"}

    file = client.post(address("export", event), {"reason": "Name tags"})
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert {row["Name"]: row["How they are told"] for row in rows} == {
        "Ana": NEUTRAL, "Ben": NEUTRAL, "Cleo": "By e-mail; they asked us to stop", "Dina": "By e-mail",
    }  # fmt: skip


def test_no_search_finds_who_comes(event, staff, sign_in):
    RegistrationFactory(event=event, contact__name="Anacanary", contact__email="anacanary@example.org")
    for who in (staff.lead, staff.coordinator, staff.supervisor):
        page = sign_in(who).get(reverse("desk:search"), {"q": "anacanary"}).content.decode()
        assert event.reference not in page
        assert "anacanary@example.org" not in page
    listed = sign_in(staff.lead).get(reverse("events:event_list"), {"q": "anacanary"})
    assert not listed.context["page_obj"].object_list


# How long ------------------------------------------------------------------------------------------------------------
def purge_after(event, days):
    with time_machine.travel(event.ends_at + timedelta(days=days), tick=False):
        return retention.purge()


@PURGE
def test_thirty_days_after_the_event_nothing_says_who_came_and_the_counts_stay(client, event, staff, sign_in):
    place = RegistrationFactory(
        event=event, contact__name="Ana Canary", adults=3, needs=["quiet"], needs_note="A canary seat"
    )
    waiting = RegistrationFactory(event=event, waiting=True, adults=2)
    registering.settle(event)
    purge_after(event, 29)
    place.refresh_from_db()
    assert place.contact is not None

    purge_after(event, 31)
    place.refresh_from_db()
    assert (place.contact, place.needs, place.needs_note, place.people) == (None, [], "", 3)
    assert not Contact.objects.filter(name__contains="Canary").exists()
    assert not Notice.objects.filter(ref__startswith=str(waiting.handle)).exists()
    assert not history.events_of(Contact)[0].objects.filter(name__contains="Canary").exists()
    with time_machine.travel(event.ends_at + timedelta(days=31)):
        assert client.get(place.address).status_code == 410
        assert client.post(reverse("place:place_find"), {"code": place.code}).status_code == 200
        page = sign_in(staff.lead).get(address("list", event)).content.decode()
    assert "3 people, 1 registration" in page
    assert "Nobody is on the list" in page
    assert purge_after(event, 32)[0].get(Registration) is None


@PURGE
def test_a_hold_on_the_event_keeps_who_came(event, staff):
    place = RegistrationFactory(event=event)
    hold = LegalHold(object_type="events.event", reference=event.reference, reason="A court asked")
    hold.place(by=staff.records_officer)
    purge_after(event, 31)
    place.refresh_from_db()
    assert place.contact is not None


@PURGE
def test_who_was_forgotten_while_no_new_day_was_known_keeps_no_place(event, staff):
    place = RegistrationFactory(event=event, adults=4)
    actions.postpone(event=event, by=staff.lead)
    purge_after(event, 31)
    event.refresh_from_db()
    with time_machine.travel(event.ends_at + timedelta(days=31), tick=False):
        again = {"day": timezone.localdate() + timedelta(days=9), "clock": event.clock, "minutes": 60}
        actions.reschedule(event=event, changes=again | {"seen": event.sequence}, by=staff.lead)
        place.refresh_from_db()
        assert (place.state, registering.room_of(Event.objects.get(pk=event.pk)).left) == (State.CANCELED, 4)


def test_no_history_is_kept_of_registrations():
    assert history.events_of(Registration) == []


def test_what_it_says_about_people_is_declared():
    declared = privacy.declarations[Registration]
    assert (declared.personal, declared.keep.days, declared.keep.after) == (
        ("needs", "needs_note"),
        30,
        "event__ends_at",
    )


# Requests by people --------------------------------------------------------------------------------------------------
def test_a_person_is_found_by_address_or_whole_name(event):
    place = RegistrationFactory(event=event, contact__name="Ana Lima", contact__email="Ana@example.org")
    RegistrationFactory(event=event, contact__name="Ana Limamora")
    for sought, by in (
        (Sought(email="ana@example.org"), "address"),
        (Sought(phone=place.contact.phone_e164), "address"),
        (Sought(name="ana lima"), "name"),
    ):
        [found] = people.find(sought)
        assert (found.key, found.by, found.reference, found.object_type) == (
            str(place.handle), by, event.reference, "events.event",
        )  # fmt: skip
    assert list(people.find(Sought())) == []


def test_a_copy_tells_them_what_they_told_us(event):
    place = RegistrationFactory(event=event, contact__name="Ana Lima", adults=2, needs=["quiet"], needs_note="A seat")
    RegistrationFactory(event=event, contact__name="Ben")
    [section] = people.bundle([str(place.handle)])
    said = dict(section.facts)
    assert (said["Name"], said["Adults"], said["What helps to take part"]) == (
        "Ana Lima", 2, "A quiet place to sit; A seat",
    )  # fmt: skip
    assert "Ben" not in str(section)


def test_erasing_empties_them_and_frees_their_place(event, staff):
    place = RegistrationFactory(event=event, adults=4, contact__name="Ana Lima", needs_note="A seat")
    waiting = RegistrationFactory(event=event, waiting=True)
    keys, contact = [str(place.handle)], place.contact_id
    touched = people.erase(keys, by=staff.records_officer)

    place.refresh_from_db()
    assert (place.state, place.contact, place.needs_note) == (State.CANCELED, None, "")
    assert {model: list(rows) for model, rows in touched.items()} == {Registration: [place.pk], Contact: [contact]}
    assert in_state(event, State.OFFERED) == [waiting]
    assert people.erase(keys, by=staff.records_officer) == {}


def test_a_correction_is_owed_by_whoever_leads_it(event, staff):
    place = RegistrationFactory(event=event)

    class Asked:
        reference = "R-26-AAAAA"

    people.correct([str(place.handle)], request=Asked)
    task = Task.objects.get(key__startswith="events.correct:")
    assert (task.owner, task.link) == (staff.lead, address("list", event))
