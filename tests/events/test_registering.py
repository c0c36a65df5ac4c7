"""Registering for an event: a place where there is room, a waiting list where there is none, and what becomes free."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import UniqueViolation

from core import guessing
from core.logs import JsonLines
from core.models import AuditEntry, IdempotencyKey
from core.states import MoveNotAllowed
from events import actions, flood, registering, tasks
from events.models import Event, Registration
from notices.models import Contact, Notice
from tests.factories.areas import VenueFactory
from tests.factories.events import EventFactory, RegistrationFactory, shown
from tests.proof.test_closed_account import places_of

pytestmark = pytest.mark.django_db
State = Registration.State
HOUR = timedelta(hours=1)


@pytest.fixture
def event(make_event):
    return make_event(published=True, registers=True, capacity=4)


def typed(**fields):
    """What a resident types who wants to hear nothing."""
    return {
        "adults": "1", "children": "", "language": "en", "way": "none", "website": "", "shown": shown(),
        "idempotency_key": str(uuid.uuid4()),
    } | fields  # fmt: skip


def register(client, event, **fields):
    return client.post(f"{event.public_url}register/", typed(**fields))


def in_state(event, state):
    return list(event.registrations.filter(state=state).order_by("id"))


def now_in(event):
    event.refresh_from_db()
    return event.state


# Who gets in ---------------------------------------------------------------------------------------------------------
def test_who_registers_has_a_place_and_a_link_of_their_own(client, event):
    answer = register(client, event, adults="2", children="1", called="Ana", needs=["quiet"], needs_note="A seat")

    place = event.registrations.get()
    assert answer.url == reverse("place:place_detail", args=[place.token])
    assert (place.state, place.people, place.needs, place.made_by) == (State.CONFIRMED, 3, ["quiet"], None)
    page = client.get(answer.url).content.decode()
    for told in ("You have a place", place.code, place.address, "Ana", "A quiet place to sit", "A seat"):
        assert told in page
    entry = AuditEntry.objects.get(act="registration.begin")
    assert (entry.actor, entry.kind, entry.reference) == ("resident", "collection", event.reference)
    assert "Ana" not in str(entry.facts)


def test_name_and_way_are_optional_and_no_way_means_no_messages(client, event):
    register(client, event)

    contact = event.registrations.get().contact
    assert (contact.name, contact.email, contact.phone, contact.language) == ("", "", "", "en")
    assert not contact.consents.exists()
    assert not contact.notices.exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"adults": "0"}, "Enter how many of you come, from 1 to 10"),
        ({"adults": "", "children": "1"}, "Enter how many adults come, or 0"),
        ({"adults": "9", "children": "2"}, "Enter how many of you come, from 1 to 10"),
        ({"adults": "-1"}, "greater than or equal to 0"),
        ({"adults": "many"}, "Enter a whole number"),
        ({"way": ""}, "Choose how we may tell you"),
        ({"way": "call"}, "Select a valid choice"),
        ({"way": "email"}, "Enter the address to which we may write"),
        ({"way": "email", "email": "ana"}, "Enter a valid email address"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"needs": ["a horse"]}, "Select a valid choice"),
        ({"called": "a" * 121}, "at most 120"),
    ],
)
def test_what_makes_no_sense_is_not_kept(client, event, fields, told):
    answer = register(client, event, **fields)

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Registration.objects.exists()
    assert not Contact.objects.filter(registration__isnull=False).exists()


def test_a_text_needs_a_whole_number_and_an_installation_that_sends_texts(client, event, settings):
    assert "Select a valid choice" in register(client, event, way="text", phone="206-555-0123").content.decode()
    settings.SMS_URL = "json://localhost/{to}"
    assert "whole number" in register(client, event, way="text", phone="12").content.decode()

    assert register(client, event, way="text", phone="206-555-0123", email="kept@example.org").status_code == 302
    contact = event.registrations.get().contact
    assert (contact.phone_e164, contact.may_sms, contact.email) == ("+12065550123", True, "")


def test_each_purpose_is_agreed_to_apart(client, event):
    register(client, event, way="email", email="ana@example.org")
    register(client, event, way="email", email="ben@example.org", more="on")

    given = [sorted(place.contact.consents.values_list("purpose", "channel")) for place in in_state(event, "confirmed")]
    assert given == [[("events", "email")], [("events", "email"), ("news", "email")]]


def test_places_are_never_exceeded_and_the_rest_waits(client, event):
    for adults in (2, 3, 1, 1, 1):
        register(client, event, adults=str(adults))

    assert [(place.state, place.people) for place in event.registrations.order_by("id")] == [
        ("confirmed", 2), ("waiting", 3), ("confirmed", 1), ("confirmed", 1), ("waiting", 1),
    ]  # fmt: skip
    assert now_in(event) == Event.State.FULL
    page = client.get(event.public_url).content.decode()
    assert "All places are taken." in page
    assert "Go on the waiting list" in page


def test_without_a_limit_everybody_has_a_place(client, make_event):
    event = make_event(published=True, registers=True)
    for _each in range(3):
        register(client, event, adults="10")

    assert len(in_state(event, State.CONFIRMED)) == 3
    assert now_in(event) == Event.State.PUBLISHED


@pytest.mark.parametrize(
    ("traits", "status"),
    [
        ({"published": True}, 404),
        ({"published": True, "registers": True, "access": "invited"}, 404),
        ({"planned": True, "registers": True}, 404),
        ({"published": True, "registers": True, "begun": True}, 409),
    ],
)
def test_nobody_registers_for_what_is_not_open_to_them(client, make_event, traits, status):
    event = make_event(**traits)

    assert client.get(f"{event.public_url}register/").status_code == status
    assert register(client, event).status_code == status
    assert not Registration.objects.exists()


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
def test_nobody_registers_for_what_is_called_off(client, event, staff, act):
    act(event=event, by=staff.lead)

    assert register(client, event).status_code == 409
    assert "Register" not in client.get(event.public_url).content.decode()


# Once, and for whom --------------------------------------------------------------------------------------------------
def browser():
    return Client(enforce_csrf_checks=True)


def press(client, event, **fields):
    page = client.get(f"{event.public_url}register/")
    return register(client, event, csrfmiddlewaretoken=page.cookies["csrf"].value, **fields)


def test_a_double_click_makes_one_row_and_shows_both_the_same(event):
    mine, key = browser(), str(uuid.uuid4())
    page = mine.get(f"{event.public_url}register/")
    fields = {"idempotency_key": key, "csrfmiddlewaretoken": page.cookies["csrf"].value}

    answers = [register(mine, event, **fields) for _each in range(2)]
    assert {answer.url for answer in answers} == {reverse("place:place_detail", args=[event.registrations.get().token])}


def test_the_same_key_from_another_browser_opens_nothing(event):
    key = str(uuid.uuid4())
    press(browser(), event, idempotency_key=key)

    stolen = press(browser(), event, idempotency_key=key)
    assert (stolen.status_code, stolen.headers.get("Location")) == (400, None)
    assert event.registrations.count() == 1


def test_no_secret_stands_in_the_database(client, event):
    register(client, event)
    place = event.registrations.get()
    assert IdempotencyKey.objects.count() == 1
    for secret in (place.token, place.code, place.code.replace("-", ""), place.token.lower()):
        assert places_of(secret) == []


def test_no_secret_stands_in_the_log(client, event, caplog):
    caplog.set_level("DEBUG")
    answer = register(client, event)
    client.get(answer.url)
    client.post(f"{answer.url}accept/")
    client.get(f"{answer.url}nowhere/")
    said = "\n".join(JsonLines().format(record) for record in caplog.records if record.name != "django.db.backends")
    place = event.registrations.get()
    assert "place:place_detail" in said
    assert place.token not in said
    assert place.code not in said


def test_no_draft_of_staff_holds_the_link_of_a_resident(event, staff, sign_in, monkeypatch):
    """Somebody of us opens a page for a resident beside them, and two press at once."""
    mine = RegistrationFactory(event=event)

    def too_late(*args, **kwargs):
        raise IntegrityError from UniqueViolation()

    monkeypatch.setattr(registering, "change", too_late)
    assert sign_in(staff.lead).post(f"{mine.address}change/", typed(adults="2", seen="1")).status_code == 409
    assert places_of(mine.token) == []


def test_programs_are_stopped_and_people_lose_nothing(client, event):
    for fields in ({"website": "http://spam"}, {"shown": shown(1)}, {"shown": shown(2 * 86_400)}, {"shown": "x"}):
        answer = register(client, event, called="Ana", **fields)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Look at your answers once more" in page
        assert 'value="Ana"' in page
        assert "http://spam" not in page
    assert not Registration.objects.exists()

    again = answer.context["form"].data
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        assert client.post(f"{event.public_url}register/", again).status_code == 302


def test_a_flood_of_programs_leaves_nothing_and_people_get_in(client, event, size, figure):
    Event.objects.filter(pk=event.pk).update(capacity=None)
    for number in range(size(ci=50, full=1_000)):
        spam = {"website": "buy"} if number % 2 else {"shown": ""}
        register(client, event, called=f"Bot {number}", **spam)
    assert event.registrations.count() == 0
    for _each in range(50):
        register(client, event)
    figure("people who got in among programs", event.registrations.count(), "== 50")


def test_nobody_has_us_flood_somebody_else_with_mails(client, event, make_event, staff, sign_in):
    Event.objects.filter(pk=event.pk).update(capacity=None)
    for number in range(flood.MOST):
        written = "ana@example.org" if number % 2 else "Ana@Example.org"
        assert register(client, event, way="email", email=written).status_code == 302
    other = make_event(published=True, registers=True)
    refused = register(client, other, way="email", email="ANA@example.org")
    assert "We wrote there several times today" in refused.content.decode()
    assert Notice.objects.filter(kind="events.registered").count() == flood.MOST

    # Nor by changing a registration back and forth.
    mine = places(event, 1)[0]
    changed = {"adults": "1", "language": "en", "way": "email", "email": "ana@example.org", "seen": "1"}
    assert client.post(f"{mine.address}change/", changed).status_code == 200
    # Others get in, whoever has the address changes the rest, and staff write down whom they spoke with.
    assert register(client, event, way="email", email="ben@example.org").status_code == 302
    known = event.registrations.filter(contact__email="ana@example.org").first()
    assert client.post(f"{known.address}change/", changed | {"adults": "2"}).status_code == 302
    added = reverse("events:registration_add", args=[event.reference])
    assert sign_in(staff.lead).post(added, typed(way="email", email="ana@example.org")).status_code == 302
    # The cache forgets them after a day.
    cache.clear()
    assert register(client, other, way="email", email="ana@example.org").status_code == 302


def test_a_number_is_not_flooded_with_texts(client, event, settings):
    settings.SMS_URL = "json://localhost/{to}"
    Event.objects.filter(pk=event.pk).update(capacity=None)
    answers = [
        register(client, event, way="text", phone=number).status_code
        for number in ["206-555-0123", "(206) 555 0123", "+12065550123"] * 2
    ]
    assert answers == [302] * flood.MOST + [200]


# What becomes free ---------------------------------------------------------------------------------------------------
def places(event, *people, **traits):
    return [RegistrationFactory(event=event, adults=adults, **traits) for adults in people]


def test_a_freed_place_is_offered_to_the_first_who_fit(event):
    big, _small = places(event, 3, 1)
    first, second, third = places(event, 4, 2, 1, waiting=True)
    registering.settle(event)
    assert now_in(event) == Event.State.FULL

    registering.cancel(big, by="resident")
    assert [row.pk for row in in_state(event, State.OFFERED)] == [second.pk, third.pk]
    assert [row.pk for row in in_state(event, State.WAITING)] == [first.pk]
    assert now_in(event) == Event.State.FULL


def test_an_offer_lasts_a_day_and_ends_two_hours_before_the_event(event, settings):
    assert abs(registering.offer_end(event) - timezone.now() - 24 * HOUR) < timedelta(seconds=5)
    with time_machine.travel(event.starts_at - 5 * HOUR, tick=False):
        assert registering.offer_end(event) == event.starts_at - 2 * HOUR
    with time_machine.travel(event.starts_at - 2 * HOUR, tick=False):
        assert registering.offer_end(event) is None
    settings.OFFER_LASTS = 3 * HOUR
    assert abs(registering.offer_end(event) - timezone.now() - 3 * HOUR) < timedelta(seconds=5)


def test_an_offer_that_nobody_takes_goes_to_the_next_and_is_not_made_again_by_itself(event):
    places(event, 3)
    first, second = places(event, 1, 1, waiting=True)
    registering.settle(event)
    with time_machine.travel(timezone.now() + 25 * HOUR):
        tasks.let_offers_lapse()
        tasks.let_offers_lapse()
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, first.offer_until, second.state) == (State.WAITING, None, State.OFFERED)
        assert first.lapsed_at is not None
    with time_machine.travel(timezone.now() + 50 * HOUR):
        tasks.let_offers_lapse()
        assert in_state(event, State.OFFERED) == []
        assert now_in(event) == Event.State.PUBLISHED


@pytest.mark.parametrize("page", ["event", "place of another", "registering"])
def test_opening_a_page_is_enough_for_an_offer_to_lapse(client, event, page):
    places(event, 3)
    first, second = places(event, 1, 1, waiting=True)
    other = places(event, 4, waiting=True)[0]
    registering.settle(event)
    address = {
        "event": event.public_url,
        "place of another": other.address,
        "registering": f"{event.public_url}register/",
    }[page]
    with time_machine.travel(timezone.now() + 25 * HOUR):
        assert client.get(address).status_code == 200
        second.refresh_from_db()
        assert second.state == State.OFFERED


def test_who_let_an_offer_pass_may_go_to_the_end_of_the_line(client, event):
    places(event, 4)
    lapsed = RegistrationFactory(event=event, lapsed=True)
    waiting = places(event, 1, waiting=True)[0]
    page = client.get(lapsed.address).content.decode()
    assert "Put me back on the list" in page

    assert client.post(f"{lapsed.address}wait/").url == reverse("place:place_detail", args=[lapsed.token])
    assert list(event.registrations.in_line()) == [waiting, lapsed]
    assert client.post(f"{lapsed.address}wait/").status_code == 409
    assert "You are number 2 on the list" in client.get(lapsed.address).content.decode()


def test_a_smaller_party_and_more_places_free_something(client, event, staff, sign_in):
    big, waiting = places(event, 4)[0], places(event, 2, waiting=True)[0]
    more = places(event, 6, waiting=True)[0]
    registering.settle(event)
    answer = client.post(f"{big.address}change/", typed(adults="2", seen=str(big.version)))
    assert answer.status_code == 302
    assert in_state(event, State.OFFERED) == [waiting]

    event.refresh_from_db()
    edited = event_fields(event) | {"capacity": "10"}
    assert sign_in(staff.lead).post(f"{event.get_absolute_url()}edit/", edited).status_code == 302
    assert in_state(event, State.OFFERED) == [waiting, more]


def event_fields(event):
    return {
        "type": event.type_id, "title_en": event.title_en, "title_es": event.title_es, "about_en": event.about_en,
        "about_es": event.about_es, "access": event.access, "purpose": event.purpose, "area": event.area_id,
        "languages": event.languages, "children": event.children, "capacity": event.capacity or "", "registers": "on",
        "lead": event.lead_id, "risk": event.risk, "version": event.version,
    }  # fmt: skip


def test_fewer_places_throw_nobody_out(event, staff, sign_in):
    places(event, 2, 2)
    registering.settle(event)
    event.refresh_from_db()
    sign_in(staff.lead).post(f"{event.get_absolute_url()}edit/", event_fields(event) | {"capacity": "1"})

    assert len(in_state(event, State.CONFIRMED)) == 2
    assert now_in(event) == Event.State.FULL
    assert registering.room_of(event).left == 0


def test_an_offer_is_taken_once_and_in_time(client, event):
    offered = RegistrationFactory(event=event, offered=True, adults=2)
    assert "Take the place" in client.get(offered.address).content.decode()

    for _each in range(2):
        assert client.post(f"{offered.address}accept/").status_code == 302
    offered.refresh_from_db()
    assert (offered.state, offered.offer_until) == (State.CONFIRMED, None)
    assert AuditEntry.objects.filter(act="registration.confirmed").count() == 1

    late = RegistrationFactory(event=event, offered=True, adults=2)
    places(event, 2, waiting=True)
    with time_machine.travel(timezone.now() + 21 * HOUR):
        tasks.let_offers_lapse()
        assert client.post(f"{late.address}accept/").status_code == 409


def test_an_offer_that_ran_out_is_not_taken_although_nobody_has_looked_since(client, event):
    places(event, 2)
    late = RegistrationFactory(event=event, offered=True, adults=2)
    after = timezone.now() + 21 * HOUR
    with time_machine.travel(after):
        [next_one] = places(event, 2, waiting=True)
        assert client.post(f"{late.address}accept/").status_code == 409
        registering.cancel(next_one, by="resident")
        # Where nobody else wants it, it is theirs all the same.
        assert client.post(f"{late.address}accept/").status_code == 302
    assert in_state(event, State.CONFIRMED)[-1] == late


def test_shortly_before_the_event_who_comes_first_takes_what_is_free(client, event):
    first, second = places(event, 4, 4, waiting=True)
    with time_machine.travel(event.starts_at - HOUR):
        registering.settle(event)
        assert "Whoever takes it first has it" in client.get(second.address).content.decode()
        assert client.post(f"{second.address}accept/").status_code == 302
        assert client.post(f"{first.address}accept/").status_code == 409
    assert in_state(event, State.CONFIRMED) == [second]


def test_growing_needs_room_for_all(client, event):
    mine, _other = places(event, 1, 2)
    answer = client.post(f"{mine.address}change/", typed(adults="3", seen="1"))
    assert "There is room for 1 more." in answer.content.decode()
    mine.refresh_from_db()
    assert mine.people == 1
    assert client.post(f"{mine.address}change/", typed(adults="1", children="1", seen="1")).status_code == 302
    mine.refresh_from_db()
    assert (mine.adults, mine.children) == (1, 1)
    assert (
        "There is no room for more."
        in client.post(f"{mine.address}change/", typed(adults="3", seen="2")).content.decode()
    )


def test_two_who_change_one_registration_are_told(client, event):
    mine = places(event, 1)[0]
    client.post(f"{mine.address}change/", typed(adults="2", seen="1"))
    assert client.post(f"{mine.address}change/", typed(adults="3", seen="1")).status_code == 409
    mine.refresh_from_db()
    assert mine.people == 2


def test_a_canceled_place_stays_canceled(client, event):
    mine = places(event, 1)[0]
    for _each in range(2):
        assert client.post(f"{mine.address}cancel/").status_code == 302
    assert AuditEntry.objects.filter(act="registration.canceled").count() == 1
    assert client.post(f"{mine.address}accept/").status_code == 409
    assert client.post(f"{mine.address}change/", typed(seen="2")).status_code == 409
    assert "You are not registered any more" in client.get(mine.address).content.decode()


def test_what_would_have_helped_whoever_does_not_come_is_forgotten_at_once(client, event):
    mine = places(event, 1, needs=["hearing"], needs_note="A canary seat")[0]
    client.post(f"{mine.address}cancel/")
    mine.refresh_from_db()
    assert (mine.needs, mine.needs_note) == ([], "")
    assert places_of("canary") == []


@pytest.mark.parametrize("verb", ["accept", "cancel", "wait", "change"])
def test_nothing_is_done_once_it_has_begun(client, event, verb):
    mine = RegistrationFactory(event=event, **({"lapsed": True} if verb in ("wait", "accept") else {}))
    with time_machine.travel(event.starts_at + HOUR):
        assert client.post(f"{mine.address}{verb}/", typed(seen="1")).status_code == 409


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
def test_what_is_called_off_offers_nothing(client, event, staff, act):
    places(event, 4)
    waiting, offered = places(event, 1, waiting=True)[0], RegistrationFactory(event=event, offered=True)
    act(event=event, by=staff.lead, told_en="Rain.", told_es="Lluvia.")
    with time_machine.travel(timezone.now() + 25 * HOUR):
        tasks.let_offers_lapse()
    for row, state in ((waiting, State.WAITING), (offered, State.OFFERED)):
        row.refresh_from_db()
        assert row.state == state
    page = client.get(offered.address).content.decode()
    assert "Rain." in page
    assert "Take the place" not in page
    assert client.post(f"{offered.address}accept/").status_code == 409


def test_a_moved_event_moves_the_end_of_offers(event, staff):
    offered = RegistrationFactory(event=event, offered=True)
    day = timezone.localdate() + timedelta(days=1)
    moved = {"day": day, "clock": event.clock, "minutes": 60, "seen": 0}
    actions.reschedule(event=event, changes=moved, by=staff.lead)
    offered.refresh_from_db()
    event.refresh_from_db()
    assert offered.state == State.OFFERED
    assert offered.offer_until <= event.starts_at - 2 * HOUR


def test_registration_that_is_switched_off_leaves_no_full_event(event, staff, sign_in):
    places(event, 4)
    registering.settle(event)
    assert now_in(event) == Event.State.FULL
    fields = event_fields(event)
    fields.pop("registers")
    sign_in(staff.lead).post(f"{event.get_absolute_url()}edit/", fields)
    assert now_in(event) == Event.State.PUBLISHED


# The row itself ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"adults": 0, "children": 0},
        {"adults": 6, "children": 5},
        {"state": "offered"},
        {"state": "confirmed", "offer_until": timezone.now()},
        {"state": "confirmed", "lapsed_at": timezone.now()},
        {"state": "attended", "before": "confirmed"},
        {"state": "attended", "before": "confirmed", "came": 0},
        {"state": "attended", "before": "confirmed", "came": 11},
        {"state": "attended", "came": 1},
        {"state": "confirmed", "came": 1},
        {"state": "no_show", "before": "offered"},
        {"state": "confirmed", "before": "waiting"},
    ],
)
def test_the_database_refuses_what_cannot_be(event, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationFactory(event=event, **fields)


MOVES = {
    "confirm": ({"pending", "waiting", "offered"}, {}),
    "wait": ({"pending"}, {}),
    "offer": ({"waiting"}, {"until": timezone.now() + HOUR}),
    "lapse": ({"offered"}, {}),
    "cancel": ({"pending", "confirmed", "waiting", "offered"}, {}),
    "attend": ({"pending", "confirmed", "waiting", "offered", "no_show"}, {"came": 1}),
    "miss": ({"confirmed", "attended"}, {}),
    "recount": ({"attended"}, {"came": 2}),
    "uncheck": ({"attended", "no_show"}, {}),
    "prolong": ({"offered"}, {"until": timezone.now() + HOUR}),
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", MOVES)
def test_each_verb_moves_from_its_states_alone(event, verb, state):
    sources, more = MOVES[verb]
    traits = {"state": state} if state in ("confirmed", "canceled") else {state: True}
    place = RegistrationFactory(event=event, **traits)
    if state in sources:
        getattr(place, verb)(by="resident", **more)
        assert place.version == 2
    else:
        with pytest.raises(MoveNotAllowed):
            getattr(place, verb)(by="resident", **more)


def test_who_is_in_before_it_begins_takes_up_a_place(event):
    place = places(event, 4)[0]
    place.attend(came=4, by="resident")
    assert registering.room_of(event).left == 0


# The link ------------------------------------------------------------------------------------------------------------
def test_a_code_opens_the_same_page_as_the_link(client, event):
    place = places(event, 1)[0]
    typed_code = f" {place.code.lower().replace('-', ' ')} "
    answer = client.post(reverse("place:place_find"), {"code": typed_code})
    assert answer.url == reverse("place:place_detail", args=[place.token])


@pytest.mark.parametrize("name", ["detail", "change", "cancel"])
def test_a_wrong_secret_opens_nothing_and_is_counted(client, event, name):
    address = reverse(f"place:place_{name}", args=["0" * 26])
    assert client.get(address).status_code == 410
    assert client.post(reverse("place:place_find"), {"code": "0000-0000-0000-0000"}).status_code == 200
    assert AuditEntry.objects.filter(act="code.wrong").count() == 2


def test_the_link_to_a_private_event_tells_when_and_nothing_else(client, make_event, staff):
    room = VenueFactory(name="Shelter", address="1 Secret Street")
    event = make_event(planned=True, registers=True, access="private", venue=room, place="", title_en="Survivors")
    mine = places(event, 1)[0]
    pages = [client.get(f"{mine.address}{verb}") for verb in ("", "change/", "cancel/")]
    actions.cancel(event=event, by=staff.lead, told_en="The Shelter is full.", told_es="El Shelter está lleno.")
    pages.append(client.get(mine.address))
    for page in (answer.content.decode() for answer in pages):
        assert "18:00" in page
        for secret in ("Survivors", "Shelter", "Secret Street"):
            assert secret not in page


def test_the_link_to_an_event_for_those_invited_tells_what_and_where(client, make_event):
    event = make_event(planned=True, registers=True, access="invited")
    page = client.get(places(event, 1)[0].address).content.decode()
    assert event.title_en in page
    assert "Test Park" in page


def test_a_flood_of_wrong_codes_holds_two_threads_and_no_more(client, event, monkeypatch):
    """Four serve pages, and whoever may make all of them wait has closed the site."""
    waited = []

    def wait(seconds):
        waited.append(len(waited))
        if len(waited) < 5:
            client.get(reverse("place:place_detail", args=["0" * 26]))

    monkeypatch.setattr("core.guessing.time.sleep", wait)
    for _each in range(guessing.MOST + 1):
        client.get(reverse("place:place_detail", args=["0" * 26]))
    assert len(waited) == 2
    client.get(reverse("place:place_detail", args=["0" * 26]))
    assert len(waited) == 4


def test_no_form_of_a_place_stands_in_for_another(client, event):
    """Whose link it is, and nobody else's, is changed."""
    mine, other = places(event, 1, 1)
    client.post(f"{mine.address}change/", typed(adults="2", seen="1", handle=other.handle, event=99, state="canceled"))
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.adults, mine.state, other.adults) == (2, State.CONFIRMED, 1)


def test_the_page_of_an_event_that_does_not_register_asks_no_query_more(client, django_assert_num_queries):
    event = EventFactory(published=True)
    with django_assert_num_queries(2):
        client.get(event.public_url)


@pytest.mark.django_db(transaction=True)
def test_registering_takes_ten_queries_in_one_transaction(client, event):
    """Whoever commits twice for one press may keep a place without its link, or a link without its place."""
    fields = typed(way="email", email="ana@example.org", more="on")
    with CaptureQueriesContext(connection) as asked:
        client.post(f"{event.public_url}register/", fields)
    said = [query["sql"] for query in asked]
    assert [word for word in said if word in ("BEGIN", "COMMIT", "ROLLBACK")] == [said[0], said[-1]]
    assert len(said[1:-1]) == 10
    assert event.registrations.get().contact.notices.count() == 2
