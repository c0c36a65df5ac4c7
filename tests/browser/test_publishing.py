"""An update on its way: an officer drafts, a supervisor lets it out, a resident reads it in Spanish on a phone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from portal.models import Post
from tests.browser.pages_seen import barriers, sideways
from tests.factories.accounts import UserFactory
from tests.factories.portal import UpdateFactory
from tests.matrix import actors
from tests.pages.listing import Page


@pytest.fixture
def officer(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True)


@pytest.fixture
def supervisor(transactional_db):
    return UserFactory(name="Sgt. M. Test", supervisor=True)


@pytest.fixture
def resident(open_context, live_server):
    """A phone without script whose owner reads Spanish."""
    context = open_context(width=390, js=False, locale="es-US")
    return context.new_page()


def write(page, *, english, spanish):
    """Fill the form of an update: (title, text) in each language."""
    page.get_by_label("News", exact=True).check()
    page.get_by_label("Title in English").fill(english[0])
    page.get_by_label("Text in English").fill(english[1])
    page.get_by_label("Title in Spanish").fill(spanish[0])
    page.get_by_label("Text in Spanish").fill(spanish[1])
    day = timezone.localdate() + timedelta(days=60)
    for part, value in (("Month", day.month), ("Day", day.day), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(value))


@pytest.mark.parametrize("js", [True, False])
def test_an_officer_drafts_a_supervisor_approves_and_a_resident_reads_it_in_spanish(
    staff_context, resident, officer, supervisor, js
):
    desk = staff_context(officer, js=js, width=1280).new_page()
    desk.goto("/desk/menu/")
    desk.get_by_role("main").get_by_role("link", name="Updates").click()
    desk.get_by_role("link", name="New update").click()
    write(
        desk, english=("Night buses", "Lines 3 and 6 run all night."),
        spanish=("Autobuses nocturnos", "Las líneas 3 y 6 circulan toda la noche."),
    )  # fmt: skip
    desk.get_by_role("button", name="Save the draft").click()
    desk.get_by_role("button", name="Send for approval").click()
    expect(desk.get_by_text("waits for a second person").first).to_be_visible()
    expect(desk.get_by_role("button", name="Approve and publish")).to_have_count(0)

    theirs = staff_context(supervisor, js=js, width=390).new_page()
    theirs.goto("/reminders/")
    theirs.get_by_role("link", name=re.compile("waits for a second person")).click()
    expect(theirs.get_by_text("Las líneas 3 y 6 circulan toda la noche.")).to_be_visible()
    theirs.get_by_role("button", name="Approve and publish").click()
    expect(theirs.get_by_text("Published: residents read")).to_be_visible()

    resident.goto("/")
    resident.get_by_role("link", name="Autobuses nocturnos").click()
    expect(resident.locator("html")).to_have_attribute("lang", "es")
    expect(resident.get_by_role("heading", level=1)).to_have_text("Autobuses nocturnos")
    expect(resident.get_by_text("Las líneas 3 y 6 circulan toda la noche.")).to_be_visible()
    expect(resident.get_by_text("Night buses")).to_have_count(0)


def test_a_change_is_seen_with_its_reason_and_a_withdrawn_page_says_so(
    staff_context, open_context, console, officer, supervisor
):
    update = UpdateFactory(owner=officer, by=supervisor, published=True)
    reader = open_context(width=390, js=False).new_page()
    desk, theirs = staff_context(officer).new_page(), staff_context(supervisor).new_page()
    desk.goto(update.get_absolute_url())
    desk.get_by_role("button", name="Change it").click()
    desk.get_by_label("Text in English").fill("We are here on Fridays.")
    desk.get_by_label("What was changed and why, in English").fill("The day was wrong.")
    desk.get_by_label("What was changed and why, in Spanish").fill("El día era otro.")
    desk.get_by_role("button", name="Save the draft").click()
    desk.get_by_role("button", name="Send for approval").click()
    reader.goto(f"/updates/{update.reference}/")
    expect(reader.get_by_text("We are here on Tuesdays.")).to_be_visible()

    theirs.goto(update.get_absolute_url())
    theirs.get_by_role("button", name="Approve and publish").click()
    reader.reload()
    expect(reader.get_by_text("We are here on Fridays.")).to_be_visible()
    reader.get_by_role("link", name=re.compile("Changed on")).click()
    expect(reader.get_by_text("The day was wrong.")).to_be_visible()

    theirs.get_by_role("link", name="Withdraw").click()
    theirs.get_by_label("Why, in English").fill("The library is closed.")
    theirs.get_by_label("Why, in Spanish").fill("La biblioteca está cerrada.")
    theirs.get_by_role("button", name="Withdraw this update").click()
    expect(theirs.get_by_text("Residents read why.")).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_have_text("This update was withdrawn")
    expect(reader.get_by_text("The library is closed.")).to_be_visible()
    console[:] = [said for said in console if "Failed to load resource" not in said]


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_pages_for_residents_have_no_barriers(open_context, live_server, console, supervisor, width, theme):
    update = UpdateFactory(by=supervisor, changed=True)
    gone = UpdateFactory(by=supervisor, withdrawn=True)
    context = open_context(width=width)
    context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
    page = context.new_page()
    shown = (f"/updates/{one.reference}/" for one in (update, gone))
    for address in ("/", "/updates/", "/updates/?kind=safety", *shown):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        faults = barriers(page, Page("portal:updates", actors.ANONYMOUS, address)) + sideways(page, "")
        assert (address, faults) == (address, [])
    console[:] = [said for said in console if "Failed to load resource" not in said]


def test_characters_are_counted_while_they_are_typed(staff_context, officer):
    page = staff_context(officer).new_page()
    page.goto("/publishing/posts/new/")
    field, count = page.get_by_label("Short text in English"), page.locator("#id_short_en_count")
    expect(count).to_have_text("0")
    field.fill("Ñandú 🕊\nx")
    expect(count).to_have_text("9")
    field.fill("")
    expect(count).to_have_text("0")


def test_a_post_is_written_approved_and_marked_as_posted_by_hand_without_script(staff_context, officer, supervisor):
    desk = staff_context(officer, js=False, width=390).new_page()
    desk.goto("/publishing/posts/new/")
    desk.get_by_label("What it is about").fill("Night buses")
    desk.get_by_label("Long text in English").fill("x" * 600)
    desk.get_by_label("Medium text in English").fill("y" * 501)
    desk.get_by_label("Long text in Spanish").fill("Toda la noche")
    desk.get_by_role("button", name="Count the characters").click()
    expect(desk.locator("#id_long_en_count")).to_have_text("600")
    expect(desk.get_by_text("Take out 1 character").first).to_be_visible()
    desk.get_by_label("Medium text in English").fill("")
    desk.get_by_label("Long text in English").fill("All night")
    desk.get_by_role("button", name="Save the draft").click()
    desk.get_by_role("button", name="Send for approval").click()
    post = Post.objects.get()

    theirs = staff_context(supervisor, js=False).new_page()
    theirs.goto(post.get_absolute_url())
    theirs.get_by_role("button", name="Approve").click()
    expect(theirs.get_by_text("is approved").first).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("No channel is set up here.")).to_be_visible()
    desk.get_by_role("link", name="Mark as posted by hand").click()
    desk.get_by_label(re.compile("English.*All night")).check()
    desk.get_by_label("Where", exact=True).fill("Library")
    desk.get_by_role("button", name="It is posted").click()
    expect(desk.get_by_text("Library, English")).to_be_visible()

    desk.get_by_role("button", name="Correct it").click()
    expect(desk.get_by_text("Each text begins by saying so")).to_be_visible()
    expect(desk.get_by_role("link", name=post.reference)).to_be_visible()
    assert Post.objects.filter(corrects=post).count() == 1
