"""What the calendars, readers of news and search engines of others make of what we publish: exactly what we have.

A series runs over both changes of the clock in America/New_York, with times that were moved, canceled, postponed,
renamed and not published at all.
"""

import importlib.util
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from events.models import Event
from tests.foreign.conftest import HOSTILE, ZONE

pytestmark = pytest.mark.django_db
SCHEMA = "https://schema.org/"
LANGUAGES = ("en", "es")


def walls(rows):
    """[when on the clock of the wall, title, state] of rows in UTC."""
    return sorted([f"{local(at):%Y-%m-%d %H:%M}", *rest] for at, *rest in rows)


def local(text):
    return datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE))


def in_words(text):
    """A title as one line, without what no file may hold."""
    return " ".join(text.replace("\x0b", " ").replace("\x07", " ").split())


def test_the_product_has_none_of_these_programs():
    """They are here to read, and not to be built upon."""
    names = ("extruct", "feedparser", "khal", "recurring_ical_events", "vdirsyncer", "vobject")
    assert [name for name in names if importlib.util.find_spec(name)] == []


# Calendars ------------------------------------------------------------------------------------------------------------
def test_the_series_keeps_its_hour_over_both_changes_of_the_clock(read):
    coffee = [row for row in read["told"] if row[1] == "Coffee" and local(row[0]).hour == 18]
    assert {datetime.fromisoformat(at).astimezone(UTC).hour for at, _title, _state in coffee} == {22, 23}
    assert coffee[0][0] < "2026-11-01" < "2027-03-14" < coffee[-1][0]
    assert len(read["told"]) == 25


@pytest.mark.parametrize("name", ["feed.ics", "expanded.ics"])
def test_recurring_ical_events_reads_what_we_have(read, name):
    assert read["recurring"][name] == read["told"]


def test_khal_shows_what_we_have(read):
    assert read["khal"] == walls(read["told"])


def test_vobject_reads_each_time_by_itself(read):
    assert read["vobject"]["expanded.ics"] == sorted(row[:2] for row in read["told"])


def test_vobject_finds_every_day_of_the_rule(read):
    """It knows of no entry that differs from the rule, which is why there is a feed without rules."""
    ruled = {at for at, title in read["vobject"]["feed.ics"] if title == "Coffee"}
    as_ruled = {at for at, title, _state in read["told"] if title == "Coffee" and local(at).hour == 18}
    assert as_ruled < ruled


def test_vdirsyncer_takes_each_name_once(read):
    """Under one name lie the rule and what differs from it."""
    names = [name for name, _at in read["vdirsyncer"]]
    assert sorted(names.count(name) for name in set(names)) == [1, 1, 5]


def test_the_feed_is_as_calendars_are_promised(read):
    seen = read["icalendar"]
    assert (seen["errors"], seen["zones"]) == ([], [ZONE])
    named = ("VERSION", "CALSCALE", "METHOD", "X-PUBLISHED-TTL")
    assert [seen["properties"][name] for name in named] == ["2.0", "GREGORIAN", "PUBLISH", "PT1H"]
    assert all(not entry.keys() & {"ATTENDEE", "CONTACT", "COMMENT"} for entry in seen["entries"])


# Search engines -------------------------------------------------------------------------------------------------------
def expected(event, language):
    """An event in the words of schema.org, from our own row."""
    zone = ZoneInfo(ZONE)
    states = {"canceled": "EventCancelled", "postponed": "EventPostponed"}
    with translation.override(language):
        told = {
            "@context": "https://schema.org",
            "@type": "Event",
            "url": f"https://localhost/events/{event.reference}/",
            "name": in_words(event.title_es if language == "es" else event.title_en),
            "startDate": event.starts_at.astimezone(zone).isoformat(),
            "endDate": (event.starts_at + timedelta(minutes=event.minutes)).astimezone(zone).isoformat(),
            "eventStatus": SCHEMA + states.get(event.state, "EventRescheduled" if event.was_at else "EventScheduled"),
            "inLanguage": ["en"],
            "isAccessibleForFree": True,
        }
    if event.was_at:
        told["previousStartDate"] = event.was_at.astimezone(zone).isoformat()
    return told


@pytest.mark.parametrize("language", LANGUAGES)
def test_extruct_finds_the_event_of_each_page(read, language):
    for event in read["events"]:
        [found] = read["extruct"][f"{event.reference}-{language}.html"]
        wanted = expected(event, language)
        assert {name: found[name] for name in wanted} == wanted
        assert found["organizer"]["@type"] == "GovernmentOrganization"
    states = {found["eventStatus"] for [found] in read["extruct"].values()}
    assert {state.removeprefix(SCHEMA) for state in states} == {
        "EventScheduled", "EventRescheduled", "EventCancelled", "EventPostponed",
    }  # fmt: skip


def test_extruct_finds_where_it_is(read):
    places = {event.title_en: read["extruct"][f"{event.reference}-en.html"][0] for event in read["events"]}
    room, mixed = places["On the day the clocks go back"], places["Forward"]
    assert room["location"] | {"address": room["location"]["address"]["streetAddress"]} == {
        "@type": "Place", "name": "Library; upper, room", "address": "1 Test Street",
    }  # fmt: skip
    assert [part["@type"] for part in mixed["location"]] == ["Place", "VirtualLocation"]
    assert mixed["eventAttendanceMode"] == f"{SCHEMA}MixedEventAttendanceMode"


def test_a_hostile_title_is_a_title_and_nothing_else(read):
    [event] = [one for one in read["events"] if one.title_en.startswith("</script>")]
    for language in LANGUAGES:
        page = read["answers"][f"{event.reference}-{language}.html"].decode()
        assert "<script>alert" not in page
        assert page.count("</script>") == 1
    [found] = read["extruct"][f"{event.reference}-es.html"]
    assert "\x07" not in found["description"]
    assert in_words(found["description"]) == in_words(HOSTILE)


# Readers of news ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "version"), [("rss", "rss20"), ("atom", "atom10")])
def test_feedparser_reads_what_we_have(read, language, kind, version):
    seen = read["feedparser"][f"news-{language}.{kind}"]
    assert (seen["bozo"], seen["version"], seen["feed"]["language"]) == (False, version, language)
    assert [link["href"] for link in seen["feed"]["self"]] == [
        f"https://localhost/events/feed.{kind}?language={language}"
    ]
    assert len(seen["entries"]) == len(read["told"])
    entries = {entry["id"]: entry for entry in seen["entries"]}
    for event in (one for one in read["events"] if one.state != Event.State.HELD):
        entry = entries[f"urn:uuid:{event.uid}"]
        assert entry["link"] == f"https://localhost/events/{event.reference}/"
        assert entry["published"]
        assert entry["updated"]
        if not event.title_en.startswith("</script>"):
            title = event.title_es if language == "es" else event.title_en
            assert entry["title"].endswith(title)


def test_the_name_of_an_entry_is_the_same_in_every_feed(read):
    names = [{entry["id"] for entry in feed["entries"]} for feed in read["feedparser"].values()]
    assert all(one == names[0] for one in names)
