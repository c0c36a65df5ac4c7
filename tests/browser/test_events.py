"""An event in a real browser: planned, published, counted at the door without a connection, closed out."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from events.models import CloseOut, Event, Promise, Tap
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.events import EventFactory, EventTypeFactory
from tests.figures import FULL

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40


@pytest.fixture
def city(transactional_db):
    area = AreaFactory(name="Eastgate")
    EventTypeFactory(code="town_hall", label_en="Town hall", label_es="Asamblea pública")
    VenueFactory(area=area, name="Library", step_free=True, capacity=60)
    return area, UserFactory(officer=True, areas=[area])


def choose(page, label, words):
    page.get_by_label(label, exact=True).select_option(label=words)


def fill(page, **typed):
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(str(text))


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def draft(page, day, places=None):
    """A new event by the form, complete enough to be published; people register where there are so many places."""
    page.goto("/planning/new/")
    choose(page, "Type", "Town hall")
    fill(
        page, title_en="Safe evenings", title_es="Noches seguras", about_en="Come and ask.",
        about_es="Venga y pregunte.", day_day=day.day, day_month=day.month, day_year=day.year, clock="18:30",
    )  # fmt: skip
    page.get_by_label("Consult", exact=True).check()
    page.locator("select[name=venue]").select_option(label="Library")
    page.locator("select[name=area]").select_option(label="Eastgate (neighborhood)")
    page.locator("[name=languages][value=en]").check()
    page.get_by_label("Low risk", exact=True).check()
    if places:
        fill(page, capacity=places)
        page.get_by_label("People register for it").check()
    press(page, "Save the draft")
    return Event.objects.get(title_en="Safe evenings")


def publish(page):
    """From the page of a draft to what residents read."""
    page.get_by_role("link", name="Plan", exact=True).click()
    press(page, "Plan this event")
    page.get_by_role("link", name="Publish", exact=True).click()
    press(page, "Publish this event")
    expect(page.get_by_role("status").first).to_contain_text("is published")


def close_out(page, event, came):
    """Note what was raised, promise something, and close it out with as many as were counted at the door."""
    page.goto(f"/planning/{event.reference}/close-out/")
    page.get_by_role("link", name="Note what was raised").click()
    fill(page, what="No light on Test Street", voices=4)
    press(page, "Note it")
    page.get_by_role("link", name="Write a promise down").click()
    day = timezone.localdate() + timedelta(days=9)
    fill(page, what="A lamp on Test Street", due_on_day=day.day, due_on_month=day.month, due_on_year=day.year)
    press(page, "Write the promise down")
    page.get_by_role("link", name="Close out", exact=True).click()
    expect(page.locator("[name=adults_new]")).to_have_value(str(came))
    fill(page, conversations=3, next_time="More chairs")
    press(page, "Close the event out")
    assert CloseOut.objects.get().attended == came


def keep_the_promise(page):
    """Say on the page of the promise what came of it."""
    page.get_by_label("Yes", exact=True).check()
    fill(page, said="It shines since Tuesday")
    press(page, "Save")
    expect(page.locator("main")).to_contain_text("It shines since Tuesday")
    assert Promise.objects.get().state == Promise.State.KEPT


def cancel_from(page, event, count):
    """Call an event off, and with it all that come after it in its series."""
    page.goto(f"/planning/{event.reference}/cancel/")
    fill(page, told_en="The hall is flooded.", told_es="La sala está inundada.")
    page.get_by_label("Also all that come after it in its series").check()
    press(page, "Cancel this event")
    expect(page.get_by_role("status").first).to_contain_text(f"{count} events are canceled.")


@pytest.mark.parametrize("js", [True, False] if FULL else [False])
def test_an_event_from_its_draft_to_the_page_that_residents_read(city, staff_context, open_context, js):
    area, officer = city
    day = timezone.localdate() + timedelta(days=20)
    page = staff_context(officer, js=js).new_page()
    event = draft(page, day)
    publish(page)

    phone = open_context(width=390, js=False).new_page()
    phone.goto("/events/")
    phone.get_by_role("link", name="Español").click()
    phone.get_by_role("link", name="Noches seguras").click()
    expect(phone.locator("main")).to_contain_text("Venga y pregunte.")
    expect(phone.locator("main")).to_contain_text("Library")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Cancel the event").click()
    fill(page, told_en="The hall is flooded.", told_es="La sala está inundada.")
    press(page, "Cancel this event")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("La sala está inundada.")
    event.refresh_from_db()
    assert event.is_canceled


def test_people_are_counted_without_a_connection_and_each_once(city, staff_context):
    area, officer = city
    event = EventFactory(area=area, lead=officer, published=True, begun=True)
    context = staff_context(officer, width=390)
    page = context.new_page()
    page.goto(f"/planning/{event.reference}/tally/")
    buttons = page.locator("[data-count]")
    with page.expect_response("**/tally/"):
        buttons.first.click()
    expect(page.locator("#tally-waiting")).to_be_hidden()

    context.set_offline(True)
    for number in range(PEOPLE):
        buttons.nth(number % 6).click()
    expect(page.locator("#tally-total")).to_contain_text(str(PEOPLE + 1))
    expect(page.locator("#tally-waiting")).to_contain_text(str(PEOPLE))
    assert Tap.objects.count() == 1

    context.set_offline(False)
    expect(page.locator("#tally-waiting")).to_be_hidden()
    expect(page.locator("#tally-total")).to_contain_text(str(PEOPLE + 1))
    assert Tap.objects.count() == PEOPLE + 1
    page.reload()
    expect(page.locator("#tally-total")).to_contain_text(str(PEOPLE + 1))


def test_an_event_is_closed_out_and_its_promise_kept(city, staff_context):
    area, officer = city
    event = EventFactory(area=area, lead=officer, published=True, begun=True)
    page = staff_context(officer, js=False).new_page()
    page.goto(f"/planning/{event.reference}/tally/")
    page.get_by_role("button", name="First time").first.click()
    close_out(page, event, came=1)

    page.get_by_role("link", name="What came of it").click()
    keep_the_promise(page)


def test_a_series_is_canceled_from_one_day_on(city, staff_context, open_context):
    area, officer = city
    first = EventFactory(area=area, lead=officer, title_en="Coffee", published=True)
    page = staff_context(officer, js=False).new_page()
    page.goto(f"/planning/{first.reference}/repeat/")
    page.get_by_label("Every week", exact=True).check()
    fill(page, times=4)
    press(page, "Repeat the event")
    expect(page.get_by_role("status").first).to_contain_text("3 drafts are added.")

    cancel_from(page, first, count=4)
    assert set(Event.objects.values_list("state", flat=True)) == {Event.State.CANCELED}

    resident = open_context(width=390, js=False).new_page()
    resident.goto(first.public_url)
    expect(resident.locator("main")).to_contain_text("This event is canceled.")
