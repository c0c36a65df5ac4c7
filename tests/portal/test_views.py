"""How coordinators write public pages: a version at a time, previewed, published as an act of its own."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from core.models import AuditEntry
from portal import rules
from portal.models import Page, PageText
from tests.factories.accounts import UserFactory


@pytest.fixture
def writer(db, sign_in):
    return sign_in(UserFactory(coordinator=True))


EDIT = "/texts/privacy/en/"


@pytest.mark.parametrize("role", Role.values)
def test_only_coordinators_write_texts(db, sign_in, role):
    user = UserFactory(**{role: True})
    client = sign_in(user)
    allowed = role == Role.COORDINATOR

    assert rules.can_write_texts(user) is allowed
    for address in ("/texts/", EDIT):
        assert client.get(address).status_code == (200 if allowed else 403)
    assert client.post(EDIT, {"title": "T", "body": "B"}).status_code == (302 if allowed else 403)
    assert PageText.objects.count() == int(allowed)
    assert PageText.objects.visible_to(user).count() == int(allowed)


@pytest.mark.parametrize("address", ["/texts/", EDIT, "/texts/privacy/en/1/"])
def test_texts_ask_visitors_to_sign_in(client, db, address):
    assert client.get(address).url.startswith("/accounts/login/")


def test_form_begins_with_the_built_in_text(writer):
    html = writer.get(EDIT).content.decode()

    assert "who can read it, and what you can ask of us" in html
    assert 'data-shell="staff"' in html


def test_saving_makes_a_version_that_residents_do_not_see_until_it_is_published(writer, client):
    preview = writer.post(EDIT, {"title": "Your privacy", "body": "New words.\n\n## More\n\nCall {phone}."}).url

    assert preview == "/texts/privacy/en/1/"
    assert b"New words." in writer.get(preview).content
    assert b"New words." not in client.get("/about/privacy/").content

    assert writer.get(f"{preview}publish/").status_code == 405
    assert writer.post(f"{preview}publish/").url == "/texts/"
    html = client.get("/about/privacy/").content.decode()
    assert "<h2>More</h2>" in html
    assert f"Call {settings.AGENCY['phone']}." in html
    assert list(
        AuditEntry.objects.filter(object_type="portal.pagetext").order_by("pk").values_list("act", "reference")
    ) == [
        ("pagetext.write", "privacy.en.1"),
        ("pagetext.publish", "privacy.en.1"),
    ]


def test_publishing_twice_changes_nothing(writer):
    writer.post(EDIT, {"title": "T", "body": "B"})
    writer.post("/texts/privacy/en/1/publish/")
    first = PageText.objects.get().published_at
    writer.post("/texts/privacy/en/1/publish/")

    assert PageText.objects.get().published_at == first
    assert AuditEntry.objects.filter(act="pagetext.publish").count() == 1


def test_newer_published_version_is_in_force_and_the_old_one_kept(writer, client):
    for body in ("First.", "Second.", "Third."):
        writer.post(EDIT, {"title": "T", "body": body})
    for version in (1, 2):
        writer.post(f"/texts/privacy/en/{version}/publish/")

    assert b"Second." in client.get("/about/privacy/").content
    assert list(PageText.objects.values_list("version", "body")) == [(3, "Third."), (2, "Second."), (1, "First.")]


def test_unknown_brace_is_refused_and_known_ones_named(writer):
    html = writer.post(EDIT, {"title": "T", "body": "Call {fone}."}).content.decode()

    assert "There is no setting named {fone}" in html
    assert "{phone}" in html
    assert PageText.objects.count() == 0


@pytest.mark.parametrize("address", ["/texts/nothing/en/", "/texts/privacy/xx/", "/texts/privacy/en/7/"])
def test_unknown_text_is_not_there(writer, address):
    assert writer.get(address).status_code == 404


def test_pressed_twice_makes_one_version(writer):
    key = "2f1c1f4e-6a63-4b06-9a7e-0d5a3f1c9b11"
    answers = {writer.post(EDIT, {"title": "T", "body": "B", "idempotency_key": key}).url for _ in range(2)}

    assert answers == {"/texts/privacy/en/1/"}
    assert PageText.objects.count() == 1


def test_list_shows_each_page_in_each_language(writer):
    html = writer.get("/texts/").content.decode()

    for page in Page:
        for language, _ in settings.LANGUAGES:
            assert reverse("portal:text_edit", args=[page, language]) in html


def test_list_asks_the_same_of_the_database_however_many_versions(writer, django_assert_num_queries):
    writer.post(EDIT, {"title": "T", "body": "B"})
    writer.get("/texts/")
    with CaptureQueriesContext(connection) as one:
        writer.get("/texts/")
    queries = len(one)
    for _ in range(2):
        writer.post(EDIT, {"title": "T", "body": "B"})

    with django_assert_num_queries(queries):
        html = writer.get("/texts/").content.decode()
    assert queries <= 10
    assert "Preview version 3" in html


@pytest.mark.parametrize("address", ["/nothing-here/", "/texts/privacy/xx/"])
def test_signed_in_staff_get_error_pages_in_their_shell(writer, address):
    response = writer.get(address)

    assert response.status_code == 404
    assert b'data-shell="staff"' in response.content


def test_refusal_says_who_can_help(db, sign_in):
    response = sign_in(UserFactory(officer=True)).get("/texts/")

    assert response.status_code == 403
    assert b"You cannot open this page" in response.content
    assert b"ask your coordinator" in response.content
