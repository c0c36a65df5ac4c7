"""What follows from a public event: news, the data, card and picture of its page, its flyer, its month and its area."""

import json
import re
import struct
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import brotli
import pytest
import time_machine
from django.conf import settings
from django.utils import timezone, translation

from events import actions, flyer, month, share_card, structured
from events.models import Event
from tests.core.test_look import ROOT
from tests.factories.areas import AreaFactory, VenueFactory, square
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
NEWS = {"rss": "channel/item", "atom": f"{ATOM}entry"}


def items(client, kind, **asked):
    answer = client.get(f"/events/feed.{kind}", asked)
    assert answer.headers["Content-Type"] == f"application/{kind}+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content).findall(NEWS[kind])  # noqa: S314 -- we wrote it


def titles(client, kind, **asked):
    name = "title" if kind == "rss" else f"{ATOM}title"
    return [item.findtext(name) for item in items(client, kind, **asked)]


# News ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", NEWS)
def test_news_are_the_events_ahead_the_newest_first(client, make_event, staff, kind):
    now = timezone.now()
    make_event(title_en="Draft")
    make_event(title_en="Over", published=True, begun=True)
    make_event(title_en="Invited", published=True, access="invited")
    make_event(title_en="Older", published=True, published_at=now - timedelta(days=2))
    gone = make_event(title_en="Gone", published=True, published_at=now - timedelta(days=1))
    make_event(title_en="Newest", published=True)
    actions.cancel(event=gone, by=staff.lead)
    assert titles(client, kind) == ["Newest", "Canceled: Gone", "Older"]
    assert titles(client, kind, language="es")[1].endswith(f": {gone.title_es}")


@pytest.mark.parametrize("kind", NEWS)
def test_news_are_narrowed_and_may_be_none(client, make_event, kind):
    make_event(title_en="Here", published=True)
    EventFactory(title_en="There", published=True, area=AreaFactory(name="Elsewhere"))
    assert titles(client, kind, area="Elsewhere") == ["There"]
    assert titles(client, kind, held_in="vi") == []


@pytest.mark.parametrize("kind", NEWS)
def test_what_no_file_may_hold_spoils_no_news(client, make_event, kind):
    hostile = "</title>\x01\x1b ]]> & <b>bold</b>\ufffe"
    make_event(published=True, title_en=hostile, about_en=f"{hostile}\n\n<script>alert(1)</script>", place=hostile)
    [item] = items(client, kind)
    assert titles(client, kind) == ["</title> ]]> & <b>bold</b>"]
    told = item.findtext("description") or item.findtext(f"{ATOM}summary")
    assert "&lt;script&gt;alert(1)" in told
    assert "<script" not in told


def test_news_answer_304_to_a_reader_that_has_them(client, make_event):
    make_event(published=True)
    known = {"if-none-match": client.get("/events/feed.rss").headers["ETag"]}
    assert client.get("/events/feed.rss", headers=known).status_code == 304


def test_pages_lead_to_the_feeds_with_the_filter_and_the_language(client, area, make_event):
    make_event(published=True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    for name in ("", "month/", "map/"):
        page = client.get(f"/events/{name}", {"area": area.name, "nonsense": "1"}).content.decode()
        asked = f"?area={area.name.replace(' ', '+')}&amp;language=es"
        assert f'<link rel="alternate" type="text/calendar" href="/events/feed.ics{asked}"' in page
        assert f'href="webcal://localhost/events/feed.ics{asked}"' in page
        assert f'type="application/rss+xml" href="/events/feed.rss{asked}"' in page
        assert f'type="application/atom+xml" href="/events/feed.atom{asked}"' in page


# The page ------------------------------------------------------------------------------------------------------------
def data_of(page):
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(text)


def test_the_page_tells_programs_what_it_tells_people(client, make_event):
    event = make_event(published=True, capacity=40)
    data = data_of(client.get(event.public_url).content.decode())
    assert data == json.loads(json.dumps(structured.described(Event.objects.get())))
    assert (data["name"], data["maximumAttendeeCapacity"]) == (event.title_en, 40)
    assert data["startDate"] == event.wall_time.isoformat()
    assert re.fullmatch(r".*[+-]\d\d:\d\d", data["startDate"])


@pytest.mark.parametrize(
    ("act", "status"),
    [(None, "EventScheduled"), (actions.cancel, "EventCancelled"), (actions.postpone, "EventPostponed")],
)
def test_the_status_is_told_and_the_day_stays(client, make_event, staff, act, status):
    event = make_event(published=True)
    if act:
        act(event=event, by=staff.lead)
    data = data_of(client.get(event.public_url).content.decode())
    assert data["eventStatus"] == f"https://schema.org/{status}"
    assert data["startDate"] == event.wall_time.isoformat()
    assert "previousStartDate" not in data


def test_a_moved_event_says_when_it_was(client, make_event, staff):
    event = make_event(published=True)
    was = event.wall_time.isoformat()
    moved = {"day": event.day + timedelta(days=1), "clock": event.clock, "minutes": 30, "seen": 0}
    actions.reschedule(event=event, changes=moved, by=staff.lead)
    data = data_of(client.get(event.public_url).content.decode())
    assert (data["eventStatus"], data["previousStartDate"]) == ("https://schema.org/EventRescheduled", was)


@pytest.mark.parametrize(
    ("traits", "mode", "kinds"),
    [
        ({"place": "Test Park"}, "Offline", ["Place"]),
        ({"place": "", "online": "https://meet.example/r"}, "Online", ["VirtualLocation"]),
        ({"place": "Test Park", "online": "https://meet.example/r"}, "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_where_it_is_held_is_told(make_event, traits, mode, kinds):
    data = structured.described(make_event(published=True, **traits))
    location = data["location"] if isinstance(data["location"], list) else [data["location"]]
    assert data["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert [part["@type"] for part in location] == kinds


def test_the_link_to_a_canceled_event_is_nowhere(client, make_event, staff):
    event = make_event(published=True, place="", online="https://meet.example/r")
    actions.cancel(event=event, by=staff.lead)
    assert "meet.example" not in client.get(event.public_url).content.decode()


def test_data_ends_no_script_and_begins_none(client, make_event):
    hostile = "</script><!--<script>alert(1)</script>\u2028"
    event = make_event(published=True, title_en=hostile, about_en=hostile)
    page = client.get(event.public_url).content.decode()
    assert (page.count("<script"), page.count("</script>")) == (1, 1)
    assert data_of(page)["name"] == "</script><!--<script>alert(1)</script>"


def test_a_shared_link_shows_what_when_and_where(client, make_event):
    event = make_event(published=True, title_en='A "quoted" title', about_en="Words. " * 200)
    page = client.get(event.public_url).content.decode()
    assert '<meta property="og:title" content="A &quot;quoted&quot; title">' in page
    card = dict(structured.card(event))
    assert "Test Park" in card["og:description"]
    assert len(card["og:description"]) <= 200
    assert card["og:url"] == f"{settings.PUBLIC_URL}/events/{event.reference}/"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_shared_link_has_a_picture_of_what_when_and_where(client, make_event, language):
    event = make_event(published=True, title_en="W" * 120, title_es="Una #hora")
    page = client.get(event.public_url, headers={"Accept-Language": language}).content.decode()
    address = f"/events/{event.reference}/card.{language}.png"
    assert f'<meta property="og:image" content="{settings.PUBLIC_URL}{address}">' in page
    assert '<meta property="twitter:card" content="summary_large_image">' in page
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", answer.content[16:24]) == (share_card.WIDTH, share_card.HEIGHT)
    with translation.override(language):
        assert dict(structured.card(event))["og:image:alt"] == share_card.told(event)
        assert "Test Park" in share_card.told(event)


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
def test_what_does_not_take_place_has_no_picture(client, make_event, staff, act):
    event = make_event(published=True)
    address = f"/events/{event.reference}/card.en.png"
    assert client.get(address).status_code == 200
    act(event=event, by=staff.lead)
    assert client.get(address).status_code == 404
    page = client.get(event.public_url).content.decode()
    assert "og:image" not in page
    assert '<meta property="twitter:card" content="summary">' in page


@pytest.mark.parametrize("traits", [{}, {"planned": True}, {"published": True, "access": "invited"}])
def test_what_is_not_for_residents_has_no_picture(client, make_event, traits):
    assert client.get(f"/events/{make_event(**traits).reference}/card.en.png").status_code == 404


def test_the_page_of_a_series_names_its_other_times(client, make_event, staff):
    first = make_event(published=True)
    actions.repeat(event=first, every="week", times=3, by=staff.lead)
    _first, second, third = Event.objects.order_by("starts_at")
    Event.objects.filter(pk=second.pk).update(state="published", published_at=timezone.now(), published_by=staff.lead)
    page = client.get(first.public_url).content.decode()
    assert second.public_url in page
    assert third.public_url not in page


# The flyer -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_flyer_is_a_tagged_page_in_its_language(client, make_event, language):
    room = VenueFactory(name="Library", address="1 Test Street", transport="Bus 5", step_free=True)
    event = make_event(
        published=True, venue=room, title_en="A title *of* #many words " * 4, about_en="Words. " * 400,
        languages=["en", "es", "vi", "am", "ht"], interpreters=["so", "sgn", "ru", "uk"], online="https://meet.example/r",
    )  # fmt: skip
    answer = client.get(f"/events/{event.reference}/flyer.{language}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"pdfuaid", f"/Lang({language})".encode()):
        assert mark in answer.content.replace(b" (", b"("), mark
    assert b"/Type/Pages/Count 1/" in answer.content
    assert f'href="/events/{event.reference}/flyer.{language}.pdf"' in client.get(event.public_url).content.decode()


def test_the_flyer_says_what_people_need_and_where_its_code_leads(make_event):
    room = VenueFactory(name="Library", address="1 Test Street", transport="Bus 5", step_free=True)
    event = make_event(published=True, venue=room, interpreters=["so"])
    with translation.override("es"):
        words = flyer.words_of(event)
    assert words["title"] == event.title_es
    assert dict(words["facts"])["Acceso"].startswith("Sin escalones")
    assert {"Idiomas", "Niños", "Costo"} <= dict(words["facts"]).keys()
    assert words["address"] == f"{settings.PUBLIC_URL}/events/{event.reference}/"
    assert words["code"].startswith("<svg")
    assert words["address"] in words["code_words"]
    assert words["paper"] == settings.PAPER


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
def test_nobody_prints_a_flyer_of_what_does_not_take_place(client, make_event, staff, act):
    event = make_event(published=True)
    address = f"/events/{event.reference}/flyer.en.pdf"
    assert client.get(address).status_code == 200
    act(event=event, by=staff.lead)
    assert client.get(address).status_code == 404
    assert "flyer" not in client.get(event.public_url).content.decode()


@pytest.mark.parametrize("traits", [{}, {"planned": True}, {"published": True, "access": "invited"}])
def test_what_is_not_for_residents_has_no_flyer(client, make_event, traits):
    assert client.get(f"/events/{make_event(**traits).reference}/flyer.en.pdf").status_code == 404


def test_a_flyer_in_a_language_that_we_do_not_write_is_not_there(client, make_event):
    assert client.get(f"/events/{make_event(published=True).reference}/flyer.xx.pdf").status_code == 404


# The month -----------------------------------------------------------------------------------------------------------
def shown(client, **asked):
    found = client.get("/events/month/", asked).context["month"]
    return found, [event.title_en for week in found.weeks for day in week for event in day.events]


@pytest.fixture
def november():
    with time_machine.travel(datetime(2026, 11, 10, 12, tzinfo=timezone.get_default_timezone()), tick=False):
        yield


def test_a_month_shows_its_days_and_what_is_on_them(november, client, make_event):
    make_event(title_en="First", published=True, day=date(2026, 11, 1))
    make_event(title_en="Last", published=True, day=date(2026, 11, 30))
    make_event(title_en="Next", published=True, day=date(2026, 12, 1))
    make_event(title_en="Draft", day=date(2026, 11, 20))
    found, titles = shown(client)
    assert (titles, found.count, found.previous, found.next) == (["First", "Last"], 2, "2026-10", "2026-12")
    assert shown(client, month="2026-12")[1] == ["Next"]
    assert [day.date.day for day in found.weeks[0]] == [1, 2, 3, 4, 5, 6, 7]
    page = client.get("/events/month/").content.decode()
    assert page.count('aria-current="date"') == 1


def test_weeks_begin_as_the_language_has_it(november, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    found, _titles = shown(client)
    assert found.weeks[0][0].date == date(2026, 10, 26)
    assert str(found.weekdays[0]).lower() == "lunes"


@pytest.mark.parametrize("asked", ["", "nonsense", "2026-13", "2026-00", "0000-01", "9999-12", "2026-09", "2027-12"])
def test_a_month_out_of_reach_is_this_month(november, client, asked):
    assert shown(client, month=asked)[0].first == date(2026, 11, 1)


def test_months_end_where_nothing_is_shown_any_more(november, client):
    assert (shown(client, month="2026-10")[0].previous, shown(client, month="2027-11")[0].next) == ("", "")


def test_the_filter_stays_from_month_to_month(november, client, area, make_event):
    make_event(title_en="Here", published=True, day=date(2026, 11, 20))
    EventFactory(title_en="There", published=True, area=AreaFactory(name="Elsewhere"), day=date(2026, 11, 20))
    assert shown(client, area="Elsewhere")[1] == ["There"]
    page = client.get("/events/month/", {"area": "Elsewhere"}).content.decode()
    assert '?area=Elsewhere&amp;month=2026-12"' in page
    assert '<input type="hidden" name="month" value="2026-11">' in page


def test_what_was_canceled_says_so_in_the_month(november, client, make_event, staff):
    actions.cancel(event=make_event(published=True, day=date(2026, 11, 20)), by=staff.lead)
    assert '<span class="over">Canceled</span>' in client.get("/events/month/").content.decode()


def test_the_unit_sees_all_that_it_plans_in_a_month(november, make_event, staff, sign_in):
    event = make_event(title_en="A draft", day=date(2026, 11, 20))
    page = sign_in(staff.lead).get("/planning/month/").content.decode()
    assert f'href="/planning/{event.reference}/"' in page
    assert sign_in(staff.analyst).get("/planning/month/").status_code == 403


def test_the_month_after_is_reckoned():
    assert [month.after(date(2026, number, 1)).month for number in (1, 2, 11, 12)] == [2, 3, 12, 1]


# The map -------------------------------------------------------------------------------------------------------------
def test_areas_lead_to_their_events(client, make_event):
    upper = AreaFactory(name="Upper", shape=square(0), level="beat")
    lower = AreaFactory(name="Lower", shape=square(1), level="beat", parent=None)
    below = AreaFactory(name="Below", parent=upper)
    make_event(published=True, area=upper)
    EventFactory(published=True, area=below)
    answer = client.get("/events/map/", {"step_free": ""})
    assert [(area.name, told) for area, _address, told in answer.context["rows"]] == [
        ("Below", "1 event"), ("Upper", "2 events"),
    ]  # fmt: skip
    addresses = {link.drawn.name: link.address for link in answer.context["map"].links}
    assert addresses == {"Upper": "/events/?area=Upper", "Lower": "/events/?area=Lower"}
    assert lower.name not in [area.name for area, _address, _told in answer.context["rows"]]
    assert len(client.get(addresses["Upper"]).context["page_obj"]) == 2


def test_the_map_keeps_the_filter(client, make_event):
    here = AreaFactory(name="Upper", shape=square(0))
    make_event(published=True, area=here, step_free=True)
    make_event(published=True, area=here)
    answer = client.get("/events/map/", {"step_free": "1"})
    assert [(address, told) for _area, address, told in answer.context["rows"]] == [
        ("/events/?step_free=1&area=Upper", "1 event")
    ]


def test_without_shapes_there_is_a_list_and_no_map(client, make_event):
    make_event(published=True)
    answer = client.get("/events/map/")
    assert answer.context["map"] is None
    assert "1 event" in answer.content.decode()


# Light pages ---------------------------------------------------------------------------------------------------------
def test_public_pages_of_events_are_light(client, make_event):
    """What a phone loads: the page as a proxy compresses it, and what every page brings."""
    for number in range(25):
        event = make_event(published=True, area=AreaFactory(name=f"Quarter {number}"), about_en="Words. " * 100)
    for address in ("/events/", "/events/month/", event.public_url):
        html = client.get(address).content
        names = {name.decode() for name in re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', html)}
        total = len(brotli.compress(html))
        for name in names:
            path = ROOT / ("static_vendor" if name.startswith("vendor/") else "static") / name.removeprefix("vendor/")
            total += len(path.read_bytes() if path.suffix == ".woff2" else brotli.compress(path.read_bytes()))
        assert len(names) == 4
        assert total <= 60 * 1024, address
