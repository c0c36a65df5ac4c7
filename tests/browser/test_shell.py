"""Both shells in a real browser: the keys, display and language, and everything without script as well."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from areas.models import Area
from tests.factories.accounts import UserFactory


@pytest.fixture
def coordinator(transactional_db):
    area = Area.objects.create(name="Eastgate", level="sector")
    return UserFactory(name="Ofc. R. Test", officer=True, coordinator=True, areas=[area])


def themed(context, live_server, theme):
    context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
    return context.new_page()


def test_skip_link_leads_to_the_content(page, live_server, coordinator):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_keys_reach_the_search_and_never_fire_in_fields(staff_context, coordinator):
    page = staff_context(coordinator).new_page()
    page.goto("/texts/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("n/g")
    expect(page.locator("#q")).to_have_value("n/g")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()


def test_single_keys_can_be_turned_off(staff_context, coordinator):
    coordinator.shortcuts = False
    coordinator.save()
    page = staff_context(coordinator).new_page()
    page.goto("/texts/")
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()


def test_as_my_device_follows_the_device(open_context, live_server, coordinator):
    assert themed(open_context(theme="dark"), live_server, "auto").goto("/")
    for device in ("dark", "light"):
        page = themed(open_context(theme=device), live_server, "auto")
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", device)


def test_language_and_theme_are_chosen_without_script(open_context, live_server, coordinator):
    page = open_context(width=390, js=False).new_page()
    page.goto("/contact/?area=Eastgate")
    page.get_by_role("link", name="Español").click()
    expect(page).to_have_url(re.compile(r"/contact/\?area=Eastgate$"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("link", name="English").click()

    page.goto("/display/")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save colors").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_resident_finds_the_officer_of_an_area_without_script(open_context, coordinator):
    page = open_context(width=390, js=False).new_page()
    page.goto("/")
    page.get_by_label("Your area").select_option("Eastgate")
    page.get_by_role("button", name="Show my officers").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your officers in Eastgate")
    expect(page.get_by_text("Ofc. R. Test")).to_be_visible()


def test_form_with_errors_starts_at_its_summary_without_script_too(staff_context, coordinator):
    for js in (True, False):
        page = staff_context(coordinator, js=js).new_page()
        page.goto("/texts/privacy/en/")
        page.get_by_label("Title").fill("")
        page.get_by_role("button", name="Save and preview").click()

        expect(page).to_have_title(re.compile("^Error: "))
        expect(page.locator(".errors")).to_be_focused()
        page.get_by_role("link", name="Title: ").click()
        expect(page).to_have_url(re.compile("#id_title$"))


def test_rail_gives_way_to_a_bottom_bar_on_a_phone(staff_context, coordinator):
    for width, rail in ((1280, True), (390, False)):
        page = staff_context(coordinator, width=width).new_page()
        page.goto("/texts/")
        expect(page.locator(".rail")).to_be_visible(visible=rail)
