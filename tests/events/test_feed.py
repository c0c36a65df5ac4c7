"""The feed of events for calendars, and the file of one event (RFC 5545)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from events import actions, calendars
from events.models import Event
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.events import EventFactory, PartFactory

FEED = "/events/feed.ics"
pytestmark = pytest.mark.django_db


def read(client, **asked):
    answer = client.get(FEED, asked)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def entries(client, **asked):
    return read(client, **asked).walk("VEVENT")


def entry_of(client, event, **asked):
    [entry] = [one for one in entries(client, **asked) if str(event.uid) in one["UID"]]
    return entry


def text(entry, name):
    return str(entry.get(name, ""))


def publish(*events):
    for event in events:
        Event.objects.filter(pk=event.pk).update(
            state="published", published_at=timezone.now(), published_by=event.made_by
        )


# The file ------------------------------------------------------------------------------------------------------------
def test_the_feed_is_what_calendars_ask_for(client, make_event):
    make_event(published=True)
    answer = client.get(FEED)
    lines = answer.content.split(b"\r\n")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)
    # What the calendar is stands before its first entry.
    head = lines[: lines.index(b"BEGIN:VTIMEZONE")]
    for line in (
        b"VERSION:2.0",
        b"CALSCALE:GREGORIAN",
        b"METHOD:PUBLISH",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
        b"NAME:Events: Community Liaison",
        b"X-WR-CALNAME:Events: Community Liaison",
    ):
        assert line in head


def test_an_entry_says_all_that_people_need_to_come(client, make_event):
    room = VenueFactory(name="Library; upper, room", address="1 Test Street", transport="Bus 5", step_free=True)
    event = make_event(published=True, venue=room, online="https://meet.example/r", interpreters=["so"], capacity=9)
    entry = entry_of(client, event)
    assert entry["UID"] == f"event-{event.uid}@example.org"
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (event.wall_time, event.wall_end)
    assert entry["DTSTART"].params["TZID"] == settings.TIME_ZONE
    assert entry["DTSTAMP"].dt == entry["LAST-MODIFIED"].dt == event.changed_at.replace(microsecond=0)
    assert entry["DTSTAMP"].dt.tzinfo == ZoneInfo("UTC")
    assert (text(entry, "SUMMARY"), text(entry, "LOCATION")) == (event.title_en, "Library; upper, room, 1 Test Street")
    assert (text(entry, "STATUS"), text(entry, "CLASS"), entry["SEQUENCE"]) == ("CONFIRMED", "PUBLIC", 0)
    assert entry["CATEGORIES"].cats == [str(event.type)]
    assert text(entry, "URL") == f"{settings.PUBLIC_URL}/events/{event.reference}/"
    assert text(entry, "ORGANIZER") == f"mailto:{settings.AGENCY['email']}"
    for told in ("Come and ask.", "Bus 5", "Step-free", "English", "Somali", "Children are welcome", "meet.example"):
        assert told in text(entry, "DESCRIPTION")


def test_a_zone_is_told_for_each_that_is_named(client, make_event):
    make_event(published=True)
    make_event(published=True, time_zone="Europe/Berlin")
    calendar = read(client)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["America/New_York", "Europe/Berlin"]


@pytest.mark.parametrize(
    "traits",
    [{}, {"planned": True}, {"published": True, "access": "invited"}, {"published": True, "access": "private"}],
)
def test_what_is_not_for_residents_is_in_no_feed(client, make_event, traits):
    event = make_event(**traits)
    assert entries(client) == []
    assert client.get(f"/events/{event.reference}.ics").status_code == 404


def test_nothing_inner_is_in_the_feed(client, make_event):
    event = make_event(published=True, risk_note="riskcanary", materials="stuffcanary", budget_line="grantcanary")
    type(event.lead).objects.filter(pk=event.lead.pk).update(name="leadcanary")
    PartFactory(event=event, organization__name="partcanary", what="whatcanary")
    assert b"canary" not in client.get(FEED).content
    assert b"canary" not in client.get(f"/events/{event.reference}.ics").content


def test_the_feed_covers_thirty_days_past_and_a_year_ahead(client, make_event):
    today = timezone.localdate()
    for days in (-31, -29, 1, 365, 367):
        make_event(published=True, title_en=f"{days}", day=today + timedelta(days=days), clock=time(12))
    assert sorted(text(entry, "SUMMARY") for entry in entries(client)) == ["-29", "1", "365"]


# Changes -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "status", "title"),
    [(actions.cancel, "CANCELLED", "Canceled: "), (actions.postpone, "TENTATIVE", "Postponed: ")],
)
def test_what_does_not_take_place_stays_and_says_so(client, make_event, staff, act, status, title):
    event = make_event(published=True, online="https://meet.example/r")
    act(event=event, by=staff.lead, told_en="The hall is flooded.", told_es="La sala está inundada.")
    entry = entry_of(client, event)
    assert (text(entry, "STATUS"), entry["SEQUENCE"], text(entry, "SUMMARY")) == (status, 1, title + event.title_en)
    assert text(entry, "DESCRIPTION").startswith("The hall is flooded.")
    assert ("meet.example" in text(entry, "DESCRIPTION")) == (act is actions.postpone)

    with time_machine.travel(event.ends_at + timedelta(days=29)):
        assert entry_of(client, event)["UID"] == entry["UID"]
    with time_machine.travel(event.ends_at + timedelta(days=32)):
        assert entries(client) == []


def test_a_moved_event_keeps_its_name_and_counts_up(client, make_event, staff):
    event = make_event(published=True)
    before = entry_of(client, event)
    changes = {"day": event.day + timedelta(days=1), "clock": time(9), "minutes": 30, "seen": 0, "place": "School"}
    actions.reschedule(event=event, changes=changes, by=staff.lead)
    after = entry_of(client, event)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert (after["DTSTART"].dt, text(after, "LOCATION")) == (event.wall_time, "School")


# Series --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def series(make_event, staff):
    """Six weeks of an event; all but the fourth are published."""
    first = make_event(clock=time(18), place="Test Park", title_en="Coffee")
    actions.repeat(event=first, every="week", times=6, by=staff.lead)
    times = list(Event.objects.order_by("starts_at"))
    publish(*times[:3], *times[4:])
    return list(Event.objects.order_by("starts_at"))


def rule_and_rest(found):
    [rule] = [entry for entry in found if "RRULE" in entry]
    return rule, [entry for entry in found if entry is not rule]


def test_a_series_is_one_entry_with_its_rule(client, series):
    rule, rest = rule_and_rest(entries(client))
    assert rest == []
    assert rule["UID"] == f"event-{series[0].series.handle}@example.org"
    assert rule["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=6"
    assert rule["DTSTART"].dt == series[0].wall_time
    assert [part.dt for part in rule["EXDATE"].dts] == [series[3].wall_time]
    assert rule["EXDATE"].params["TZID"] == rule["DTSTART"].params["TZID"] == settings.TIME_ZONE


def test_what_differs_from_the_rule_is_told_apart(client, series, staff):
    moved = {"day": series[1].day + timedelta(days=1), "clock": time(9), "minutes": 90, "seen": 0}
    actions.reschedule(event=series[1], changes=moved, by=staff.lead)
    actions.cancel(event=series[2], by=staff.lead)
    Event.objects.filter(pk=series[4].pk).update(title_en="Tea")
    rule, rest = rule_and_rest(entries(client))
    assert {entry["UID"] for entry in rest} == {rule["UID"]}
    told = [(entry["RECURRENCE-ID"].dt, text(entry, "SUMMARY"), text(entry, "STATUS")) for entry in rest]
    planned = [datetime.combine(event.stands_for, time(18), ZoneInfo(settings.TIME_ZONE)) for event in series]
    assert told == [
        (planned[1], "Coffee", "CONFIRMED"), (planned[2], "Canceled: Coffee", "CANCELLED"),
        (planned[4], "Tea", "CONFIRMED"),
    ]  # fmt: skip
    assert rest[0]["DTSTART"].dt == series[1].wall_time
    assert {entry["SEQUENCE"] for entry in (rule, *rest)} == {2}
    assert text(rule, "SUMMARY") == "Coffee"


def test_a_series_counts_up_with_each_of_its_times_and_never_back(client, series, staff):
    counts = [rule_and_rest(entries(client))[0]["SEQUENCE"]]
    for event in series[:3]:
        actions.cancel(event=event, by=staff.lead)
        counts.append(rule_and_rest(entries(client))[0]["SEQUENCE"])
    assert counts == [0, 1, 2, 3]


def test_a_whole_series_that_is_canceled_is_one_canceled_entry(client, series, staff):
    actions.cancel_series(event=series[0], by=staff.lead)
    rule, rest = rule_and_rest(entries(client))
    assert (text(rule, "STATUS"), text(rule, "SUMMARY"), rest) == ("CANCELLED", "Canceled: Coffee", [])


def test_a_canceled_time_leaves_the_rule_a_month_after_its_day(client, series, staff):
    actions.cancel(event=series[0], by=staff.lead)
    with time_machine.travel(series[0].ends_at + timedelta(days=32)):
        rule, rest = rule_and_rest(entries(client))
    assert [part.dt for part in rule["EXDATE"].dts] == [series[0].wall_time, series[3].wall_time]
    assert rest == []


@pytest.mark.parametrize("access", ["invited", "private"])
def test_no_rule_tells_the_day_on_which_others_meet_for_themselves(client, series, access):
    Event.objects.filter(pk=series[3].pk).update(access=access)
    for state in ("draft", "planned", "canceled"):
        gone = {"canceled_at": timezone.now(), "canceled_by": series[3].made_by} if state == "canceled" else {}
        Event.objects.filter(pk=series[3].pk).update(state=state, **gone)
        found = entries(client)
        assert [entry["DTSTART"].dt for entry in found] == [event.wall_time for event in series[:3] + series[4:]]
        assert not [entry for entry in found if entry.keys() & {"RRULE", "EXDATE", "RECURRENCE-ID"}]
        assert f"{series[3].stands_for:%Y%m%d}T18" not in client.get(FEED).content.decode()


def test_a_time_that_no_day_of_the_rule_stands_for_is_an_event_like_any_other(client, series):
    strange = series[1]
    Event.objects.filter(pk=strange.pk).update(stands_for=strange.stands_for + timedelta(days=2))
    rule, [alone] = rule_and_rest(entries(client))
    assert (alone["UID"], "RECURRENCE-ID" in alone) == (f"event-{strange.uid}@example.org", False)
    assert len(rule["EXDATE"].dts) == 2


def test_without_rules_each_time_is_an_entry(client, series, staff):
    moved = {"day": series[1].day + timedelta(days=1), "clock": time(9), "minutes": 90, "seen": 0}
    actions.reschedule(event=series[1], changes=moved, by=staff.lead)
    found = entries(client, expand="1")
    assert [entry["DTSTART"].dt for entry in found] == [
        event.wall_time for event in Event.objects.shown().order_by("starts_at")
    ]
    assert not [entry for entry in found if entry.keys() & {"RRULE", "EXDATE", "RECURRENCE-ID"}]
    # A moved time keeps the name of the day that it stands for.
    names = [f"event-{event.series.handle}-{event.stands_for:%Y%m%d}T180000@example.org" for event in series]
    assert [entry["UID"] for entry in found] == names[:3] + names[4:]


def test_a_series_over_the_change_of_the_clock_keeps_its_hour(client, make_event, staff):
    with time_machine.travel(datetime(2027, 10, 20, 12, tzinfo=UTC), tick=False):
        first = make_event(day=datetime(2027, 10, 30).date(), clock=time(18))
        actions.repeat(event=first, every="week", times=3, by=staff.lead)
        publish(*Event.objects.all())
        [rule] = entries(client)
        hours = [entry["DTSTART"].dt.astimezone(UTC).hour for entry in entries(client, expand="1")]
    assert rule["DTSTART"].to_ical() == b"20271030T180000"
    assert hours == [22, 22, 23]


# Whose feed, in which words ------------------------------------------------------------------------------------------
def test_the_feed_is_narrowed_as_the_list_is(client, area, make_event, series):
    other = EventFactory(title_en="Other", published=True, area=AreaFactory(name="Elsewhere"), languages=["es"])
    assert [text(entry, "SUMMARY") for entry in entries(client, area="Elsewhere")] == ["Other"]
    assert [text(entry, "SUMMARY") for entry in entries(client, type=other.type.code)] == ["Other"]
    assert [text(entry, "SUMMARY") for entry in entries(client, held_in="es")] == ["Other"]
    assert [text(entry, "SUMMARY") for entry in entries(client, area=area.name)] == ["Coffee"]
    assert len(entries(client, area="nowhere", type="\x00")) == 2


def test_of_a_series_a_filter_leaves_the_days_that_match(client, series):
    Event.objects.filter(pk=series[1].pk).update(area=AreaFactory(name="Elsewhere"))
    rule, rest = rule_and_rest(entries(client, area="Elsewhere"))
    assert (len(rule["EXDATE"].dts), rest) == (5, [])


def test_the_feed_speaks_the_language_that_it_is_asked_for(client, make_event):
    event = make_event(published=True)
    assert text(entry_of(client, event, language="es"), "SUMMARY") == event.title_es
    assert text(entry_of(client, event, language="xx"), "SUMMARY") == event.title_en
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    spanish = entry_of(client, event)
    assert (text(spanish, "SUMMARY"), "Idiomas: Inglés" in text(spanish, "DESCRIPTION")) == (event.title_es, True)
    assert text(entry_of(client, event, language="en"), "SUMMARY") == event.title_en


@pytest.mark.parametrize(
    "title", ["a\r\nATTENDEE:mailto:x@example.org", "a\nEND:VEVENT\nEND:VCALENDAR", "a\rURL:x", "a\x0b\x1c\x85b\u2028c"]
)
def test_a_title_ends_no_line_and_begins_no_property(client, make_event, title):
    event = make_event(published=True, title_en=title, about_en=title, place=title)
    [entry] = entries(client)
    assert text(entry, "SUMMARY") == " ".join(title.split())
    assert not entry.keys() & {"ATTENDEE"}
    assert text(entry, "URL").endswith(f"/events/{event.reference}/")
    assert not {byte for byte in client.get(FEED).content if byte < 32} - {10, 13}


# Asking again --------------------------------------------------------------------------------------------------------
def test_a_calendar_that_has_it_already_is_told_so(client, make_event, staff):
    event = make_event(published=True)
    first = client.get(FEED)
    known = {"if-none-match": first.headers["ETag"]}
    assert (client.get(FEED, headers=known).status_code, client.get(FEED, headers=known).content) == (304, b"")
    since = {"if-modified-since": first.headers["Last-Modified"]}
    assert client.get(FEED, headers=since).status_code == 304
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    # In another language it is another file.
    assert client.get(FEED, {"language": "es"}, headers=known).status_code == 200

    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        actions.cancel(event=event, by=staff.lead)
        assert client.get(FEED, headers=known).status_code == 200
        assert client.get(FEED, headers=since).status_code == 200


def test_the_same_events_make_the_same_file(client, make_event, series):
    make_event(published=True, time_zone="Europe/Berlin")
    assert client.get(FEED).content == client.get(FEED).content


def test_what_leaves_the_feed_is_a_change(client, make_event):
    event = make_event(published=True)
    first = client.get(FEED)
    later = timezone.now() + timedelta(seconds=5)
    Event.objects.filter(pk=event.pk).update(access="invited", changed_at=later)
    since = {"if-modified-since": first.headers["Last-Modified"]}
    answer = client.get(FEED, headers=since)
    assert (answer.status_code, answer.content.count(b"BEGIN:VEVENT")) == (200, 0)


def test_the_feed_costs_the_same_however_full_it_is(client, make_event, series, staff):
    counts = []
    for _more in range(2):
        make_event(published=True, venue=VenueFactory())
        first = make_event(clock=time(10))
        actions.repeat(event=first, every="month", times=3, by=staff.lead)
        publish(*Event.objects.filter(series=first.series))
        client.get(FEED)
        with CaptureQueriesContext(connection) as asked:
            client.get(FEED)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


# One event -----------------------------------------------------------------------------------------------------------
def test_one_event_is_added_to_a_calendar_by_hand(client, make_event):
    event = make_event(published=True)
    answer = client.get(reverse("public_events:event_file", args=[event.reference]))
    calendar = Calendar.from_ical(answer.content)
    [entry] = calendar.walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "METHOD" not in calendar
    assert "REFRESH-INTERVAL" not in calendar
    assert entry["UID"] == entry_of(client, event)["UID"]
    assert str(client.get(event.public_url).content).count(f"{event.reference}.ics") == 1


def test_one_time_of_a_series_is_added_without_its_rule(client, series):
    answer = client.get(f"/events/{series[1].reference}.ics", {"language": "es"})
    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert "RRULE" not in entry
    assert (entry["DTSTART"].dt, text(entry, "SUMMARY")) == (series[1].wall_time, series[1].title_es)


def test_the_start_of_a_day_is_that_of_our_clock():
    with time_machine.travel(datetime(2026, 11, 3, 2, tzinfo=UTC)):
        assert calendars.start_of_day().isoformat() == "2026-11-02T00:00:00-05:00"
