"""How long a session lasts, and what becomes of a form that was being filled in when it ended."""

import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, Draft
from tests.accounts.signing import BACKEND, HOME, is_signed_in, post_password
from tests.factories.accounts import PASSWORD, UserFactory

SIGN_IN = "/accounts/login/"
CONTACT = "/my/settings/contact/"
TYPED = {"phone": "206-555-0142", "language": "es", "may_email": "on", "hours_from": "", "idempotency_key": "k"}


@pytest.fixture
def clock(time_machine):
    """`clock("09:30")` sets the time of one working day."""

    def move(text, day=20):
        time_machine.move_to(f"2026-11-{day} {text}:00+00:00", tick=False)

    move("09:00")
    return move


@pytest.fixture
def user(db, clock):
    return UserFactory(officer=True)


@pytest.fixture
def signed_in(client, user):
    post_password(client, user)
    return client


def test_session_ends_after_thirty_idle_minutes(signed_in, clock):
    clock("09:29")
    assert is_signed_in(signed_in)
    clock("09:58")
    assert is_signed_in(signed_in)

    clock("10:28")
    response = signed_in.get(HOME)
    assert (response.status_code, response.url) == (302, f"{SIGN_IN}?next={HOME}")
    assert "30 minutes without activity" in signed_in.get(SIGN_IN).content.decode()
    assert AuditEntry.objects.filter(act="sign-in.end").get().facts == {"why": "idle", "kept": False}


def test_idle_limit_can_be_shorter(signed_in, clock, settings):
    settings.SESSION_IDLE = site.SESSION_IDLE / 2
    clock("09:16")

    assert not is_signed_in(signed_in)


def test_session_ends_after_twelve_hours_of_work(signed_in, clock):
    for hour in range(9, 21):
        for minute in (5, 30, 55):
            clock(f"{hour:02}:{minute:02}")
            assert is_signed_in(signed_in), f"{hour}:{minute}"

    clock("21:00")
    assert not is_signed_in(signed_in)
    assert AuditEntry.objects.filter(act="sign-in.end").get().facts["why"] == "absolute"


def test_polls_keep_no_session_alive(signed_in, clock):
    for minute in (10, 20, 29):
        clock(f"09:{minute}")
        assert signed_in.get(HOME, headers={"X-Background": "1"}).status_code == 200

    clock("09:31")
    assert signed_in.get(HOME, headers={"X-Background": "1"}).status_code == 286
    assert not is_signed_in(signed_in)


def test_ended_session_cannot_be_replayed(signed_in, clock):
    cookie = signed_in.cookies[site.SESSION_COOKIE_NAME].value
    clock("10:00")
    signed_in.get(HOME)
    signed_in.cookies[site.SESSION_COOKIE_NAME] = cookie

    assert not is_signed_in(signed_in)
    assert not Session.objects.filter(session_key=cookie).exists()


def test_signing_in_changes_the_session_key(client, user):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[site.SESSION_COOKIE_NAME] = planted = session.session_key
    post_password(client, user)

    assert client.cookies[site.SESSION_COOKIE_NAME].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_what_was_typed_is_kept_and_sent_after_signing_in(signed_in, user, clock):
    clock("10:00")
    response = signed_in.post(CONTACT, TYPED)
    assert response.url == f"{SIGN_IN}?next={reverse('accounts:unsent')}"
    user.contact.refresh_from_db()
    assert user.contact.phone == ""

    post_password(signed_in, user, then=reverse("accounts:unsent"))
    page = signed_in.get(reverse("accounts:unsent")).content.decode()
    assert "206-555-0142" in page
    draft = Draft.objects.get(user=user)
    again = {name: values[0] for name, values in draft.fields["values"].items()}
    assert signed_in.post(draft.path, again | {"unsent": draft.pk}).status_code == 302

    user.contact.refresh_from_db()
    assert (user.contact.phone, user.contact.language) == ("206-555-0142", "es")
    assert not Draft.objects.filter(user=user).exists()


def test_what_no_database_keeps_is_left_out_of_what_was_typed(signed_in, user, clock):
    clock("10:00")
    assert signed_in.post(CONTACT, TYPED | {"phone": "206\x00", "a\x00b": "more"}).status_code == 302
    assert Draft.objects.get(user=user).fields["values"].items() >= {"phone": ["206"], "ab": ["more"]}.items()


def test_form_that_is_sent_again_with_an_error_stays_kept(signed_in, user, clock):
    clock("10:00")
    signed_in.post(CONTACT, TYPED | {"phone": "nonsense", "may_sms": "on"})
    post_password(signed_in, user)
    draft = Draft.objects.get(user=user)
    again = {name: values[0] for name, values in draft.fields["values"].items()}

    assert signed_in.post(draft.path, again | {"unsent": draft.pk}).status_code == 200
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_a_press_without_text_leaves_no_draft(signed_in, user, clock):
    clock("10:00")
    response = signed_in.post(CONTACT, {"idempotency_key": "k"})

    assert response.status_code == 302
    assert not Draft.objects.exists()


def test_passwords_are_never_kept(signed_in, clock):
    clock("10:00")
    signed_in.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "new", "password2": "new"}
    )

    assert not Draft.objects.exists()


def test_nobody_else_can_leave_a_draft_in_a_persons_name(user, clock):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    client.get(HOME)
    clock("10:00")

    assert client.post(CONTACT, TYPED).status_code == 403
    assert not Draft.objects.exists()


def test_drafts_of_others_are_not_to_be_had(signed_in, user):
    other = UserFactory()
    draft = Draft.objects.create(
        user=other, form="unsent", path="/x/", fields={"values": {"note": ["secret"]}, "files": 0}
    )

    assert "secret" not in signed_in.get(reverse("accounts:unsent")).content.decode()
    assert signed_in.post(reverse("accounts:unsent_drop", args=[draft.pk])).status_code == 404
    signed_in.post(CONTACT, TYPED | {"unsent": draft.pk})
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_htmx_is_told_to_go_to_the_sign_in_page(signed_in, clock):
    clock("10:00")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/my/settings/?a=1"}
    response = signed_in.get("/my/unsent/", headers=headers)

    assert (response.status_code, response.headers["HX-Redirect"]) == (200, f"{SIGN_IN}?next=/my/settings/%3Fa%3D1")


def test_public_pages_go_on_after_the_session_ended(signed_in, clock):
    clock("10:00")

    assert signed_in.get("/").status_code == 200
    assert not is_signed_in(signed_in)


def test_active_session_is_not_written_at_every_request(signed_in, clock):
    clock("09:10")
    signed_in.get(HOME)
    before = Session.objects.get().session_data
    signed_in.get(HOME)

    assert Session.objects.get().session_data == before


def test_every_poll_says_that_nobody_made_it():
    templates = Path(site.BASE_DIR, "templates").rglob("*.html")
    polls = [tag for path in templates for tag in re.findall(r'<[^>]*hx-trigger="[^"]*every[^>]*>', path.read_text())]

    assert polls
    assert all("X-Background" in tag for tag in polls)
