"""Both shells in a real browser: no barriers, no sideways scrolling, keys, and everything without script as well."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from areas.models import Area
from tests.factories.accounts import UserFactory

PUBLIC = [
    "/",
    "/contact/?area=Eastgate",
    "/about/privacy/",
    "/display/",
    "/accounts/login/",
    "/accounts/password/reset/",
]
STAFF = ["/texts/", "/texts/privacy/en/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"]


@pytest.fixture
def coordinator(transactional_db):
    area = Area.objects.create(name="Eastgate", level="sector")
    return UserFactory(name="Ofc. R. Test", officer=True, coordinator=True, areas=[area])


def themed(context, live_server, theme):
    context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": live_server.url}])
    return context.new_page()


def barriers(page):
    return [(page.url, found["id"], found["nodes"][0]["target"]) for found in Axe().run(page).response["violations"]]


def sideways(page):
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_no_barriers(open_context, staff_context, live_server, coordinator, width, theme):
    visitor = themed(open_context(width=width), live_server, theme)
    staff = themed(staff_context(coordinator, width=width), live_server, theme)
    found = []
    for page, addresses in ((visitor, PUBLIC), (staff, STAFF)):
        for address in addresses:
            page.goto(address)
            assert page.locator("html").get_attribute("data-bs-theme") == theme
            found += barriers(page)

    assert found == []


def test_a_barrier_is_found(page, live_server, coordinator):
    page.goto("/")
    page.evaluate("document.querySelector('#area').removeAttribute('id')")

    assert "select-name" in {rule for _, rule, _ in barriers(page)}


@pytest.mark.parametrize("width", [320, 390])
def test_pages_never_scroll_sideways(open_context, staff_context, coordinator, width):
    visitor, staff = open_context(width=width).new_page(), staff_context(coordinator, width=width).new_page()
    for page, addresses in ((visitor, PUBLIC), (staff, STAFF)):
        for address in addresses:
            page.goto(address)
            assert (address, sideways(page)) == (address, 0)
    visitor.evaluate("document.querySelector('main').innerHTML = '<p class=nowrap>' + 'word '.repeat(99) + '</p>'")
    assert sideways(visitor) > 0


def test_skip_link_leads_to_the_content(page, live_server, coordinator):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_keys_reach_the_search_and_never_fire_in_fields(staff_context, coordinator):
    page = staff_context(coordinator).new_page()
    page.goto("/texts/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("n/g")
    assert page.locator("#q").input_value() == "n/g"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "q"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "q"


def test_single_keys_can_be_turned_off(staff_context, coordinator):
    coordinator.shortcuts = False
    coordinator.save()
    page = staff_context(coordinator).new_page()
    page.goto("/texts/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "q"


def test_as_my_device_follows_the_device(open_context, live_server, coordinator):
    assert themed(open_context(theme="dark"), live_server, "auto").goto("/")
    for device in ("dark", "light"):
        page = themed(open_context(theme=device), live_server, "auto")
        page.goto("/")
        assert page.locator("html").get_attribute("data-bs-theme") == device


def test_language_and_theme_are_chosen_without_script(open_context, live_server, coordinator):
    page = open_context(width=390, js=False).new_page()
    page.goto("/contact/?area=Eastgate")
    page.get_by_role("link", name="Español").click()
    assert page.url.endswith("/contact/?area=Eastgate")
    assert page.locator("html").get_attribute("lang") == "es"
    page.get_by_role("link", name="English").click()

    page.goto("/display/")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save colors").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_resident_finds_the_officer_of_an_area_without_script(open_context, coordinator):
    page = open_context(width=390, js=False).new_page()
    page.goto("/")
    page.get_by_label("Your area").select_option("Eastgate")
    page.get_by_role("button", name="Show my officers").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Your officers in Eastgate"
    assert page.get_by_text("Ofc. R. Test").is_visible()


def test_form_with_errors_starts_at_its_summary_without_script_too(staff_context, coordinator):
    for js in (True, False):
        page = staff_context(coordinator, js=js).new_page()
        page.goto("/texts/privacy/en/")
        page.get_by_label("Title").fill("")
        page.get_by_role("button", name="Save and preview").click()

        assert page.title().startswith("Error: ")
        assert page.locator(".errors").evaluate("box => box === document.activeElement")
        page.get_by_role("link", name="Title: ").click()
        assert page.url.endswith("#id_title")


def test_rail_gives_way_to_a_bottom_bar_on_a_phone(staff_context, coordinator):
    for width, rail in ((1280, True), (390, False)):
        page = staff_context(coordinator, width=width).new_page()
        page.goto("/texts/")
        assert page.locator(".rail").is_visible() is rail
