"""Public pages: what anybody reads without an account, and the choices of display."""

import re
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponseNotAllowed
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from areas.models import Area
from cases import agreeing
from cases.models import Agreement, JoinedAgency
from core.middleware import LanguageHere
from notices import stop
from portal import errors
from portal.models import Page, PageText
from portal.texts import BUILT_IN, PLACE, PLACES, blocks_of, fill
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.partners import OrganizationFactory

PAGES = ["/", "/contact/", "/display/", *(f"/about/{slug}/" for slug in Page.values)]


@pytest.mark.parametrize("address", PAGES)
def test_public_page_stands_in_its_shell(client, db, address):
    html = client.get(address).content.decode()

    assert 'data-shell="public"' in html
    assert "tel:911" in html
    for foot in ("complaints", "privacy", "accessibility"):
        assert f'href="/about/{foot}/"' in html
    assert len(re.findall("<h1", html)) == 1


@pytest.mark.parametrize("address", PAGES)
def test_reading_sets_no_cookie_but_the_forms_own(client, db, address):
    client.get(address)

    assert set(client.cookies) <= ({settings.CSRF_COOKIE_NAME} if address == "/display/" else set())


def test_every_page_has_a_complete_built_in_text():
    named = {name for texts in BUILT_IN.values() for text in texts for name in PLACE.findall(str(text))}

    assert set(BUILT_IN) == set(Page)
    assert named <= set(PLACES)
    assert not [text for texts in BUILT_IN.values() for text in texts if PLACE.search(fill(text))]


def test_unknown_page_is_not_there(client, db):
    assert client.get("/about/nothing/").status_code == 404


def test_text_is_paragraphs_and_headings_and_never_markup(client, db):
    assert blocks_of("One\r\n\r\n## Two\n\n\nThree {phone}") == [
        {"paragraph": "One"},
        {"heading": "Two"},
        {"paragraph": f"Three {settings.AGENCY['phone']}"},
    ]
    writer = UserFactory(coordinator=True)
    PageText.objects.create(
        slug="about", language="en", version=1, title="T", body="<script>alert(1)</script>", written_by=writer
    ).publish(by=writer)

    html = client.get("/about/about/").content.decode()

    assert "&lt;script&gt;alert(1)" in html


def test_agency_text_without_translation_is_shown_in_english_and_says_so(client, db):
    writer = UserFactory(coordinator=True)
    PageText.objects.create(
        slug="privacy", language="en", version=1, title="Our own words", body="Text.", written_by=writer
    ).publish(by=writer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"

    html = client.get("/about/privacy/").content.decode()

    assert '<html lang="es"' in html
    assert '<article class="prose" lang="en">' in html
    assert "Our own words" in html


def test_language_is_remembered_and_the_page_kept(client, db):
    response = client.get("/language/es/", {"next": "/contact/?area=Eastgate"})

    assert (response.status_code, response.url) == (302, "/contact/?area=Eastgate")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"]) == ("es", "Lax")
    assert '<html lang="es"' in client.get("/contact/").content.decode()


def test_language_is_chosen_on_a_secret_page_itself(client, db):
    address = next(secret_addresses())
    response = client.get(f"{address}?area=Eastgate&language=es")

    assert (response.status_code, response.url) == (302, f"{address}?area=Eastgate")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"]) == ("es", "Lax")
    assert client.get(f"{address}?language=xx").status_code == 200
    # Of every other page a query is its own affair.
    assert client.get("/contact/?language=en").status_code == 200
    request = RequestFactory().get("/", {"language": "es"})
    request.path, request.resolver_match = "//evil.example/", SimpleNamespace(kwargs={"token": "x"})
    assert LanguageHere(None).process_view(request, None, (), {}).url == "/%2Fevil.example/"


def secret_addresses():
    """Every page of residents and newcomers that opens to whoever holds its address."""
    case = CaseFactory()
    party = PartyFactory(case=case)
    agreement = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    agreeing.record(agreement=agreement, by=case.opened_by)
    follow_up = agreement.follow_ups.first().links.get(party=party)
    agency = JoinedAgency(
        case=case, organization=OrganizationFactory(), person="Ana", purpose="Repairs", sees=["stage"],
        starts_on=timezone.localdate(), ends_on=timezone.localdate(),
    )  # fmt: skip
    agency.join([party], by=case.opened_by)
    _row, token = Invitation.objects.invite("new@example.org", name="New", roles=["officer"], by=case.opened_by)
    yield reverse("links:follow_up", args=[follow_up.token])
    yield reverse("links:agency", args=[agency.issue_link(by=case.opened_by).token])
    yield reverse("accounts:invitation_accept", args=[token])
    yield stop.unsubscribe_url("somebody@example.org").removeprefix(settings.PUBLIC_URL)


def test_no_other_address_carries_a_secret_one(client, db):
    for address in secret_addresses():
        answer = client.get(address)
        assert answer.status_code == 200
        links = re.findall(r'(?:href|src|action)="([^"]*)"', answer.content.decode())
        secret = max(address.split("/"), key=len)
        assert [link for link in links if secret in unquote(link) and unquote(link) != address] == []
        assert "?language=es" in links
        # Chosen by its link the page speaks it, at the same address.
        chosen = client.get(f"{address}?language=es")
        assert (chosen.status_code, chosen.url) == (302, address)
        assert '<html lang="es"' in client.get(address).content.decode()
        client.cookies.clear()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "\\\\evil.x"]
)
def test_language_and_theme_lead_to_no_other_site(client, db, address):
    assert client.get("/language/es/", {"next": address}).url == "/"
    assert client.post("/display/theme/", {"next": address, "theme": "dark"}).url == "/"


def test_unknown_language_is_not_there(client, db):
    assert client.get("/language/xx/").status_code == 404


@pytest.mark.parametrize(
    ("theme", "written", "script"), [("light", "light", False), ("dark", "dark", False), ("auto", "light", True)]
)
def test_theme_is_remembered_and_written_by_the_server(client, db, theme, written, script):
    client.post("/display/theme/", {"next": "/", "theme": theme})
    html = client.get("/").content.decode()

    assert f'data-bs-theme="{written}"' in html
    assert ("theme.js" in html) is script


def test_theme_out_of_the_list_is_not_kept(client, db):
    client.post("/display/theme/", {"next": "/", "theme": "<script>"})

    assert settings.THEME_COOKIE_NAME not in client.cookies
    assert client.get("/display/theme/").status_code == HttpResponseNotAllowed.status_code


def test_no_font_is_sent_to_who_saves_data(client, db):
    assert b"woff2" not in client.get("/", headers={"save-data": "on"}).content
    assert b"woff2" in client.get("/").content


def test_contact_names_officers_who_agreed_to_it(client, db):
    area = Area.objects.create(name="Eastgate", level="sector")
    UserFactory(name="Ofc. A. Shown", officer=True, areas=[area])
    UserFactory(name="Ofc. B. Hidden", officer=True, areas=[area], public_name=False)
    UserFactory(name="Analyst C.", analyst=True, areas=[area])

    html = client.get("/contact/", {"area": "Eastgate"}).content.decode()

    assert "Your officers in Eastgate" in html
    assert "Ofc. A. Shown" in html
    assert "Hidden" not in html
    assert "Analyst C." not in html


def test_contact_of_an_area_without_officers_names_the_unit(client, db):
    Area.objects.create(name="Eastgate", level="sector")

    html = client.get("/contact/", {"area": "Eastgate"}).content.decode()

    assert "No officer is named for this area" in html
    assert settings.AGENCY["email"] in html


def test_contact_of_an_unknown_area_offers_the_list(client, db):
    assert client.get("/contact/", {"area": "Nowhere"}).status_code == 200


def test_robots_are_kept_to_the_public_pages(client, db):
    assert client.get("/robots.txt").content.decode().endswith("Disallow: /\n")


def test_security_contact_has_not_ended(client, db):
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())

    assert lines["Contact"] == f"mailto:{settings.AGENCY['email']}"
    assert lines["Expires"] > "2026"


def test_missing_page_answers_404_in_the_public_shell(client, db):
    response = client.get("/nothing-here/")

    assert response.status_code == 404
    assert b'data-shell="public"' in response.content


def raising(error):
    """What the site answers where a view raises this, without a request in the template."""
    try:
        raise error
    except type(error):
        return errors.server_error(RequestFactory().get("/"))


@pytest.mark.parametrize(("error", "status"), [(ValueError("x"), 500), (OperationalError("gone"), 503)])
def test_server_error_needs_no_database_and_no_context(error, status):
    response = raising(error)

    assert response.status_code == status
    assert b'data-shell="public"' in response.content
    assert b"tel:911" in response.content


def test_form_that_is_too_old_says_what_to_do(db):
    response = Client(enforce_csrf_checks=True).post("/display/theme/", {"theme": "dark"})

    assert response.status_code == 403
    assert b"This form is too old" in response.content
