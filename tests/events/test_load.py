"""Two hundred people who want fifty places at once: nobody too many, nobody lost, nobody twice."""

import threading
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client

from events import registering
from events.models import Event, Registration
from notices.models import Contact, Notice
from tests.factories.events import EventFactory, RegistrationFactory, shown
from tests.racing import just_before

pytestmark = pytest.mark.django_db(transaction=True)
PLACES, PEOPLE, AT_ONCE = 50, 200, 25
State = Registration.State


@pytest.fixture
def event():
    return EventFactory(published=True, registers=True, capacity=PLACES)


def together(*acts):
    """Run these at once, each in a thread and with a connection of its own, begun when all are ready."""
    ready, failed = threading.Barrier(len(acts)), []

    def run(act):
        try:
            ready.wait(30)
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []


class Person:
    """Somebody at their own browser, who presses twice because nothing seems to happen."""

    def __init__(self, event, number):
        self.address, self.number, self.answers = f"{event.public_url}register/", number, []
        self.browser = Client(enforce_csrf_checks=True)
        token = self.browser.get(self.address).cookies[settings.CSRF_COOKIE_NAME].value
        self.fields = {
            "adults": "1", "language": "en", "called": f"Person {number}", "way": "email",
            "email": f"person{number}@example.org", "shown": shown(), "csrfmiddlewaretoken": token,
            "idempotency_key": str(uuid.uuid4()),
        }  # fmt: skip

    def press(self):
        for _each in range(2):
            answer = self.browser.post(self.address, self.fields)
            self.answers.append((answer.status_code, answer.headers.get("Location")))


def test_two_hundred_register_for_fifty_places_at_once(event, figure):
    people = [Person(event, number) for number in range(PEOPLE)]
    share = PEOPLE // AT_ONCE

    def queue(mine):
        return lambda: [person.press() for person in mine]

    together(*(queue(people[n * share : (n + 1) * share]) for n in range(AT_ONCE)))

    found = dict(event.registrations.order_by().values_list("state").annotate(n=Count("pk")))
    figure("confirmed of 200 who wanted 50 places at once", found.get(State.CONFIRMED, 0), "== 50")
    figure("on the waiting list", found.get(State.WAITING, 0), "== 150")
    assert set(found) == {State.CONFIRMED, State.WAITING}
    names = set(event.registrations.values_list("contact__name", flat=True))
    figure("lost of 200", len({f"Person {n}" for n in range(PEOPLE)} - names), "== 0")
    figure("written down twice of 200 who pressed twice", Contact.objects.count() - 1 - PEOPLE, "== 0")
    # Both presses of each led to the page of their own.
    assert {len(set(person.answers)) for person in people} == {1}
    assert len({answer for person in people for answer in person.answers}) == PEOPLE
    event.refresh_from_db()
    assert event.state == Event.State.FULL
    assert Notice.objects.filter(kind="events.registered").count() == PEOPLE
    assert Notice.objects.filter(kind="events.reminder").count() == PLACES


def test_families_of_all_sizes_never_exceed_the_places(event, figure):
    people = [Person(event, number) for number in range(40)]
    for number, person in enumerate(people):
        person.fields["adults"] = str(number % 6 + 1)

    def queue(mine):
        return lambda: [person.press() for person in mine]

    together(*(queue(people[n::10]) for n in range(10)))

    room = registering.room_of(event)
    figure("people with a place among families", room.taken, f"<= {PLACES}")
    waiting = [place.people for place in event.registrations.filter(state=State.WAITING)]
    assert all(people > room.left for people in waiting)
    assert event.registrations.count() == 40


def test_places_that_become_free_at_once_are_offered_once_each(event, figure):
    """Twenty cancel while twenty others register and twenty wait."""
    holders = [RegistrationFactory(event=event) for _each in range(PLACES)]
    for _each in range(20):
        RegistrationFactory(event=event, waiting=True)
    registering.settle(event)
    people = [Person(event, number) for number in range(20)]
    cancel = [lambda place=place: registering.cancel(place, by="resident") for place in holders[:20]]

    together(*(act for pair in zip(cancel, (person.press for person in people), strict=True) for act in pair))

    held = event.registrations.holding().count()
    figure("places held after a race of cancelations and registrations", held, f"== {PLACES}")
    assert event.registrations.filter(state=State.OFFERED).count() == 20
    assert Notice.objects.filter(kind="events.offer").values("contact").distinct().count() == 20


def test_who_comes_while_another_is_written_down_waits_to_be_counted(event):
    """The gate: without the lock nobody would wait, and both would have the last place."""
    Event.objects.filter(pk=event.pk).update(capacity=1)
    late = Person(event, 1)
    first = {"place": Registration(contact=Contact()), "given": [], "by": event.lead}

    with just_before(lambda: registering.add(event=event, **first)):
        late.press()

    assert [place.state for place in event.registrations.order_by("id")] == [State.CONFIRMED, State.WAITING]


def test_two_who_take_the_last_place_at_once(event):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    offered = RegistrationFactory(event=event, offered=True)
    accept = [lambda: registering.accept(offered, by="resident")] * 5
    newcomer = Person(event, 1)
    together(*accept, newcomer.press)

    offered.refresh_from_db()
    assert offered.state == State.CONFIRMED
    assert event.registrations.holding().count() == 1


def test_one_who_changes_twice_at_once_is_counted_once(event):
    Event.objects.filter(pk=event.pk).update(capacity=4)
    places = [RegistrationFactory(event=event) for _each in range(2)]

    def grow(place):
        def act():
            party = {"adults": 3, "children": 0, "needs": [], "needs_note": ""}
            try:
                registering.change(place, seen=1, party=party, fill=lambda contact: None, given=[], by="resident")
            except registering.NoRoom:
                refused.append(place)

        return act

    refused = []
    together(*(grow(place) for place in places))
    assert len(refused) == 1
    assert registering.room_of(event).taken == 4
