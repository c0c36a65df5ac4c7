"""A place at an event, from two phones without script and without an account, and from the desk of who leads it."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from events.models import Event, Registration
from notices.models import Channel, Contact, Purpose
from tests.browser.pages_seen import barriers, seen, too_wide
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.matrix import actors
from tests.pages.listing import Page


@pytest.fixture
def lead(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def event(lead):
    area = lead.areas_served.get().area
    return EventFactory(
        published=True, registers=True, capacity=3, lead=lead, area=area, title_en="Settling a conflict next door",
        title_es="Resolver un conflicto entre vecinos",
    )  # fmt: skip


@pytest.fixture
def phone(open_context):
    """`phone(locale)` is a phone of somebody's own, 390 px wide, on which no script runs."""

    def make(locale="en-US"):
        return open_context(width=390, js=False, locale=locale).new_page()

    return make


def wait_like_a_person(page):
    """Nobody fills a form in within three seconds."""
    page.wait_for_timeout(3_100)


def test_a_resident_registers_changes_and_cancels_in_spanish_and_the_place_goes_to_the_next(phone, event, mailoutbox):
    mine = phone("es-US")
    mine.goto(event.public_url)
    expect(mine.get_by_text("Quedan 3 lugares.")).to_be_visible()
    mine.get_by_role("link", name="Inscribirse").click()
    wait_like_a_person(mine)
    mine.get_by_label("Adultos").fill("2")
    mine.get_by_role("spinbutton", name="Niños").fill("1")
    mine.get_by_label("Un lugar tranquilo para sentarse").check()
    mine.get_by_label("No quiero que me contacten").check()
    mine.get_by_role("button", name="Inscribirse").click()

    expect(mine.get_by_role("heading", name="Usted tiene lugar")).to_be_visible()
    expect(mine.get_by_text("Les esperamos: 3 personas.")).to_be_visible()
    place = Registration.objects.get()
    expect(mine.get_by_text(place.code, exact=True)).to_be_visible()
    expect(mine.get_by_text(place.address, exact=True)).to_be_visible()

    other = phone()
    other.goto(event.public_url)
    expect(other.get_by_text("All places are taken.", exact=True)).to_be_visible()
    other.get_by_role("link", name="Go on the waiting list").click()
    wait_like_a_person(other)
    other.get_by_label("By e-mail").check()
    other.get_by_role("textbox", name="E-mail").fill("next@example.org")
    other.get_by_role("button", name="Register").click()
    expect(other.get_by_role("heading", name="You are on the waiting list")).to_be_visible()
    expect(other.get_by_text("You are number 1 on the list.")).to_be_visible()

    # A smaller party, by the code that was kept.
    again = phone("es-US")
    again.goto("/place/")
    again.get_by_label("Su código").fill(place.code.lower())
    again.get_by_role("button", name="Continuar").click()
    again.get_by_role("link", name="Cambiar algo").click()
    again.get_by_role("spinbutton", name="Niños").fill("0")
    again.get_by_label("Adultos").fill("3")
    again.get_by_role("button", name="Guardar los cambios").click()
    expect(again.get_by_role("heading", name="Usted tiene lugar")).to_be_visible()
    expect(again.get_by_text("Un lugar tranquilo para sentarse")).to_be_visible()

    again.get_by_role("link", name="No puedo venir").click()
    again.get_by_role("button", name="Cancelar mi inscripción").click()
    expect(again.get_by_role("heading", name="Su inscripción está cancelada")).to_be_visible()

    other.reload()
    expect(other.get_by_role("heading", name="There is room for you")).to_be_visible()
    expect(other.get_by_text(re.compile("Answer by"))).to_be_visible()
    other.get_by_role("button", name="Take the place").click()
    expect(other.get_by_role("heading", name="You have a place")).to_be_visible()

    states = dict(event.registrations.values_list("contact__email", "state"))
    assert states == {"": "canceled", "next@example.org": "confirmed"}
    contact = Contact.objects.get(email="next@example.org")
    assert list(contact.consents.values_list("purpose", "channel")) == [(Purpose.EVENTS, Channel.EMAIL)]


def test_the_desk_writes_down_who_calls_and_prints_the_list(staff_context, lead, event, phone):
    desk = staff_context(lead).new_page()
    desk.goto(event.get_absolute_url())
    desk.get_by_role("link", name=re.compile("List.*Registrations")).click()
    desk.get_by_role("link", name="Add somebody").click()
    desk.get_by_label("Adults").fill("2")
    desk.get_by_label("What they want to be called").fill("Ana")
    desk.get_by_label("By a call").check()
    desk.get_by_label("Phone").fill("206-555-0142")
    desk.get_by_role("button", name="Add them").click()
    place = Registration.objects.get()
    expect(desk.get_by_text(place.code, exact=True)).to_be_visible()

    caller = phone()
    caller.goto(place.address.removeprefix(settings.PUBLIC_URL))
    expect(caller.get_by_role("heading", name="You have a place")).to_be_visible()

    desk.get_by_role("link", name=event.reference).click()
    expect(desk.get_by_text("2 people, 1 registration")).to_be_visible()
    desk.get_by_role("link", name=re.compile("List.*Registrations")).click()
    desk.get_by_role("link", name="List to print").click()
    desk.emulate_media(media="print")
    expect(desk.get_by_role("rowheader", name="Ana")).to_be_visible()
    expect(desk.get_by_role("link", name="Events").first).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_forms_with_faults_and_every_state_can_be_used(open_context, event, width, theme):
    """The pages of the table are looked at elsewhere, each in one state."""
    Event.objects.filter(pk=event.pk).update(capacity=1)
    tab = open_context(width=width, theme=theme).new_page()
    faults = {}
    tab.goto(f"{event.public_url}register/")
    tab.get_by_role("button", name="Register").click()
    faults["form with faults"] = look(tab, width)
    for state in ("offered", "waiting", "lapsed", "pending"):
        place = RegistrationFactory(event=event, needs=["quiet"], **{state: True})
        tab.goto(f"/place/{place.token}/")
        faults[state] = look(tab, width)
    assert {name: found for name, found in faults.items() if found} == {}


def look(tab, width):
    page = Page("place", actors.ANONYMOUS, tab.url)
    return seen(tab, page, width) + barriers(tab, page) + too_wide(tab)
