"""Pages for residents, and those of signing in, in Spanish in a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from areas.models import Area
from notices.stop import unsubscribe_url
from portal.models import Page
from tests.core.test_language import compiled, english_in  # noqa: F401
from tests.factories.accounts import UserFactory
from tests.factories.areas import square
from tests.factories.portal import UpdateFactory

OPEN = [
    "/",
    "/contact/",
    "/contact/?area=Eastgate",
    *(f"/about/{page}/" for page in Page.values),
    "/display/",
    "/updates/",
    "/updates/?kind=correction",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/invitation/not-a-token/",
    "/nowhere/",
]
SIGNED_IN = ["/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/", "/accounts/sessions/"]
# What a person hears or sees: text, and the attributes that are read out or shown in its place.
SAID = """() => {
    const named = ["aria-label", "title", "placeholder", "alt"].flatMap(
        name => [...document.querySelectorAll(`[${name}]`)].map(each => each.getAttribute(name)));
    const hidden = [...document.querySelectorAll(".visually-hidden, .skip, template")].map(each => each.textContent);
    return [document.title, document.body.innerText, ...named, ...hidden].join("\\n");
}"""


@pytest.fixture
def area(transactional_db):
    area = Area(name="Eastgate", level="sector")
    area.draw(square())
    area.save()
    return area


@pytest.fixture
def officer(area):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[area], public_name=True)


def goto(page, console, address):
    """Open a page; a page of an error may say so on the console."""
    page.goto(address)
    console[:] = [said for said in console if "Failed to load resource" not in said]


def test_public_pages_are_spanish(open_context, console, officer):
    page = open_context(width=390, locale="es-US").new_page()
    stop = urlsplit(unsubscribe_url("resident@example.org")).path
    updates = UpdateFactory(changed=True), UpdateFactory(withdrawn=True)
    for address in [*OPEN, stop, *(f"/updates/{update.reference}/" for update in updates)]:
        goto(page, console, address)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        assert (address, english_in(page.evaluate(SAID))) == (address, [])
    assert len(OPEN) > 12


def test_pages_of_signing_in_are_spanish(staff_context, officer):
    page = staff_context(officer, width=390, locale="es-US").new_page()
    for address in SIGNED_IN:
        page.goto(address)
        said = page.locator("main").inner_text()
        assert (address, english_in(said)) == (address, [])


def test_an_english_text_is_found(open_context, area):
    page = open_context(locale="es-US").new_page()
    page.goto("/")
    page.evaluate("document.querySelector('main').append('Find your officers')")

    assert english_in(page.evaluate(SAID)) == ["Find your officers"]


@pytest.mark.parametrize("js", [True, False])
def test_choosing_a_language_keeps_the_page(open_context, officer, js):
    page = open_context(width=390, locale="en-US", js=js).new_page()
    page.goto("/contact/?area=Eastgate")
    page.get_by_role("link", name="Español").click()

    expect(page).to_have_url(re.compile(r"/contact/\?area=Eastgate$"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sus oficiales en Eastgate")
    expect(page.locator(".langbar [aria-current=true]")).to_have_text("Español")

    page.goto("/about/privacy/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cómo protegemos su privacidad")


def test_errors_of_forms_are_spanish(open_context, area):
    page = open_context(width=390, locale="es-US").new_page()
    page.goto("/accounts/password/reset/")
    page.get_by_role("button", name="Enviar el enlace").click()

    expect(page).to_have_title(re.compile("^Error:"))
    page.wait_for_load_state()
    assert english_in(page.evaluate(SAID)) == []
