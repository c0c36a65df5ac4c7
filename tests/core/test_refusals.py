"""What is turned away: no value that a column cannot take ends in a 500, and every 403 is on record."""

import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core import erasure
from core.logs import JsonLines
from core.models import AuditEntry, Draft, PersonRequest
from tests.factories.accounts import UserFactory


@pytest.fixture
def officer(client, db):
    user = UserFactory(officer=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("address", ["/cases/a%00b/", "/areas/%00/edit/", "/records/requests/%00/"])
def test_a_nul_byte_is_a_bad_request(client, officer, address):
    assert client.get(address).status_code == 400


def test_a_body_in_a_charset_of_no_form_is_a_bad_request(db):
    """The page that says so must not read the body again."""
    for address in (reverse("account_login"), reverse("portal:theme")):
        body = {"data": b"theme=dark", "content_type": "application/x-www-form-urlencoded; charset=utf-7"}
        client = Client(enforce_csrf_checks=True, headers={"cookie": f"{settings.CSRF_COOKIE_NAME}={'f' * 32}"})
        answer = client.post(address, **body)
        assert (answer.status_code, b"We could not read that" in answer.content) == (400, True)


def test_also_in_a_cookie(client, db):
    answer = client.get("/desk/", headers={"cookie": 'session="\\000aaaaaaaaa"; __Host-session="\\000aaaaaaaaa"'})

    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.django_db(transaction=True)
def test_what_no_column_takes_is_a_bad_request(client):
    assert client.get("/contact/?area=%00").status_code == 400
    client.force_login(UserFactory(officer=True))
    assert client.post(reverse("cases:view_delete"), {"name": "a\x00b"}).status_code == 400


def test_who_is_told_no_is_on_record(client, officer):
    assert client.get(reverse("core:audit_list")).status_code == 403

    entry = AuditEntry.objects.get(kind="refusal")
    assert (entry.actor, entry.act) == (officer.email, "page.refuse")
    assert entry.facts == {"page": "core:audit_list", "method": "GET"}


def test_not_found_is_no_refusal(client, officer):
    assert client.get("/cases/M-26-00001/").status_code == 404
    assert not AuditEntry.objects.filter(kind="refusal").exists()


def test_no_address_stands_in_the_log(client, officer, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/cases/M-26-7K4QF/")
        client.get("/stop/some-token/")

    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert "Not Found" in lines
    assert "7K4QF" not in lines
    assert "some-token" not in lines


def test_the_last_day_of_the_calendar_ends_the_audit(client, db):
    client.force_login(UserFactory(records_officer=True))

    assert client.get(reverse("core:audit_list"), {"end": "9999-12-31"}).status_code == 200


def test_a_draft_is_of_a_form_that_has_an_address(client, officer):
    where = f"{reverse('core:draft_save')}?form=unsent&path=/cases/new/"

    assert client.post(where, {"title": "Noise"}).status_code == 400
    assert client.get(reverse("accounts:unsent")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "left"),
    [("Banana stand", 1), ("Spoke with Ana.", 0), ("Tell them:\nana is away", 0), ("Ana", 0), ("Mariana", 1)],
)
def test_erasing_somebody_forgets_the_drafts_that_name_them_and_no_others(officer, typed, left):
    Draft.objects.create(user=officer, form="cases:case_create", path="/cases/new/", fields={"summary": [typed]})
    request = PersonRequest(kind="erasure", name="Ana", proof="An identity card")
    request.receive(by=officer)

    erasure.forget_drafts(request)

    assert Draft.objects.count() == left


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_page_takes_another_method(client, officer, method):
    answer = getattr(client, method)(reverse("account_change_password"))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
