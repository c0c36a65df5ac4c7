"""What residents read about events, without an account."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events import actions
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.events import EventFactory, PartFactory

LIST = "/events/"
pytestmark = pytest.mark.django_db


def titles(client, **asked):
    return [event.title_en for event in client.get(LIST, asked).context["page_obj"]]


def test_residents_read_public_events_once_they_are_published(client, make_event):
    make_event(title_en="Draft")
    make_event(title_en="Planned", planned=True)
    make_event(title_en="Invited", published=True, access="invited")
    make_event(title_en="Private", published=True, access="private")
    shown = make_event(title_en="Shown", published=True)
    assert titles(client) == ["Shown"]
    assert client.get(shown.public_url).status_code == 200


@pytest.mark.parametrize(
    "traits",
    [{}, {"planned": True}, {"published": True, "access": "invited"}, {"published": True, "access": "private"}],
)
def test_what_is_not_for_residents_has_no_page(client, make_event, traits):
    assert client.get(make_event(**traits).public_url).status_code == 404


def test_the_page_tells_what_people_need_to_come(client, make_event):
    room = VenueFactory(name="Library", address="1 Test Street", transport="Bus 5", step_free=True)
    event = make_event(published=True, venue=room, place="", languages=["en", "es"], interpreters=["so"])
    PartFactory(event=event, organization__name="Harbor Mediation")
    PartFactory(event=event, organization__name="A quiet partner", shown=False)
    page = client.get(event.public_url).content.decode()
    for told in (
        "Library",
        "1 Test Street",
        "Bus 5",
        "Step-free",
        "Not a police building",
        "English, Spanish",
        "With interpreters for Somali",
        "Children are welcome",
        "Free",
        "Harbor Mediation",
        "Come and ask.",
    ):
        assert told in page  # fmt: skip
    for kept in ("A quiet partner", event.risk_note or "risk", str(event.lead), event.budget_line or "budget"):
        assert kept not in page


def test_it_reads_spanish_to_those_who_chose_it(client, make_event):
    event = make_event(published=True)
    client.get("/language/es/")
    page = client.get(event.public_url).content.decode()
    assert event.title_es in page
    assert "Venga y pregunte." in page
    assert event.title_en not in page


@pytest.mark.parametrize("act", [actions.cancel, actions.postpone])
def test_a_canceled_or_postponed_event_says_so(client, make_event, staff, act):
    event = make_event(published=True)
    act(event=event, by=staff.lead, told_en="The hall is flooded.", told_es="La sala está inundada.")
    page = client.get(event.public_url).content.decode()
    assert "The hall is flooded." in page
    assert ("canceled" if act is actions.cancel else "postponed") in page
    assert event.get_state_display() in client.get(LIST).content.decode()


def test_the_list_is_narrowed(client, area, make_event):
    here = make_event(title_en="Here", published=True, languages=["es"], step_free=True)
    below = EventFactory(title_en="Below", published=True, area=AreaFactory(parent=area), interpreters=["es"])
    there = EventFactory(title_en="There", published=True, day=timezone.localdate() + timedelta(days=2))
    make_event(title_en="Past", published=True, begun=True)
    assert titles(client) == ["There", "Here", "Below"]
    assert titles(client, area=area.name) == ["Here", "Below"]
    assert titles(client, type=there.type.code) == ["There"]
    assert titles(client, held_in="es") == ["Here", "Below"]
    assert titles(client, step_free="1") == ["Here"]
    assert titles(client, area="nowhere", held_in="xx", type="\x00") == ["There", "Here", "Below"]
    assert below.public_url in client.get(LIST).content.decode()
    assert here.public_url == reverse("public_events:event_page", args=[here.reference])


def test_an_empty_list_says_why(client):
    assert "Nothing is planned at the moment" in client.get(LIST).content.decode()
    assert "Take a filter away" in client.get(LIST, {"step_free": "1"}).content.decode()


def test_days_are_written_as_people_write_them(client, make_event):
    event = make_event(published=True, registers=True, day=date(2032, 12, 3))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    for address in (LIST, event.public_url, f"{event.public_url}register/"):
        assert "viernes 3 de diciembre" in client.get(address).content.decode()


def test_pages_of_the_list_carry_their_icons(client, make_event, monkeypatch):
    monkeypatch.setattr("events.views.public.PAGE", 1)
    first, second = (make_event(published=True, title_en=title) for title in ("One", "Two"))
    page = client.get(LIST).content.decode()
    assert "?page=2" in page
    assert "vendor/icons" not in page
    assert {*titles(client), *titles(client, page="2")} == {first.title_en, second.title_en}
