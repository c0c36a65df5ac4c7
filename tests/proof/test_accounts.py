"""The doors of the staff: guessing opens none, a locked one opens in time, and a closed account has none."""

import datetime
import statistics
import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import locks
from accounts.middleware import is_public
from accounts.models import Invitation
from core.models import AuditEntry
from tests.accounts.signing import (
    HOME,
    ask_for_new_password,
    asked_of_the_worker,
    code_of,
    is_signed_in,
    post_code,
    post_password,
)
from tests.accounts.test_second_factor import all_routes
from tests.browser.test_accounts import virtual_authenticator
from tests.factories.accounts import PASSWORD, UserFactory
from tests.matrix.gate import DRAWN
from tests.proof import attacks

pytestmark = pytest.mark.django_db
SENTENCE = "an untold story of the harbor"
# Kinds of locking: by cool-off, or until a coordinator releases the account.
PROFILES = pytest.mark.parametrize("until_released", [False, True], ids=["cool-off", "CJIS"])


@pytest.fixture
def profile(settings, until_released):
    if until_released:
        settings.AXES_COOLOFF_TIME, settings.CJIS_PROFILE = None, True


# Guessing ---------------------------------------------------------------------------------------------------------


def test_nobody_guesses_their_way_in(figure, size, settings):
    """A thousand guesses at passwords, codes and links for a new password; four in ten of them at passwords."""
    settings.MFA_REQUIRED = True
    total = size(ci=60, full=1000)
    users = [UserFactory(officer=True) for _ in range(2)]
    factored = [UserFactory(officer=True, second_factor=True) for _ in range(2)]
    got_in = attacks.guess_passwords(users, total * 4 // 10)
    got_in += attacks.guess_codes(factored, total * 3 // 10)
    fresh = [UserFactory(officer=True) for _ in range(2)]
    got_in += attacks.guess_reset_links(fresh, total * 3 // 10)

    assert all(locks.passwords_are_locked(user) for user in users)
    assert all(locks.codes_are_locked(user) for user in factored)
    figure("guesses at sign-in, second factor and reset", total, f">= {size(ci=60, full=1000)}")
    figure("guesses that got in", len(got_in), "== 0")


def test_a_guess_that_is_right_is_counted_as_in(monkeypatch):
    """Without the limit the very same attack gets in, so nought is no accident of how it counts."""
    users = [UserFactory(officer=True)]
    monkeypatch.setattr("axes.handlers.proxy.AxesProxyHandler.is_allowed", lambda *args: True)
    monkeypatch.setattr("axes.backends.AxesProxyHandler.is_allowed", lambda *args: True)
    monkeypatch.setattr("accounts.locks.codes_are_locked", lambda user: False)

    assert attacks.guess_passwords(users, 9) == users
    assert attacks.guess_codes([UserFactory(second_factor=True)], 9) != []


@PROFILES
def test_locked_passwords_open_in_time_or_by_a_coordinator(client, profile, until_released, time_machine):
    time_machine.move_to("2026-11-20 12:00:00+00:00", tick=False)
    user = UserFactory(officer=True)
    answers = [post_password(client, user, "wrong").status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    time_machine.move_to("2026-11-20 12:14:59+00:00", tick=False)
    assert post_password(client, user).status_code == 429

    time_machine.move_to("2026-11-20 12:15:01+00:00", tick=False)
    assert post_password(client, user).status_code == (429 if until_released else 302)
    if until_released:
        time_machine.move_to("2027-11-20 12:15:01+00:00", tick=False)
        assert post_password(client, user).status_code == 429
        locks.release(user, by=UserFactory(coordinator=True))
        assert post_password(client, user).status_code == 302


@PROFILES
def test_locked_codes_open_in_time_or_by_a_coordinator(client, profile, until_released, time_machine):
    # Entries of the audit carry the time of the database, which nobody moves.
    user = UserFactory(officer=True, second_factor=True)
    now = datetime.datetime.now(datetime.UTC)
    post_password(client, user)
    for number in range(5):
        post_code(client, attacks.wrong_code(number))
    post_code(client, code_of())
    assert not is_signed_in(client)

    time_machine.move_to(now + datetime.timedelta(minutes=16))
    late = Client()
    post_password(late, user)
    post_code(late, code_of())
    assert is_signed_in(late) is not until_released
    if until_released:
        locks.release(user, by=UserFactory(coordinator=True))
        post_code(late, code_of())
        assert is_signed_in(late)


def test_asking_for_links_is_limited(figure, size):
    """One address, asked for by as many strangers: a flood of mails is an attack too, and each link is a chance."""
    user = UserFactory(officer=True)
    tries = size(ci=12, full=100)
    answers = [ask_for_new_password(attacks.stranger(), user.email).status_code for _ in range(tries)]

    assert answers.count(429) >= tries - 5
    figure("links for a new password mailed in a minute", len(mail.outbox), "<= 5")


def test_trying_links_from_one_address_is_limited():
    """Opening a link is free, since its key has 128 bits; sending the form behind it is not."""
    user, client = UserFactory(officer=True), Client()
    answers = [client.post(attacks.reset_address(user, f"c{n:05}-{n:032x}")).status_code for n in range(25)]

    assert answers == [200] * 20 + [429] * 5


def test_a_code_opens_once(client):
    user, code = UserFactory(officer=True, second_factor=True), code_of()
    post_password(client, user)
    assert post_code(client, code).status_code == 302

    thief = attacks.stranger()
    post_password(thief, user)
    assert post_code(thief, code).status_code == 200
    assert not is_signed_in(thief)


def test_a_recovery_code_opens_once(client):
    user = UserFactory(officer=True, second_factor=True)
    codes = user.authenticator_set.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    post_password(client, user)
    assert post_code(client, codes[0]).status_code == 302

    thief = attacks.stranger()
    post_password(thief, user)
    assert post_code(thief, codes[0]).status_code == 200
    assert not is_signed_in(thief)
    assert post_code(thief, codes[1]).status_code == 302


# Who has an account -------------------------------------------------------------------------------------------------


def asked(door, email):
    """One try: status, target and body without what is drawn anew; the work it took, in seconds of this process.

    Seconds of the clock would tell how busy the machine is. What the database has to do shows in the statements.
    """
    client, began = attacks.stranger(), time.process_time()
    with CaptureQueriesContext(connection) as statements:
        if door == "account_login":
            response = post_password(client, email, "wrong")
        else:
            response = client.post(reverse(door), {"email": email})
    took = time.process_time() - began
    body = DRAWN.sub("", response.content.decode()).replace(email, "")
    return (response.status_code, response.headers.get("Location"), body), len(statements), took


@pytest.mark.parametrize("door", ["account_login", "account_reset_password"])
def test_known_and_unknown_addresses_answer_alike(door, settings, size, figure):
    """The same page after the same work, under the hash of passwords that is used for real.

    Allauth looks a second time for an address that it does not find: one statement, far less than a hash varies by.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    known, unknown = [], []
    for number in range(size(ci=5, full=40)):
        user = UserFactory(officer=True)
        known.append(asked(door, user.email))
        unknown.append(asked(door, f"nobody{number}@example.org"))
    asked_of_the_worker()

    assert [one[0] for one in known] == [one[0] for one in unknown]
    statements = [{one[1] for one in kind} for kind in (known, unknown)]
    assert max(statements[0] | statements[1]) - min(statements[0] | statements[1]) <= 1
    times = [statistics.median(one[2] for one in kind) for kind in (known, unknown)]
    figure(f"seconds by which {door} tells who is known", round(abs(times[0] - times[1]), 4), "<= 0.05", unit="s")


# Password alone -----------------------------------------------------------------------------------------------------


def half_signed_in():
    """Somebody who never set up a second factor, and somebody who did not enter it, each with every right."""
    roles = {"supervisor": True, "coordinator": True, "records_officer": True}
    without, stopped = Client(), Client()
    post_password(without, UserFactory(**roles))
    post_password(stopped, UserFactory(second_factor=True, **roles))
    return (without, reverse("mfa_index")), (stopped, reverse("account_login"))


def reached(closed, visitors):
    """The pages that let one of these visitors in."""
    for name, path in closed:
        for client, instead in visitors if name not in SETS_UP else visitors[1:]:
            for method in (client.get, client.post):
                response = method(path)
                if response.status_code != 302 or not response.headers["Location"].startswith(instead):
                    yield name, response.status_code


def test_a_password_alone_reaches_no_page_of_the_staff(settings, figure):
    settings.MFA_REQUIRED = True
    closed = [(name, path) for name, path, view in all_routes() if not is_public(view)]
    found = list(reached(closed, half_signed_in()))

    assert {name for name, _path in closed} >= SETS_UP
    figure("addresses tried with a password alone", len(closed), ">= 117")
    assert found == []
    figure("pages of the staff reached with a password alone", len(found), "== 0")


def test_a_page_reached_with_a_password_alone_is_found(settings):
    settings.MFA_REQUIRED = False

    assert [name for name, *_ in reached([("staff", "/staff/")], half_signed_in())] == ["staff", "staff"]


# What somebody without a second factor may open: the pages that set one up, and sign-out.
SETS_UP = {
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes",
    "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
}  # fmt: skip


def test_with_the_second_factor_the_same_pages_open(settings, client):
    """Or everything would be turned away, and nothing be proved."""
    settings.MFA_REQUIRED = True
    post_password(client, UserFactory(second_factor=True, coordinator=True))
    post_code(client, code_of())

    assert client.get("/staff/").status_code == 200


# Sessions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["password", "code", "invitation"])
def test_a_planted_session_is_not_the_one_that_is_signed_in(client, settings, way):
    client.get(reverse("account_login"))
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    if way == "invitation":
        by = UserFactory(coordinator=True)
        _row, token = Invitation.objects.invite("new@example.org", name="New", roles=["officer"], by=by)
        client.post(reverse("accounts:invitation_accept", args=[token]), {"password": SENTENCE, "again": SENTENCE})
    else:
        post_password(client, UserFactory(second_factor=way == "code"))
        post_code(client, code_of())

    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_sign_out_leaves_nothing_to_replay(client, settings):
    post_password(client, UserFactory())
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_signed_in(thief)
    client.post(reverse("account_logout"))

    assert not is_signed_in(thief)
    assert "no-store" in thief.get(HOME).headers["Cache-Control"]


# A passkey under attack ---------------------------------------------------------------------------------------------


def attacked(users, begun):
    """Lock all of them, a browser at a time, while somebody else goes on."""
    for round_ in range(attacks.FIRST_WRONG + 1):
        for user in users:
            post_password(attacks.stranger(), user, f"wrong {round_}")
        begun.set()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_signs_in_while_the_unit_is_attacked(open_context, live_server, size, figure):
    users = [UserFactory(officer=True) for _ in range(size(ci=10, full=100))]
    page, home = open_context().new_page(), live_server.url.replace("127.0.0.1", "localhost")
    virtual_authenticator(page.context, page)
    page.goto(f"{home}/accounts/login/?next={HOME}")
    page.get_by_label("Email").fill(users[0].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="My settings").wait_for()
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("heading", name="Recovery codes").first.wait_for()
    page.goto(f"{home}{HOME}")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out").wait_for(state="detached")

    begun = threading.Event()
    attack = threading.Thread(target=attacked, args=[users, begun])
    attack.start()
    begun.wait(60)
    page.goto(f"{home}/accounts/login/?next={HOME}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="My settings").wait_for()
    attack.join()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{home}/accounts/login/?next={HOME}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="My settings").wait_for()

    # Whoever signs in with their passkey is no longer locked.
    figure("accounts attacked and locked", sum(map(locks.is_locked, users[1:])), f"== {len(users) - 1}")
    entries = AuditEntry.objects.filter(act="sign-in", actor=users[0].email)
    by_passkey = [entry for entry in entries if entry.facts["factors"] == ["webauthn"]]
    figure("sign-ins by passkey during and after the attack", len(by_passkey), "== 2")
