"""At the door: who of those who registered came, by a press or from paper, and each counted once."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from core.logs import JsonLines
from core.models import AuditEntry
from core.states import MoveNotAllowed
from events import actions, closing, door, registering
from events.models import CloseOut, Event, Registration, Tap
from tests.events.test_closing import closed
from tests.events.test_closing import press as tapped
from tests.events.test_registering import in_state
from tests.factories.events import RegistrationFactory
from tests.racing import race

pytestmark = pytest.mark.django_db
State = Registration.State
HOUR = timedelta(hours=1)
JSON = {"Accept": "application/json"}


@pytest.fixture
def event(make_event):
    """It began yesterday."""
    return make_event(published=True, registers=True, begun=True, capacity=9)


@pytest.fixture
def ahead(make_event):
    return make_event(published=True, registers=True, capacity=4)


@pytest.fixture
def client(staff, sign_in):
    return sign_in(staff.lead)


def address(name, event, *more):
    return reverse(f"events:check_in{name}", args=[event.reference, *more])


def press(client, place, came=1, key=None, **how):
    posted = {"key": str(key or uuid.uuid4()), "came": str(came)}
    return client.post(address("", place.event, place.handle), posted, **how)


def take_back(client, place, key=None):
    return client.post(address("_undo", place.event, place.handle), {"key": str(key or uuid.uuid4())})


def now(place):
    place.refresh_from_db()
    return place.state, place.came


# The press -----------------------------------------------------------------------------------------------------------
def test_a_press_checks_a_group_in_and_another_takes_it_back(event, client):
    place = RegistrationFactory(event=event, adults=3, contact__name="Ana")
    answer = press(client, place, 2)
    assert answer.url == f"{address('_list', event)}#p-{place.handle}"
    assert now(place) == (State.ATTENDED, 2)
    assert client.get(address("_list", event)).context["total"] == 2

    take_back(client, place)
    assert now(place) == (State.CONFIRMED, None)
    acts = AuditEntry.objects.filter(act__startswith="registration.").order_by("id").values_list("act", "reference")
    assert list(acts) == [("registration.attended", event.reference), ("registration.confirmed", event.reference)]


def test_a_press_that_arrives_again_changes_nothing(event, client):
    place, key, undo = RegistrationFactory(event=event), uuid.uuid4(), uuid.uuid4()
    for _again in range(3):
        press(client, place, key=key)
    assert AuditEntry.objects.filter(act="registration.attended").count() == 1

    # Nor does one whose answer was lost, after somebody took it back; nor one that took back before they came again.
    take_back(client, place, undo)
    press(client, place, key=key)
    assert now(place) == (State.CONFIRMED, None)
    press(client, place)
    take_back(client, place, undo)
    assert now(place) == (State.ATTENDED, 1)


def test_whoever_is_in_stays_as_the_first_press_wrote_it(event, client):
    place = RegistrationFactory(event=event, adults=3)
    press(client, place, 2)
    answer = press(client, place, 3, headers=JSON)
    assert answer.json() == {"came": {str(place.handle): 2}, "total": 2}
    assert now(place) == (State.ATTENDED, 2)


@pytest.mark.django_db(transaction=True)
def test_two_phones_that_check_in_one_registration_at_once_make_one(event, staff):
    place = RegistrationFactory(event=event, adults=3)

    def arrive(came):
        mine = Event.objects.get(pk=event.pk).registrations.get(pk=place.pk)
        return lambda: door.check_in(mine, key=uuid.uuid4(), came=came, by=staff.lead)

    assert race([arrive(came) for came in (1, 2, 3, 3, 2, 1)]) == [None] * 6
    state, came = now(place)
    assert (state, came in (1, 2, 3), len(place.presses)) == (State.ATTENDED, True, 6)
    assert AuditEntry.objects.filter(act="registration.attended").count() == 1
    assert closing.attendance(event)["adults_unknown"] == came


@pytest.mark.parametrize("posted", [{"came": "0"}, {"came": "11"}, {"came": "x"}, {"came": ""}, {"key": "no"}])
def test_a_press_that_makes_no_sense_checks_nobody_in(event, client, posted):
    place = RegistrationFactory(event=event)
    answer = client.post(address("", event, place.handle), {"key": str(uuid.uuid4()), "came": "1"} | posted)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert client.post(address("_undo", event, place.handle), {"key": "no"}).status_code == 422
    assert now(place) == (State.CONFIRMED, None)


@pytest.mark.parametrize(
    ("trait", "after"),
    [
        ({"waiting": True}, State.WAITING), ({"pending": True}, State.PENDING), ({"lapsed": True}, State.WAITING),
        # Whoever comes through the door took what was offered.
        ({"offered": True}, State.CONFIRMED), ({"no_show": True}, State.CONFIRMED),
    ],
)  # fmt: skip
def test_whoever_comes_without_a_place_can_be_let_in_and_stands_where_they_stood(event, client, trait, after):
    place = RegistrationFactory(event=event, **trait)
    press(client, place)
    assert now(place) == (State.ATTENDED, 1)
    take_back(client, place)
    assert now(place) == (after, None)


def test_who_canceled_is_not_on_the_list_and_not_checked_in(event, client):
    place = RegistrationFactory(event=event, state="canceled", contact__name="Ana Canary")
    assert "Canary" not in client.get(address("_list", event)).content.decode()
    assert press(client, place).status_code == 409
    place.refresh_from_db()
    assert (place.state, place.presses) == (State.CANCELED, [])


def test_the_door_opens_half_a_day_before_and_closes_with_the_close_out(ahead, client, staff, sign_in):
    place = RegistrationFactory(event=ahead)
    assert client.get(address("_list", ahead)).status_code == 409
    assert press(client, place).status_code == 409
    assert "check-in/" not in client.get(ahead.get_absolute_url()).content.decode()
    with time_machine.travel(ahead.starts_at - 12 * HOUR):
        client = sign_in(staff.lead)
        assert "check-in/" in client.get(ahead.get_absolute_url()).content.decode()
        assert client.get(address("_list", ahead)).status_code == 200
        assert press(client, place).status_code == 302
        # Nobody has missed what did not begin.
        assert client.get(address("_paper", ahead)).status_code == 409
    Event.objects.filter(pk=ahead.pk).update(state=Event.State.CLOSED_OUT)
    with time_machine.travel(ahead.ends_at + HOUR):
        client = sign_in(staff.lead)
        for name in ("_list", "_paper"):
            assert client.get(address(name, ahead)).status_code == 409
        assert take_back(client, place).status_code == 409
    assert now(place) == (State.ATTENDED, 1)


def test_before_it_begins_a_place_is_taken_and_given_back_at_the_door(ahead, staff, sign_in):
    waiting = RegistrationFactory(event=ahead, waiting=True, adults=4)
    late = RegistrationFactory(event=ahead, waiting=True, adults=4)
    with time_machine.travel(ahead.starts_at - 3 * HOUR):
        client = sign_in(staff.lead)
        press(client, waiting, 4)
        ahead.refresh_from_db()
        assert (ahead.state, registering.room_of(ahead).left) == (Event.State.FULL, 0)
        take_back(client, waiting)
        ahead.refresh_from_db()
        assert [place.pk for place in in_state(ahead, State.OFFERED)] == [waiting.pk]
        assert now(late)[0] == State.WAITING


def test_who_had_come_before_it_was_postponed_is_expected_again(ahead, staff, sign_in):
    place = RegistrationFactory(event=ahead)
    with time_machine.travel(ahead.starts_at - HOUR):
        press(sign_in(staff.lead), place)
        assert now(place) == (State.ATTENDED, 1)
        actions.postpone(event=ahead, by=staff.lead)
    assert now(place) == (State.CONFIRMED, None)
    assert place.contact.notices.filter(kind="events.changed").exists()


def test_confirming_and_missing_keep_to_their_moves(event):
    there, waited = RegistrationFactory(event=event, attended=True), RegistrationFactory(event=event, waiting=True)
    with pytest.raises(MoveNotAllowed):
        there.confirm(by="resident")
    waited.attend(came=1, by="resident")
    with pytest.raises(MoveNotAllowed, match="had no place"):
        waited.miss(by="resident")
    there.miss(by="resident")
    assert now(there) == (State.NO_SHOW, None)


# Who reads it, and how somebody is found -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200), ("maker", 200), ("helper", 200), ("supervisor", 200), ("coordinator", 200), ("colleague", 403),
        ("supervisor_elsewhere", 403), ("analyst", 404), ("mediator", 404), ("records_officer", 404),
    ],
)  # fmt: skip
def test_the_door_is_for_those_who_make_it_happen(event, staff, sign_in, who, status):
    place = RegistrationFactory(event=event)
    client = sign_in(getattr(staff, who))
    assert {client.get(address(name, event)).status_code for name in ("_list", "_paper")} == {status}
    done = 302 if status == 200 else status
    assert {press(client, place).status_code, take_back(client, place).status_code} == {done}
    assert client.post(address("_paper", event), {}).status_code == done


def test_each_page_of_the_door_is_an_opening_of_the_event(event, client):
    RegistrationFactory(event=event)
    for name in ("_list", "_paper"):
        client.get(address(name, event))
    opened = AuditEntry.objects.filter(act="event.open").order_by("id")
    assert [entry.facts["page"] for entry in opened] == ["check_in_list", "check_in_paper"]


def found(client, event, words):
    return [row.called for row in client.get(address("_list", event), {"q": words}).context["rows"]]


def test_somebody_is_found_by_code_or_part_of_a_name(event, client):
    jose = RegistrationFactory(event=event, contact__name="José Ñandú Lima")
    RegistrationFactory(event=event, contact__name="ana")
    RegistrationFactory(event=event, unreached=True)
    assert found(client, event, "") == ["ana", "José Ñandú Lima", ""]
    for words in ("jose", "LIMA jo", "ñandu", "andu", jose.door_code, jose.code.lower(), jose.code.replace("-", " ")):
        assert "José Ñandú Lima" in found(client, event, words), words
        assert "ana" not in found(client, event, words)
    assert found(client, event, "jose ana") == []
    assert found(client, event, "--") == []
    page = client.get(address("_list", event), {"q": "nobody at all"}).content.decode()
    assert "Nobody on the list is meant by that." in page
    assert "data-finder" not in page


def test_script_looks_only_through_a_page_that_holds_everybody(event, client, monkeypatch):
    for name in ("Ana", "Ben"):
        RegistrationFactory(event=event, contact__name=name)
    assert "data-finder" in client.get(address("_list", event)).content.decode()
    monkeypatch.setattr("events.door_list.MOST", 1)
    answer = client.get(address("_list", event))
    assert (len(answer.context["rows"]), answer.context["total"]) == (1, 0)
    assert "The first 1 of 2 are shown." in answer.content.decode()
    assert "data-finder" not in answer.content.decode()
    assert found(client, event, "ben") == ["Ben"]


def test_the_door_and_the_paper_show_the_beginning_of_a_code_and_never_the_rest(event, client):
    place = RegistrationFactory(event=event, contact__email="ana@example.org")
    printed = reverse("events:registration_print", args=[event.reference])
    for page in (address("_list", event), address("_paper", event), printed):
        text = client.get(page).content.decode()
        assert place.door_code in text
        assert place.code not in text
        assert place.code[:9] not in text
        assert place.token not in text
        assert "ana@example.org" not in text


def test_what_script_keeps_and_is_answered_holds_no_name(event, client):
    place = RegistrationFactory(event=event, contact__name="Ana Canary")
    assert "Canary" not in press(client, place, headers=JSON).content.decode()


def test_no_name_stands_in_the_log_the_audit_or_a_message(event, client, caplog):
    place = RegistrationFactory(event=event, contact__name="Ana Canary")
    caplog.set_level("DEBUG")
    client.get(address("_list", event), {"q": "canary"})
    press(client, place)
    client.post(address("_paper", event), {f"{place.handle.hex}-came": "x", f"{place.handle.hex}-was": "1"})
    said = [JsonLines().format(record) for record in caplog.records if record.name != "django.db.backends"]
    assert "check_in" in "\n".join(said)
    assert "canary" not in "\n".join(said).lower()
    assert "canary" not in str(list(AuditEntry.objects.values_list("facts", flat=True))).lower()
    assert "canary" not in str(dict(client.session.items())).lower()


def test_somebody_of_another_event_is_not_checked_in(event, make_event, client):
    other = RegistrationFactory(event=make_event(published=True, registers=True, begun=True))
    for name in ("", "_undo"):
        assert client.post(address(name, event, other.handle), {"key": uuid.uuid4(), "came": 1}).status_code == 404
    assert now(other) == (State.CONFIRMED, None)


def test_the_list_of_registrations_says_how_many_came(event, client):
    place = RegistrationFactory(event=event, adults=3)
    press(client, place, 2)
    page = client.get(reverse("events:registration_list", args=[event.reference])).content.decode()
    assert "2 came" in page
    assert "2 people, 1 registration" in page


# The paper -----------------------------------------------------------------------------------------------------------
def line(place, came="", missed=False, was=""):
    named = place.handle.hex
    return {f"{named}-came": str(came), f"{named}-was": str(was)} | ({f"{named}-missed": "on"} if missed else {})


def enter(client, event, *lines, key=None, **others):
    posted = {"idempotency_key": str(key or uuid.uuid4())} | others
    for one in lines:
        posted |= one
    return client.post(address("_paper", event), posted)


def test_the_paper_is_entered_as_a_whole(event, client, staff):
    came, more, missed, unknown = (RegistrationFactory(event=event, adults=2) for _each in range(4))
    lines = [line(came, 2), line(more, 3), line(missed, missed=True), line(unknown)]
    answer = enter(client, event, *lines, adults_new="4", youth_returning="2", adults_unknown="")
    assert answer.url == address("_list", event)
    assert [now(place) for place in (came, more, missed, unknown)] == [
        (State.ATTENDED, 2), (State.ATTENDED, 3), (State.NO_SHOW, None), (State.CONFIRMED, None),
    ]  # fmt: skip
    counts = closing.counts(event)
    assert (counts["adults_new"], counts["youth_returning"], sum(counts.values())) == (4, 2, 6)
    assert set(Tap.objects.values_list("by", "on")) == {(staff.lead.pk, event.day)}
    entry = AuditEntry.objects.get(act="event.enter_list")
    assert entry.facts == {"rows": 3, "walked_in": 6}


def test_the_paper_sent_twice_counts_once(event, client):
    place, key = RegistrationFactory(event=event), uuid.uuid4()
    for _again in range(2):
        assert enter(client, event, line(place, 1), key=key, adults_new="3").status_code == 302
    assert Tap.objects.count() == 3
    assert AuditEntry.objects.filter(act="registration.attended").count() == 1


def test_one_wrong_line_saves_nothing_and_all_faults_are_told(event, client):
    good, both, many, words = (
        RegistrationFactory(event=event, contact__name=name) for name in ("Good", "Both", "Many", "Words")
    )
    late = RegistrationFactory(event=event, offered=True, contact__name="Late")
    lines = [line(good, 1), line(both, 1, missed=True), line(many, 11), line(words, "two"), line(late, 0)]
    answer = enter(client, event, *lines, adults_new="501", youth_new="-1")
    assert answer.status_code == 200
    page = answer.content.decode()
    told = {name: error for name, _id, error in answer.context["sheet"].faults}
    assert told.keys() == {"Both", "Many", "Words", "Late", "adults, first time", "under 18, first time"}
    for _name, id, _error in answer.context["sheet"].faults:
        assert f'href="#{id}"' in page
        assert f'id="{id}"' in page
        assert f'id="{id}_error"' in page
    assert 'value="two"' in page
    assert {now(place)[0] for place in (good, both, many, words)} == {State.CONFIRMED}
    assert not Tap.objects.exists()


def test_what_a_phone_wrote_meanwhile_is_kept_where_the_paper_says_nothing(event, client):
    untouched, same, other = (RegistrationFactory(event=event, adults=3) for _each in range(3))
    for place in (untouched, same, other):
        press(client, place, 2)
    lines = [line(untouched), line(same, 2), line(other, 3)]
    answer = enter(client, event, *lines)
    assert "Somebody wrote something else down in the meantime: 2." in answer.content.decode()
    assert f'name="{other.handle.hex}-was" value="2"' in answer.content.decode()
    assert [now(place) for place in (untouched, same, other)] == [(State.ATTENDED, 2)] * 3

    # The page that told so holds what stands there now, and is right the second time.
    enter(client, event, line(untouched, 2, was=2), line(same, 2, was=2), line(other, 3, was=2))
    assert [now(place)[1] for place in (untouched, same, other)] == [2, 2, 3]
    assert AuditEntry.objects.filter(act="registration.recount").count() == 1


def test_the_paper_corrects_what_was_written_down(event, client):
    emptied, gone = (RegistrationFactory(event=event, attended=True) for _each in range(2))
    come = RegistrationFactory(event=event, no_show=True)
    shown = client.get(address("_paper", event)).content.decode()
    assert f'name="{come.handle.hex}-was" value="0"' in shown
    assert f'name="{gone.handle.hex}-was" value="1"' in shown
    enter(client, event, line(emptied, was=1), line(gone, missed=True, was=1), line(come, 1, was=0))
    assert [now(place) for place in (emptied, gone, come)] == [
        (State.CONFIRMED, None), (State.NO_SHOW, None), (State.ATTENDED, 1),
    ]  # fmt: skip


def test_the_paper_holds_who_had_a_place_or_came(event, client):
    RegistrationFactory(event=event, contact__name="Ana")
    for name, trait in (("Ben", "waiting"), ("Cleo", "attended"), ("Dan", "pending")):
        RegistrationFactory(event=event, contact__name=name, **{trait: True})
    sheet = client.get(address("_paper", event)).context["sheet"]
    assert [one.called for one in sheet.lines] == ["Ana", "Cleo"]


def test_a_long_paper_is_entered_page_by_page(event, client, monkeypatch):
    monkeypatch.setattr("events.door_forms.PAGE", 1)
    ana, ben = (RegistrationFactory(event=event, contact__name=name) for name in ("Ana", "Ben"))
    posted = line(ben, 1) | line(ana, 1)
    client.post(f"{address('_paper', event)}?page=2", posted)
    assert [now(place)[0] for place in (ana, ben)] == [State.CONFIRMED, State.ATTENDED]


def test_the_printed_list_is_blank_and_has_room_for_those_who_are_not_on_it(event, client):
    place = RegistrationFactory(event=event, contact__name="Ana")
    page = client.get(reverse("events:registration_print", args=[event.reference])).content.decode()
    for told in ("Ana", place.door_code, "Not on the list", "First time", "Under 18"):
        assert told in page


# The close-out -------------------------------------------------------------------------------------------------------
def test_nobody_is_counted_twice_and_whoever_did_not_come_is_written_down(event, client):
    family = RegistrationFactory(event=event, adults=2, children=3)
    fewer = RegistrationFactory(event=event, adults=2, children=2)
    more = RegistrationFactory(event=event, adults=1)
    stayed, waited = RegistrationFactory(event=event), RegistrationFactory(event=event, waiting=True)
    for place, came in ((family, 5), (fewer, 3), (more, 2)):
        press(client, place, came)
    client.post(reverse("events:event_tally", args=[event.reference]), tapped("youth"))

    close_out = reverse("events:event_close_out", args=[event.reference])
    form = client.get(close_out).context["form"]
    suggested = {name: form[name].value() for name in CloseOut.COUNTS if form[name].value()}
    # Adults are taken to come first, and whoever came beyond those who were registered is an adult.
    assert suggested == {"adults_unknown": 2 + 2 + 2, "youth_unknown": 3 + 1, "youth_new": 1}
    assert client.post(close_out, closed()).status_code == 302
    assert [now(place)[0] for place in (family, stayed, waited)] == [State.ATTENDED, State.NO_SHOW, State.WAITING]


def test_where_nobody_was_checked_in_nothing_is_known_of_anybody(event, client):
    place = RegistrationFactory(event=event)
    client.post(reverse("events:event_tally", args=[event.reference]), tapped())
    client.post(reverse("events:event_close_out", args=[event.reference]), closed())
    assert now(place) == (State.CONFIRMED, None)


def test_what_the_pages_tell_of_counting_once(event, client):
    RegistrationFactory(event=event)
    tally = client.get(reverse("events:event_tally", args=[event.reference])).content.decode()
    assert "Whoever registered is checked in by name and not counted here" in tally
    assert address("_list", event) in tally
    assert "nobody in both" in client.get(address("_list", event)).content.decode()
    assert "nobody in both" in client.get(reverse("events:event_close_out", args=[event.reference])).content.decode()
