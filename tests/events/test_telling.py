"""What people who registered are told by message: when, by which way, in which words, and what they are never told."""

from datetime import time, timedelta
from email import message_from_string

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from events import actions, mails, registering, telling
from events.models import Registration
from notices import kinds, stop
from notices.models import Channel, Contact, Notice, Purpose, Task
from notices.reach import address_digest
from notices.tasks import deliver_due
from notices.walltime import local_to_utc
from tests.factories.areas import VenueFactory
from tests.factories.events import RegistrationFactory
from tests.factories.notices import ContactFactory

pytestmark = pytest.mark.django_db
State = Registration.State
HOUR = timedelta(hours=1)


@pytest.fixture
def event(make_event):
    room = VenueFactory(name="Library", address="1 Test Street")
    return make_event(published=True, registers=True, capacity=4, venue=room, place="")


def a_place(event, **rules):
    """Somebody who registers now, by the way that the rules say: e-mail where they say nothing."""
    rules = {"may_email": True, "email": f"p{Contact.objects.count()}@example.org"} | rules
    ways = {"may_email": Channel.EMAIL, "may_sms": Channel.SMS}
    given = [(Purpose.EVENTS, way) for name, way in ways.items() if rules.get(name)]
    return registering.add(event=event, place=Registration(contact=Contact(**rules)), given=given, by=event.lead)


def owed(place, *kinds):
    found = Notice.objects.filter(contact=place.contact, state__in=Notice.WAITING)
    return sorted(kind.partition(".")[2] for kind in found.values_list("kind", flat=True))


def words(mail):
    return f"{mail.subject}\n{mail.body}"


def entries(mail):
    parts = message_from_string(mail.message().as_string()).walk()
    files = [part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/calendar"]
    return [entry for file in files for entry in Calendar.from_ical(file).walk("VEVENT")]


def sent(mailoutbox):
    mailoutbox.clear()
    deliver_due()
    return list(mailoutbox)


def moved(event, days=3, **changes):
    changes = {
        "day": event.day + timedelta(days=days),
        "clock": event.clock,
        "minutes": 90,
        "seen": event.sequence,
    } | changes
    actions.reschedule(event=event, changes=changes, by=event.lead)


# A place is confirmed ------------------------------------------------------------------------------------------------
def test_a_place_is_confirmed_with_what_anybody_may_read_the_link_and_an_entry(event, mailoutbox):
    place = a_place(event)
    [mail] = sent(mailoutbox)

    assert mail.to == [place.contact.email]
    assert mail.subject == f"You have a place: {event.title_en}"
    for told in (event.title_en, "18:00", "Library, 1 Test Street", place.address, place.code, "for 1 person"):
        assert told in mail.body
    [entry] = entries(mail)
    assert (entry["LOCATION"], entry["STATUS"]) == ("Library, 1 Test Street", "CONFIRMED")
    assert entry.decoded("DTSTART") == event.starts_at


def test_who_waits_is_told_so_and_gets_no_entry(event, mailoutbox):
    RegistrationFactory(event=event, adults=4)
    a_place(event)
    [mail] = sent(mailoutbox)

    assert mail.subject.startswith("You are on the waiting list")
    assert entries(mail) == []


def test_messages_are_in_their_language(event, mailoutbox):
    a_place(event, language="es")
    [mail] = sent(mailoutbox)
    assert event.title_es in words(mail)
    assert event.title_en not in words(mail)
    assert "You have" not in words(mail)


def test_a_text_is_short_and_has_the_link(event, settings):
    settings.SMS_URL = "json://localhost/{to}"
    place = a_place(event, may_email=False, email="", may_sms=True, phone="206-555-0123")
    ref = place.contact.notices.get(kind=telling.REGISTERED).ref
    message = mails.registered([ref], "en")[ref]
    assert place.address in message.short
    assert len(message.short.replace(place.address, "").replace(event.title_en, "")) < 70
    assert place.contact.notices.get(kind=telling.REGISTERED).channel == Channel.SMS


def test_nothing_is_said_of_an_event_that_is_not_public(make_event, mailoutbox):
    event = make_event(planned=True, registers=True, access="invited", venue=VenueFactory(name="Shelter"), place="")
    a_place(event)
    mails_sent = sent(mailoutbox)
    moved(event)
    mails_sent += sent(mailoutbox)
    actions.cancel(event=event, by=event.lead, told_en="The shelter is full.", told_es="El refugio está lleno.")
    mails_sent += sent(mailoutbox)

    assert len(mails_sent) == 3
    for mail in mails_sent:
        for secret in (event.title_en, "Shelter", event.venue.address or "Shelter", "shelter is full"):
            assert secret not in words(mail)
        assert "18:00" in mail.body
        assert "Shelter" not in str(entries(mail))


@pytest.mark.parametrize("rule", ["neutral", "no_police"])
def test_a_neutral_message_says_when_and_nothing_else(event, mailoutbox, rule):
    place = a_place(event, **{rule: True})
    first = sent(mailoutbox)
    moved(event)
    second = sent(mailoutbox)

    for mail in first + second:
        for secret in (event.title_en, "Library", "place/", place.code, "waiting list"):
            assert secret not in words(mail)
        assert entries(mail) == []
        assert "18:00" in mail.body


# Who hears nothing ---------------------------------------------------------------------------------------------------
def test_who_wants_to_hear_nothing_is_owed_nothing(event):
    RegistrationFactory(event=event, adults=3)
    place = a_place(event, may_email=False, email="")
    waiting = RegistrationFactory(event=event, unreached=True, waiting=True)
    moved(event)
    registering.cancel(place, by="resident")
    waiting.refresh_from_db()
    assert waiting.state == State.OFFERED
    assert not Notice.objects.filter(contact__in=[place.contact, waiting.contact]).exists()
    assert not Task.objects.filter(key__startswith="notices.unsent").exists()


def test_who_wants_a_call_is_called_where_it_matters(event, staff):
    RegistrationFactory(event=event, adults=4)
    place = a_place(event, may_email=False, email="", may_call=True, phone="206-555-0123")
    assert not Task.objects.filter(key__startswith="notices.unsent").exists()

    registering.cancel(event.registrations.first(), by="resident")
    moved(event)
    tasks = Task.objects.filter(key__startswith="notices.unsent").order_by("id")
    assert [task.key.split(":")[1] for task in tasks] == [telling.OFFER, telling.CHANGED]
    assert {(task.owner, task.ref, task.link) for task in tasks} == {
        (staff.lead, event.reference, f"{event.get_absolute_url()}registrations/")
    }
    assert all(place.contact.phone not in task.words for task in tasks)


def test_stop_holds_and_the_lead_is_told(event, staff, mailoutbox):
    stop.opt_out(Channel.EMAIL, address_digest(Channel.EMAIL, "ana@example.org"), source="told staff", by="staff")
    a_place(event, email="ana@example.org")
    assert sent(mailoutbox) == []
    assert Task.objects.get(key__startswith=f"notices.unsent:{telling.REGISTERED}").owner == staff.lead


# Reminders -----------------------------------------------------------------------------------------------------------
def test_a_reminder_is_due_two_days_before_at_the_same_hour(event, mailoutbox):
    place = a_place(event)
    reminder = place.contact.notices.get(kind=telling.REMINDER)
    assert reminder.due_at == local_to_utc(event.day - timedelta(days=2), event.clock)
    sent(mailoutbox)

    with time_machine.travel(reminder.due_at + timedelta(minutes=1)):
        [mail] = sent(mailoutbox)
    assert event.title_en in mail.subject
    assert "somebody else may be waiting" in mail.body


def test_who_registers_late_waits_or_cancels_is_not_reminded(event, mailoutbox):
    with time_machine.travel(event.starts_at - 47 * HOUR):
        late = a_place(event)
        assert owed(late) == ["registered"]
    early = a_place(event)
    RegistrationFactory(event=event, adults=2)
    waits = a_place(event)
    assert owed(waits) == ["registered"]
    registering.cancel(early, by="resident")
    assert owed(early) == []


def test_a_reminder_is_not_sent_once_it_is_no_longer_true(event, mailoutbox):
    place = a_place(event)
    sent(mailoutbox)
    Registration.objects.filter(pk=place.pk).update(state="canceled")
    with time_machine.travel(event.starts_at - 40 * HOUR):
        assert sent(mailoutbox) == []


# The event changes ---------------------------------------------------------------------------------------------------
def test_everybody_is_told_at_once_that_it_moved_and_is_reminded_anew(event, mailoutbox):
    RegistrationFactory(event=event, adults=3)
    place, waits = a_place(event), a_place(event)
    sent(mailoutbox)
    moved(event, clock=time(19, 30), place="Test Park", venue=None)

    told = {mail.to[0]: mail for mail in sent(mailoutbox)}
    mine = told[place.contact.email]
    assert mine.subject == f"The event has another time or place: {event.title_en}"
    assert "19:30" in mine.body
    assert "Test Park" in mine.body
    assert "You keep your place." in mine.body
    assert "You stay on the waiting list." in told[waits.contact.email].body
    [entry] = entries(mine)
    event.refresh_from_db()
    assert (entry.decoded("DTSTART"), int(entry["SEQUENCE"])) == (event.starts_at, event.sequence)
    [reminder] = Notice.objects.waiting().filter(contact=place.contact)
    assert reminder.due_at == local_to_utc(event.day - timedelta(days=2), time(19, 30))


@pytest.mark.parametrize(
    ("act", "said"),
    [(actions.cancel, "The event is canceled"), (actions.postpone, "The event is postponed")],
)
def test_everybody_is_told_that_it_is_called_off_and_why(event, mailoutbox, act, said):
    place = a_place(event)
    [first] = sent(mailoutbox)
    act(event=event, by=event.lead, told_en="The hall is flooded.", told_es="La sala está inundada.")

    [mail] = sent(mailoutbox)
    assert mail.subject.startswith(said)
    assert "The hall is flooded." in mail.body
    assert ("deleted" in mail.body or "delete what you told us" in mail.body) == (act is actions.postpone)
    [entry] = entries(mail)
    assert (entry["STATUS"], entry["UID"]) == ("CANCELLED", entries(first)[0]["UID"])
    assert owed(place) == []


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
@pytest.mark.parametrize("kind", [telling.REGISTERED, telling.OFFER])
def test_nobody_is_promised_a_place_at_what_is_called_off_meanwhile(event, mailoutbox, monkeypatch, act, kind):
    """The worker has made the words already, and comes to this person after some others."""
    if kind == telling.OFFER:
        RegistrationFactory(event=event, waiting=True)
        registering.settle(event)
    else:
        a_place(event)
    asked = kinds.still_owed

    def call_off(name, owed):
        if name == kind:
            act(event=event, by=event.lead)
        return asked(name, owed)

    monkeypatch.setattr(kinds, "still_owed", call_off)
    [mail] = sent(mailoutbox)
    assert mail.subject.startswith("The event is ")


def test_a_postponed_event_with_a_new_day_tells_again(event, mailoutbox):
    a_place(event)
    actions.postpone(event=event, by=event.lead)
    sent(mailoutbox)
    event.refresh_from_db()
    moved(event)
    [mail] = sent(mailoutbox)
    assert mail.subject.startswith("The event has another time or place")
    assert entries(mail)[0]["STATUS"] == "CONFIRMED"


def test_each_change_that_cannot_be_sent_is_a_task_of_its_own(event, staff):
    a_place(event, may_email=False, email="", may_call=True, phone="206-555-0123")
    moved(event)
    Task.objects.filter(key__startswith="notices.unsent").update(state="done", ended_at=timezone.now())
    event.refresh_from_db()
    moved(event)
    assert Task.objects.open().filter(key__startswith=f"notices.unsent:{telling.CHANGED}").count() == 1


def test_a_hundred_people_are_told_in_few_queries(event, django_assert_max_num_queries):
    type(event).objects.filter(pk=event.pk).update(capacity=None)
    for number in range(100):
        contact = ContactFactory(purpose=Purpose.EVENTS, agreed=(Channel.EMAIL,), may_sms=False)
        RegistrationFactory(event=event, contact=contact, adults=number % 3 + 1)
    event.refresh_from_db()
    with django_assert_max_num_queries(60):
        moved(event)
    assert Notice.objects.waiting().filter(kind=telling.CHANGED).count() == 100


def test_an_edit_that_moves_nothing_tells_nobody(event, staff, sign_in, mailoutbox):
    a_place(event)
    sent(mailoutbox)
    registering.settle(event)
    assert sent(mailoutbox) == []


# Offers --------------------------------------------------------------------------------------------------------------
def test_an_offer_is_told_at_once_and_again_in_its_last_part(event, mailoutbox):
    first = RegistrationFactory(event=event, adults=4)
    place = a_place(event)
    sent(mailoutbox)
    registering.cancel(first, by="resident")

    [mail] = sent(mailoutbox)
    assert mail.subject == f"There is room for you: {event.title_en}"
    assert place.address in mail.body
    place.refresh_from_db()
    last = place.contact.notices.get(kind=telling.OFFER_ENDS)
    assert abs(place.offer_until - last.due_at - 6 * HOUR) < timedelta(minutes=1)
    with time_machine.travel(last.due_at + timedelta(minutes=1)):
        [again] = sent(mailoutbox)
    assert "a place is kept for you" in again.subject


def test_of_a_long_offer_they_are_told_again_a_day_before_its_end(event, settings):
    settings.OFFER_LASTS = timedelta(hours=72)
    place = a_place(event)
    place.event = event
    Registration.objects.filter(pk=place.pk).update(state="waiting")
    registering.settle(event)
    place.refresh_from_db()
    assert place.state == State.OFFERED
    last = place.contact.notices.get(kind=telling.OFFER_ENDS)
    assert abs(place.offer_until - last.due_at - 24 * HOUR) < timedelta(minutes=1)


@pytest.mark.parametrize("answer", ["accept", "cancel", "lapse"])
def test_an_answered_offer_is_spoken_of_no_more(event, mailoutbox, answer):
    place = RegistrationFactory(event=event, waiting=True)
    registering.settle(event)
    sent(mailoutbox)
    assert owed(place) == ["offer_ends"]
    if answer == "lapse":
        with time_machine.travel(timezone.now() + 25 * HOUR):
            registering.settle(event)
        assert owed(place) == []
        return
    getattr(registering, answer)(place, by="resident")
    assert owed(place) == (["registered", "reminder"] if answer == "accept" else [])


def test_an_offer_that_is_over_is_not_sent(event, mailoutbox):
    place = RegistrationFactory(event=event, waiting=True)
    registering.settle(event)
    Registration.objects.filter(pk=place.pk).update(state="waiting", offer_until=None)
    assert sent(mailoutbox) == []


# Another way, another lead -------------------------------------------------------------------------------------------
def test_who_gives_another_address_is_told_there_from_then_on(client, event, mailoutbox):
    place = a_place(event)
    sent(mailoutbox)
    fields = {"adults": "1", "language": "en", "way": "email", "email": "new@example.org", "seen": "1"}
    assert client.post(f"{place.address}change/", fields).status_code == 302

    [mail] = sent(mailoutbox)
    assert mail.to == ["new@example.org"]
    assert owed(place) == ["reminder"]
    with time_machine.travel(event.starts_at - 40 * HOUR):
        assert [mail.to for mail in sent(mailoutbox)] == [["new@example.org"]]


def test_who_takes_their_way_back_is_told_nothing_more(client, event, mailoutbox):
    place = a_place(event)
    sent(mailoutbox)
    client.post(f"{place.address}change/", {"adults": "1", "language": "en", "way": "none", "seen": "1"})
    place.contact.refresh_from_db()
    assert (place.contact.email, owed(place)) == ("", [])
    assert not place.contact.consents.filter(withdrawn_at=None).exists()


def test_a_change_of_people_alone_sends_nothing(client, event, mailoutbox):
    place = a_place(event)
    sent(mailoutbox)
    email = place.contact.email
    client.post(
        f"{place.address}change/", {"adults": "2", "language": "en", "way": "email", "email": email, "seen": "1"}
    )
    assert sent(mailoutbox) == []
    assert owed(place) == ["reminder"]


def test_a_change_before_the_first_message_went_out_takes_it_from_nobody(client, event, mailoutbox):
    place = a_place(event)
    same = {"adults": "2", "language": "en", "way": "email", "email": place.contact.email, "seen": "1"}
    client.post(f"{place.address}change/", same)
    [mail] = sent(mailoutbox)
    assert "for 2 people" in mail.body
    assert place.code in mail.body


def test_a_change_before_an_offer_went_out_takes_it_from_nobody(client, event, mailoutbox):
    place = RegistrationFactory(event=event, waiting=True, adults=2)
    registering.settle(event)
    place.refresh_from_db()
    fewer = {"adults": "1", "language": "en", "way": "email", "email": place.contact.email, "seen": f"{place.version}"}
    client.post(f"{place.address}change/", fewer)
    [mail] = sent(mailoutbox)
    assert mail.subject == f"There is room for you: {event.title_en}"


def test_what_cannot_be_sent_becomes_the_task_of_who_leads_it_now(event, staff):
    place = a_place(event)
    a_place(event, may_email=False, email="", may_call=True, phone="206-555-0123")
    moved(event)
    event.refresh_from_db()
    event.lead = staff.helper
    telling.hand_over(event)
    assert set(place.contact.notices.waiting().values_list("owner", flat=True)) == {staff.helper.pk}
    assert Task.objects.get(key__startswith="notices.unsent").owner == staff.helper


def test_who_was_asked_answers_by_the_link(client, event, mailoutbox):
    contact = Contact(may_email=True, email="ana@example.org")
    asked = Registration(contact=contact, state=State.PENDING, adults=2)
    place = registering.add(event=event, place=asked, given=[(Purpose.EVENTS, Channel.EMAIL)], by=event.lead)
    [mail] = sent(mailoutbox)
    assert mail.subject.startswith("Will you come?")
    assert registering.room_of(event).taken == 0

    assert "I will come" in client.get(place.address).content.decode()
    client.post(f"{place.address}accept/")
    place.refresh_from_db()
    assert place.state == State.CONFIRMED
    assert sent(mailoutbox)[0].subject.startswith("You have a place")


def test_who_was_asked_and_finds_no_room_waits(client, event, mailoutbox):
    place = registering.add(
        event=event, place=Registration(contact=Contact(), state=State.PENDING), given=[], by=event.lead
    )
    RegistrationFactory(event=event, adults=4)
    client.post(f"{place.address}accept/")
    place.refresh_from_db()
    assert place.state == State.WAITING


def test_a_batch_is_rendered_in_one_query(event, django_assert_num_queries):
    refs = [a_place(event).contact.notices.get(kind=telling.REGISTERED).ref for _each in range(3)]
    with django_assert_num_queries(1):
        assert all(mails.registered(refs, "en").values())
    assert mails.registered(["00000000-0000-4000-8000-000000000000:1.0"], "en") == {
        "00000000-0000-4000-8000-000000000000:1.0": None
    }
