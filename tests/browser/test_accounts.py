"""Signing in, invitations and the pages of coordinators in a real browser, with and without script."""

import datetime
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Invitation, User
from core.models import Draft
from tests.accounts.signing import HOME, code_of
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.areas import AreaFactory

SENTENCE = "an untold story of the harbor"
SIGN_IN = f"/accounts/login/?next={HOME}"


@pytest.fixture
def city(transactional_db):
    area = AreaFactory(name="West")
    UserFactory(supervisor=True, areas=[area], name="Sgt. Ana")
    person = UserFactory(officer=True, second_factor=True, name="Ofc. Ben", areas=[area])
    coordinator = UserFactory(coordinator=True, name="Kay Coordinator")
    Invitation.objects.invite("new@example.org", name="Ofc. New", roles=["officer"], by=coordinator)
    values = {"phone": ["206-555-0142"], "note": ["What was said\nat the door"]}
    Draft.objects.create(
        user=coordinator, form="unsent", path="/my/settings/contact/", fields={"values": values, "files": 1}
    )
    return {"coordinator": coordinator, "person": person}


def sign_in(page, email, password=PASSWORD):
    page.goto(SIGN_IN)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("js", [True, False])
def test_password_and_code_sign_in(open_context, city, js):
    page = open_context(js=js).new_page()
    sign_in(page, city["person"].email)
    page.get_by_label("Code").fill(code_of())
    page.get_by_label("Code").press("Enter")

    page.get_by_role("heading", name="My settings").wait_for()


def virtual_authenticator(context, page):
    """A passkey in a phone, as Chromium pretends to have one. The host must be called localhost for it to work."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_and_signs_in_even_while_the_password_is_locked(
    open_context, live_server, console, transactional_db
):
    user = UserFactory(name="Ofc. Passkey")
    context = open_context()
    page = context.new_page()
    virtual_authenticator(context, page)
    home = live_server.url.replace("127.0.0.1", "localhost")

    page.goto(f"{home}{SIGN_IN}")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="My settings").wait_for()
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    expect(page.get_by_label("Sign in with this alone")).to_be_checked()
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("heading", name="Recovery codes").first.wait_for()
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1

    page.goto(f"{home}/my/settings/")
    page.get_by_role("button", name="Sign out").click()
    for _ in range(5):
        attempt(page, home, user)
    expect(page.locator("body")).to_contain_text("Too many tries")

    page.goto(f"{home}{SIGN_IN}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="My settings").wait_for()
    console[:] = [said for said in console if "429" not in said]


def attempt(page, home, user):
    page.goto(f"{home}{SIGN_IN}")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("js", [True, False])
def test_somebody_is_invited_and_comes_in(open_context, staff_context, city, settings, js):
    page = staff_context(city["coordinator"], js=js).new_page()
    page.goto("/staff/invite/")
    page.get_by_label("E-mail").fill("ida@example.org")
    page.get_by_label("Name as they sign").fill("Ofc. Ida")
    page.get_by_label("Liaison officer").check()
    page.get_by_label("West (neighborhood)").check()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("ida@example.org").first.wait_for()
    link = re.search(r"https?://[^/]+(/invitation/\S+)", mail.outbox[-1].body).group(1)

    settings.MFA_REQUIRED = True
    theirs = open_context(js=js, width=390).new_page()
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill(SENTENCE)
    theirs.get_by_label("The same password again").fill(SENTENCE)
    theirs.get_by_role("button", name="Create my account").click()
    theirs.get_by_role("heading", name="Second factor").wait_for()
    theirs.goto("/my/settings/")
    theirs.get_by_text("Set up a second factor first").wait_for()
    theirs.get_by_role("link", name="Set up the app").click()
    user = User.objects.get(email="ida@example.org")
    secret = theirs.locator("#authenticator_secret").inner_text()
    theirs.get_by_label("Code").fill(code_of(secret=secret))
    theirs.get_by_label("Code").press("Enter")
    theirs.get_by_role("heading", name="Recovery codes").first.wait_for()
    theirs.goto("/my/settings/")
    theirs.get_by_role("heading", name="My settings").wait_for()
    assert user.has_second_factor


def test_sessions_are_seen_and_the_others_ended(open_context, transactional_db):
    user = UserFactory()
    first, second = open_context().new_page(), open_context().new_page()
    for page in (first, second):
        sign_in(page, user.email)
        page.get_by_role("heading", name="My settings").wait_for()
    second.goto("/accounts/sessions/")
    expect(second.get_by_text("This one")).to_have_count(1)
    second.get_by_role("button", name="Sign out the others").click()
    second.get_by_role("button", name="Sign out here").wait_for()

    first.goto("/my/settings/")
    first.get_by_role("heading", name="Sign in", exact=True).wait_for()
    second.goto("/my/settings/")
    second.get_by_role("heading", name="My settings").wait_for()


@pytest.mark.parametrize("js", [True, False])
def test_what_was_typed_survives_the_end_of_the_session(open_context, transactional_db, settings, js):
    user = UserFactory()
    page = open_context(js=js).new_page()
    sign_in(page, user.email)
    page.get_by_label("Phone", exact=False).first.fill("206-555-0142")
    settings.SESSION_IDLE = datetime.timedelta(0)
    page.locator("form[action$='contact/']").get_by_role("button", name="Save").click()
    page.get_by_text("What you typed is kept").wait_for()
    settings.SESSION_IDLE = datetime.timedelta(minutes=30)

    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("206-555-0142").wait_for()
    page.get_by_role("button", name="Send it now").click()
    page.get_by_role("heading", name="My settings").wait_for()
    user.contact.refresh_from_db()
    assert user.contact.phone == "206-555-0142"


@pytest.mark.parametrize("js", [True, False])
def test_duty_is_put_for_a_day(staff_context, city, js):
    page = staff_context(city["coordinator"], js=js).new_page()
    page.goto("/duty/?week=2026-11-18")
    page.get_by_label("West, Wednesday 18 November").select_option(label="Sgt. Ana")
    page.get_by_role("button", name="Save the week").click()
    page.get_by_text("Days changed: 1").wait_for()

    expect(page.get_by_label("West, Wednesday 18 November")).to_have_value(User.objects.get(name="Sgt. Ana").reference)
