"""The door of an event in a real browser: forty people checked in without a connection, without script, from paper."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from core.models import AuditEntry
from events.models import CloseOut, Event, Registration, Tap
from tests.browser.pages_seen import barriers, seen, too_wide
from tests.browsing import HEIGHT
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.matrix import actors
from tests.pages.listing import Page

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40
State = Registration.State
KEPT = """() => new Promise((resolve) => {
  const asked = indexedDB.open("liaison-door", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("presses").objectStore("presses").getAll();
    all.onsuccess = () => { asked.result.close(); resolve(JSON.stringify(all.result)); };
  };
})"""
DATABASES = "async () => (await indexedDB.databases()).map((one) => one.name)"


@pytest.fixture
def lead(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def event(lead):
    area = lead.areas_served.get().area
    return EventFactory(published=True, begun=True, registers=True, lead=lead, area=area, title_en="Story hour")


@pytest.fixture
def phone(staff_context, lead):
    """`phone()` is a phone of the officer, 390 px wide."""
    return lambda **options: staff_context(lead, width=390, **options)


def go_to(page, event, more=""):
    page.goto(f"/planning/{event.reference}/check-in/{more}")


def cut_off(context, page):
    """No connection, and the page knows."""
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")


def line(page, place):
    return page.locator(f"[data-place='{place.handle}']")


def press(page, place, words="Check in"):
    line(page, place).get_by_role("button", name=re.compile(f"^{words}")).click()


def states(event):
    return sorted(event.registrations.values_list("state", "came"))


def test_forty_people_are_checked_in_without_a_connection_and_each_once(phone, event):
    places = [
        RegistrationFactory(event=event, contact__name=f"Canary{number} Lima", adults=1 + number % 3)
        for number in range(PEOPLE)
    ]
    people = sum(place.people for place in places)
    context = phone()
    page = context.new_page()
    go_to(page, event)
    with page.expect_response(re.compile("/check-in/.+/$")):
        press(page, places[0])
    expect(page.locator("[data-kept]")).to_be_hidden()

    cut_off(context, page)
    for place in places[1:]:
        press(page, place)
    # Two were a mistake: one of them was pressed while there was a connection.
    press(page, places[0], "Undo")
    press(page, places[1], "Undo")
    press(page, places[1])
    expect(page.locator("#door-total")).to_have_text(str(people - places[0].people))
    expect(page.locator("[data-kept]")).to_contain_text(str(PEOPLE + 2))
    assert event.registrations.filter(state=State.ATTENDED).count() == 1
    kept = page.evaluate(KEPT)
    assert "Canary" not in kept
    assert str(places[1].handle) in kept

    context.set_offline(False)
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("#door-total")).to_have_text(str(people - places[0].people))
    places[0].refresh_from_db()
    assert (places[0].state, places[0].came) == (State.CONFIRMED, None)
    came = dict(event.registrations.filter(state=State.ATTENDED).values_list("handle", "came"))
    assert came == {place.handle: place.people for place in places[1:]}
    # Each was checked in by one press, but for the one that was taken back.
    assert AuditEntry.objects.filter(act="registration.attended").count() == PEOPLE + 1
    page.reload()
    expect(page.locator("#door-total")).to_have_text(str(people - places[0].people))
    assert page.evaluate(KEPT) == "[]"


def test_presses_of_a_page_that_was_closed_are_sent_when_it_is_opened_again(phone, event, console):
    place = RegistrationFactory(event=event, adults=2)
    context = phone()
    page = context.new_page()
    go_to(page, event)
    page.route("**/check-in/*/", lambda route: route.abort())
    press(page, place)
    expect(page.locator("[data-kept]")).to_contain_text("1")
    page.close()
    console.clear()
    assert states(event) == [(State.CONFIRMED, None)]

    again = context.new_page()
    go_to(again, event)
    expect(line(again, place).get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    expect(again.locator("[data-kept]")).to_be_hidden()
    assert states(event) == [(State.ATTENDED, 2)]


def test_two_phones_check_in_the_same_people_once(phone, event):
    places = [RegistrationFactory(event=event, adults=2) for _each in range(3)]
    pages = []
    for _each in range(2):
        context = phone()
        page = context.new_page()
        go_to(page, event)
        cut_off(context, page)
        pages.append((context, page))
    for _context, page in pages:
        for place in places:
            press(page, place)
        expect(page.locator("[data-kept]")).to_contain_text("3")
    for context, page in pages:
        context.set_offline(False)
        expect(page.locator("[data-kept]")).to_be_hidden()
        expect(page.locator("[data-lost]")).to_be_hidden()
        expect(page.locator("#door-total")).to_have_text("6")
    assert states(event) == [(State.ATTENDED, 2)] * 3
    assert AuditEntry.objects.filter(act="registration.attended").count() == 3


def test_whoever_signs_out_leaves_nothing_of_the_door(phone, event, console):
    place = RegistrationFactory(event=event)
    page = phone().new_page()
    go_to(page, event)
    page.route("**/check-in/*/", lambda route: route.abort())
    press(page, place)
    expect(page.locator("[data-kept]")).to_contain_text("1")
    assert page.evaluate(DATABASES) == ["liaison-door"]
    page.goto("/accounts/logout/")
    page.locator("form[action$='/logout/'] button").last.click()
    page.wait_for_url(lambda url: "logout" not in url)
    console.clear()
    assert page.evaluate(DATABASES) == []


def test_a_press_after_the_session_ended_is_kept_and_told(phone, event, console):
    place = RegistrationFactory(event=event)
    page = phone().new_page()
    go_to(page, event)
    Session.objects.all().delete()
    press(page, place)
    expect(page.locator("[data-kept]")).to_contain_text("You are signed out.")
    assert str(place.handle) in page.evaluate(KEPT)
    assert states(event) == [(State.CONFIRMED, None)]
    console.clear()


def test_a_press_that_cannot_count_any_more_is_told_and_holds_up_no_other(phone, event, console):
    gone, there = RegistrationFactory(event=event), RegistrationFactory(event=event)
    context = phone()
    page = context.new_page()
    go_to(page, event)
    gone.cancel(by="resident")
    press(page, gone)
    press(page, there)
    expect(page.locator("[data-lost]")).to_contain_text("1")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(line(page, there).get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    expect(page.locator("#door-total")).to_have_text("1")
    assert states(event) == [(State.ATTENDED, 1), (State.CANCELED, None)]
    console.clear()


def test_script_finds_somebody_while_one_types(phone, event):
    ana, jose = (RegistrationFactory(event=event, contact__name=name) for name in ("Ana", "José Lima"))
    page = phone().new_page()
    go_to(page, event)
    finder = page.get_by_role("searchbox", name="Code or part of the name")
    for typed in ("jose", "LIMA", jose.door_code.lower(), jose.code):
        finder.fill(typed)
        expect(line(page, jose)).to_be_visible()
        expect(line(page, ana)).to_be_hidden()
    finder.press("Enter")
    expect(line(page, ana)).to_be_hidden()
    assert page.url.endswith("/check-in/")
    finder.fill("")
    expect(line(page, ana)).to_be_visible()


def test_the_door_needs_no_script(phone, event):
    family = RegistrationFactory(event=event, contact__name="José Lima", adults=2, children=2)
    alone = RegistrationFactory(event=event, contact__name="Ana")
    absent = RegistrationFactory(event=event, unreached=True)
    page = phone(js=False).new_page()
    page.goto(event.get_absolute_url())
    page.get_by_role("link", name="Check in", exact=True).click()
    page.get_by_label("Code or part of the name").fill("jose")
    page.get_by_role("button", name="Find").click()
    expect(line(page, alone)).to_have_count(0)
    page.get_by_label("How many came: José Lima").fill("3")
    press(page, family)
    expect(page.get_by_role("status").first).to_contain_text(f"{family.door_code} is checked in.")
    press(page, alone)
    press(page, alone, "Undo")
    expect(page.locator("#door-total")).to_have_text("3")
    assert states(event) == [(State.ATTENDED, 3), (State.CONFIRMED, None), (State.CONFIRMED, None)]

    page.get_by_role("link", name="Enter the paper list").click()
    page.get_by_label("Came: Ana").fill("12")
    page.get_by_label(f"Did not come: {absent.door_code}").check()
    page.get_by_label("Adults, first time").fill("4")
    page.get_by_role("button", name="Save the list").click()
    page.get_by_role("alert").get_by_role("link", name=re.compile("^Ana")).click()
    page.get_by_label("Came: Ana").fill("1")
    page.get_by_role("button", name="Save the list").click()
    expect(page.locator("#door-total")).to_have_text("4")
    assert states(event) == [(State.ATTENDED, 1), (State.ATTENDED, 3), (State.NO_SHOW, None)]
    assert Tap.objects.count() == 4

    page.goto(f"{event.get_absolute_url()}close-out/")
    expect(page.locator("[name=adults_unknown]")).to_have_value("3")
    expect(page.locator("[name=youth_unknown]")).to_have_value("1")
    page.get_by_role("button", name="Close the event out").click()
    assert CloseOut.objects.get().attended == 8


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_of_the_door_can_be_used(staff_context, lead, event, width, theme):
    """The pages of the table are looked at elsewhere; here stand somebody of every state, and a paper with faults."""
    for trait in ("waiting", "pending", "offered", "attended", "no_show"):
        RegistrationFactory(event=event, children=2, **{trait: True})
    long = "A name of many words that is rather long for a phone"
    place = RegistrationFactory(event=event, adults=9, contact__name=long)
    page = staff_context(lead, width=width, theme=theme).new_page()
    faults = {}
    go_to(page, event)
    faults["list"] = look(page, width)
    go_to(page, event, "paper/")
    page.locator(f"[name='{place.handle.hex}-came']").fill("99")
    page.locator("[name=adults_new]").fill("-1")
    page.get_by_role("button", name="Save the list").click()
    faults["paper with faults"] = look(page, width)
    Event.objects.filter(pk=event.pk).update(registers=False)
    event.registrations.all().delete()
    go_to(page, event)
    faults["nobody"] = look(page, width)
    assert {name: found for name, found in faults.items() if found} == {}


def look(tab, width):
    tab.set_viewport_size({"width": width, "height": HEIGHT})
    page = Page("door", actors.OFFICER, tab.url)
    return seen(tab, page, width) + barriers(tab, page) + too_wide(tab)
