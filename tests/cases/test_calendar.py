"""Appointments in calendars: the file in a mail to one person, and the feed of a member of staff."""

from datetime import time, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import CalendarFeed
from cases import scheduling
from cases.models import Case, Session
from core.models import AuditEntry
from notices.models import Notice
from notices.tasks import deliver_due
from tests.factories.areas import VenueFactory
from tests.factories.cases import PartyFactory, SessionFactory
from tests.factories.notices import ContactFactory


@pytest.fixture
def party(case):
    contact = ContactFactory(name="Teodora K.", email="teodora@example.org", may_email=True)
    return PartyFactory(case=case, contact=contact)


@pytest.fixture
def booked(case, party, staff):
    """An appointment some days ahead, whatever the hour is now, of which the party was reminded."""
    day = timezone.localdate() + timedelta(days=4)
    session = Session(
        case=case,
        kind="pre_meeting",
        day=day,
        clock=time(18, 30),
        place="Back room, second door",
        minutes=45,
        online="https://meet.example.org/onlinecanary",
    )
    scheduling.book_session(session=session, parties=[party], staff=[staff.assigned], by=staff.assigned)
    Notice.objects.filter(ref=session.reference, key__contains=":2d:").update(
        due_at=timezone.now() - timedelta(minutes=1)
    )
    return session


def files(mailoutbox, to):
    """The calendar files in the mails to one person: (method of the part, calendar)."""
    for mail in mailoutbox:
        if mail.to == [to]:
            for part in message_from_bytes(mail.message().as_bytes(), policy=default).walk():
                if part.get_content_type() == "text/calendar":
                    yield part["Content-Type"].params["method"], Calendar.from_ical(part.get_content())


def event_of(calendar):
    [event] = calendar.walk("VEVENT")
    return event


def test_a_reminder_brings_the_appointment_for_one_person_alone(booked, mailoutbox, settings):
    deliver_due()
    [(method, calendar)] = files(mailoutbox, "teodora@example.org")
    event = event_of(calendar)

    assert (method, calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "REQUEST", "CONFIRMED", 0)
    assert event["SUMMARY"] == "Appointment"
    assert event["DTSTART"].dt == booked.wall_time
    assert event["DTSTART"].params["TZID"] == settings.TIME_ZONE
    assert event["DURATION"].dt == timedelta(minutes=45)
    assert event["ATTENDEE"] == "mailto:teodora@example.org"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == [settings.TIME_ZONE]
    said = calendar.to_ical().decode()
    for word in (
        booked.reference,
        booked.case.reference,
        booked.case.title,
        "Back room",
        "mediation",
        "Teodora K",
        "onlinecanary",
    ):
        assert word.lower() not in said.lower()


def test_lines_end_and_fold_as_the_standard_says(booked, mailoutbox):
    deliver_due()
    [(_method, calendar)] = files(mailoutbox, "teodora@example.org")
    lines = calendar.to_ical().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)


def test_moving_and_canceling_update_the_same_entry(booked, party, staff, mailoutbox):
    deliver_due()
    changes = {"clock": booked.clock.replace(hour=19), "minutes": 45, "venue": None, "place": "There"}
    scheduling.move_session(session=booked, by=staff.assigned, seen=0, day=booked.day + timedelta(days=3), **changes)
    deliver_due()
    scheduling.cancel_session(session=booked, reason="The room is closed", by=staff.assigned)
    deliver_due()

    sent = [(method, event_of(calendar)) for method, calendar in files(mailoutbox, "teodora@example.org")]
    assert [(method, event["SEQUENCE"], event["STATUS"]) for method, event in sent] == [
        ("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, "CANCELLED"),
    ]  # fmt: skip
    assert len({event["UID"] for _method, event in sent}) == 1
    assert sent[-1][1]["SUMMARY"] == "Canceled: Appointment"


def test_whoever_is_reached_without_our_name_gets_no_file(booked, party, mailoutbox):
    type(party.contact).objects.filter(pk=party.contact.pk).update(neutral=True)
    deliver_due()
    assert [mail.to for mail in mailoutbox if mail.to == ["teodora@example.org"]]
    assert list(files(mailoutbox, "teodora@example.org")) == []


def test_two_people_get_different_files_of_one_entry(booked, case, staff, mailoutbox):
    deliver_due()
    [(_method, theirs)] = files(mailoutbox, "teodora@example.org")
    [(_method, ours)] = files(mailoutbox, staff.assigned.contact.email or staff.assigned.email)
    assert event_of(theirs)["UID"] == event_of(ours)["UID"]
    assert event_of(theirs)["ATTENDEE"] != event_of(ours)["ATTENDEE"]


# The feed of a member of staff -----------------------------------------------------------------------
def read(client, feed):
    answer = client.get(reverse("links:calendar", args=[feed.token]))
    assert answer.status_code == 200
    return answer, Calendar.from_ical(answer.content)


def test_the_feed_says_when_and_in_which_venue_and_nothing_else(booked, party, staff, client, area):
    venue = VenueFactory(area=area, name="Library, room 2")
    Session.objects.filter(pk=booked.pk).update(venue=venue)
    SessionFactory(case=booked.case, parties=[party])
    answer, calendar = read(client, CalendarFeed.objects.make(staff.assigned))

    event = event_of(calendar)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event["SUMMARY"], event["LOCATION"]) == ("Appointment", "Library, room 2")
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event
    said = answer.content.decode()
    for word in (booked.case.reference, booked.case.title, str(party), "Back room", booked.reference, "onlinecanary"):
        assert word not in said


def test_what_was_canceled_stays_for_a_while_and_says_so(booked, staff, client):
    scheduling.cancel_session(session=booked, reason="The room is closed", by=staff.assigned)
    _answer, calendar = read(client, CalendarFeed.objects.make(staff.assigned))
    event = event_of(calendar)
    assert (event["STATUS"], event["SEQUENCE"], event["SUMMARY"]) == ("CANCELLED", 1, "Canceled: Appointment")
    assert "room is closed" not in str(calendar)


def test_a_fresh_address_ends_the_one_before(staff, client, sign_in):
    first = CalendarFeed.objects.make(staff.assigned)
    mine = sign_in(staff.assigned)
    settings_page = mine.post(reverse("accounts:my_calendar"), follow=True)
    second = CalendarFeed.objects.get(user=staff.assigned)

    assert second.token in settings_page.content.decode()
    assert client.get(reverse("links:calendar", args=[first.token])).status_code == 404
    assert client.get(reverse("links:calendar", args=[second.token])).status_code == 200
    mine.post(reverse("accounts:my_calendar"), {"end": "1"})
    assert client.get(reverse("links:calendar", args=[second.token])).status_code == 404
    assert not [feed for feed in (first, second) if feed.token in str(CalendarFeed.objects.values())]
    assert AuditEntry.objects.filter(act__startswith="calendar.").count() == 3


def test_whoever_is_disabled_has_no_feed_and_gets_another_one_later(staff, client):
    feed = CalendarFeed.objects.make(staff.assigned)
    staff.assigned.disable(by=staff.supervisor)
    assert client.get(reverse("links:calendar", args=[feed.token])).status_code == 404
    staff.assigned.enable(by=staff.supervisor)
    assert CalendarFeed.objects.make(staff.assigned).token != feed.token


def test_an_appointment_leaves_the_feed_with_the_right_to_its_case(booked, staff, client, area):
    feed = CalendarFeed.objects.make(staff.assigned)
    assert len(read(client, feed)[1].walk("VEVENT")) == 1
    Case.objects.filter(pk=booked.case.pk).update(assigned_to=None, opened_by=staff.supervisor, access="sealed")
    assert read(client, feed)[1].walk("VEVENT") == []


def test_a_lost_phone_reads_nothing_more(staff, client):
    feed = CalendarFeed.objects.make(staff.assigned)
    staff.assigned.reset_second_factor(reason="Lost phone", by=staff.supervisor)
    assert client.get(reverse("links:calendar", args=[feed.token])).status_code == 404


def test_the_feed_costs_three_queries_however_full_it_is(case, party, staff, client, django_assert_num_queries):
    feed = CalendarFeed.objects.make(staff.assigned)
    for days in range(1, 6):
        start = timezone.now() + timedelta(days=days)
        SessionFactory(case=case, staff=[staff.assigned], starts_at=start, day=start.date(), clock=start.time())
    with django_assert_num_queries(3):
        assert len(read(client, feed)[1].walk("VEVENT")) == 5
