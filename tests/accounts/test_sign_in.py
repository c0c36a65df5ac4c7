"""Signing in: password and second factor, lock-out, what is recorded and who is told."""

import datetime
import re
import threading

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import locks
from accounts.models import User
from core.models import AuditEntry
from liaison.celery import app
from tests.accounts.signing import (
    HOME,
    ask_for_new_password,
    asked_of_the_worker,
    code_of,
    is_signed_in,
    post_code,
    post_password,
)
from tests.factories.accounts import PASSWORD, UserFactory

CLOSED = ["account_signup", "account_email", "account_email_verification_sent", "account_confirm_login_code"]


def acts():
    return list(AuditEntry.objects.order_by("id").values_list("act", "actor"))


@pytest.fixture
def user(db):
    return UserFactory(officer=True)


def test_password_signs_in_and_is_recorded(client, user):
    response = post_password(client, user)

    assert (response.status_code, response.url) == (302, HOME)
    assert is_signed_in(client)
    assert acts() == [("sign-in", user.email)]
    assert AuditEntry.objects.get().facts == {"factors": ["password"]}


def test_second_factor_is_asked_for_and_recorded(client, db):
    user = UserFactory(second_factor=True)

    response = post_password(client, user)
    assert response.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)

    assert post_code(client, code_of()).url == HOME
    assert is_signed_in(client)
    assert AuditEntry.objects.get(act="sign-in").facts == {"factors": ["password", "totp"]}


def test_recovery_code_opens_once(client, db):
    user = UserFactory(second_factor=True)
    code = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]

    post_password(client, user)
    assert post_code(client, code).status_code == 302
    client.logout()
    post_password(client, user)

    assert post_code(client, code).status_code == 200
    assert not is_signed_in(client)


def test_wrong_code_is_recorded_and_limited(client, db):
    user = UserFactory(second_factor=True)
    post_password(client, user)
    for _ in range(5):
        post_code(client, "000000")

    assert post_code(client, code_of()).status_code == 200
    assert not is_signed_in(client)
    assert [act for act, actor in acts() if actor == user.email] == ["sign-in.code_fail"] * 5 + ["sign-in.code_refused"]


def test_codes_are_tried_again_after_fifteen_minutes(client, db, time_machine):
    user = UserFactory(second_factor=True)
    now = datetime.datetime.now(datetime.UTC)
    post_password(client, user)
    for _ in range(6):
        post_code(client, "000000")
    time_machine.move_to(now + datetime.timedelta(minutes=16))
    post_password(client, user)

    assert post_code(client, code_of()).status_code == 302


def test_a_coordinator_releases_codes_too(client, db, settings):
    settings.AXES_COOLOFF_TIME, settings.CJIS_PROFILE = None, True
    user = UserFactory(second_factor=True)
    post_password(client, user)
    for _ in range(5):
        post_code(client, "000000")
    assert locks.is_locked(user)
    locks.release(user, by=UserFactory(coordinator=True))

    assert post_code(client, code_of()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_codes_guessed_at_once_are_counted_one_by_one():
    user = UserFactory(second_factor=True)
    clients = [Client() for _ in range(8)]
    for client in clients:
        post_password(client, user)

    def guess(client):
        post_code(client, "000000")
        connection.close()

    threads = [threading.Thread(target=guess, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert AuditEntry.objects.filter(act="sign-in.code_fail").count() == 5
    assert AuditEntry.objects.filter(act="sign-in.code_refused").count() == 3


def test_a_limit_on_codes_holds_in_a_new_session_too(client, db):
    user = UserFactory(second_factor=True)
    post_password(client, user)
    for _ in range(5):
        post_code(client, "000000")
    client.cookies.clear()
    post_password(client, user)

    assert post_code(client, code_of()).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", CLOSED)
def test_closed_addresses_answer_404(client, db, name):
    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name), {"email": "new@example.org", "password1": PASSWORD}).status_code == 404
    assert User.objects.count() == 0


def test_no_page_links_to_sign_up(client, db):
    assert reverse("account_signup") not in client.get(reverse("account_login")).content.decode()


def test_sign_in_page_carries_the_use_banner(client, db):
    assert "official work only" in client.get(reverse("account_login")).content.decode()


def test_fifth_wrong_password_locks_and_one_rule_speaks(client, user):
    answers = [post_password(client, user, "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]

    later = [post_password(client, user, password) for password in ("wrong", PASSWORD, "wrong")]
    assert [response.status_code for response in later] == [429, 429, 429]
    assert "Too many tries" in later[1].content.decode()
    assert not is_signed_in(client)
    assert AuditEntry.objects.filter(act="sign-in.lock", actor=user.email).count() == 1
    assert AuditEntry.objects.filter(act="sign-in.fail", actor=user.email).count() == 8


def test_lock_ends_after_fifteen_minutes(client, user, time_machine):
    time_machine.move_to("2026-11-20 12:00:00", tick=False)
    for _ in range(5):
        post_password(client, user, "wrong")
    time_machine.move_to("2026-11-20 12:14:59", tick=False)
    assert post_password(client, user).status_code == 429

    time_machine.move_to("2026-11-20 12:15:01", tick=False)
    assert post_password(client, user).status_code == 302


def test_lock_stands_until_released_under_the_cjis_profile(client, user, time_machine, settings):
    settings.AXES_COOLOFF_TIME, settings.CJIS_PROFILE = None, True
    time_machine.move_to("2026-11-20 12:00:00", tick=False)
    for _ in range(5):
        post_password(client, user, "wrong")
    time_machine.move_to("2026-12-20 12:00:00", tick=False)

    page = post_password(client, user)
    assert page.status_code == 429
    assert "Ask your coordinator" in page.content.decode()

    locks.release(user, by=UserFactory(coordinator=True))
    assert post_password(client, user).status_code == 302


@pytest.mark.parametrize("typed", ["STAFF@example.org", "Staff@Example.Org ", "ſtaff@example.org"])
def test_an_address_typed_otherwise_is_no_new_account_to_try(client, db, typed):
    user = UserFactory(email="staff@example.org")
    for _ in range(4):
        post_password(client, user, "wrong")
    post_password(client, typed, "wrong")

    assert post_password(client, user).status_code == 429
    assert AccessAttempt.objects.values_list("username", flat=True).distinct().get() == "staff@example.org"


def test_an_unknown_address_is_locked_alike_and_not_kept_in_the_audit(client, db):
    answers = [post_password(client, "nobody@example.org", "wrong").status_code for _ in range(6)]

    assert answers == [200, 200, 200, 200, 429, 429]
    assert {actor for _act, actor in acts()} == {"unknown"}
    assert "nobody" not in str(list(AuditEntry.objects.values()))


def test_password_is_not_kept_by_the_lock(client, user):
    post_password(client, user, "a secret typo")

    assert "secret" not in str(list(AccessAttempt.objects.values()))


def test_locking_one_account_leaves_the_others_open(client, user):
    for _ in range(5):
        post_password(client, user, "wrong")

    assert post_password(client, UserFactory()).status_code == 302


def test_disabled_user_cannot_sign_in(client, db):
    user = UserFactory(disabled=True)
    user.set_password(PASSWORD)
    user.save()

    post_password(client, user)
    assert not is_signed_in(client)


def test_sign_out_is_recorded(client, user):
    post_password(client, user)
    client.post(reverse("account_logout"))

    assert acts()[-1] == ("sign-out", user.email)
    assert not is_signed_in(client)


def reset_link(client, user):
    ask_for_new_password(client, user.email)
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)


def test_reset_of_a_password_does_not_go_round_the_second_factor(client, db):
    user = UserFactory(second_factor=True)
    for _ in range(5):
        post_password(client, user, "wrong")
    form = client.get(reset_link(client, user)).url
    client.post(form, {"password1": "another plain sentence of mine", "password2": "another plain sentence of mine"})
    assert not is_signed_in(client)

    response = post_password(client, user, "another plain sentence of mine")
    assert response.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert ("user.password_reset", user.email) in acts()


def test_reset_does_not_release_a_lock_under_the_cjis_profile(client, user, settings):
    settings.AXES_COOLOFF_TIME, settings.CJIS_PROFILE = None, True
    for _ in range(5):
        post_password(client, user, "wrong")
    form = client.get(reset_link(client, user)).url
    client.post(form, {"password1": "another plain sentence of mine", "password2": "another plain sentence of mine"})

    assert post_password(client, user, "another plain sentence of mine").status_code == 429


def test_reset_of_an_unknown_address_answers_alike_and_mails_nobody(client, user):
    known = ask_for_new_password(client, user.email)
    unknown = ask_for_new_password(client, "nobody@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_reset_does_the_same_work_for_every_address(client, user):
    """The mail server is nobody's clock: a page that waits for it only for known addresses tells which are known."""
    gone = UserFactory(disabled=True)
    asked_of_the_worker()
    work = []
    for email in (user.email, "nobody@example.org", gone.email, user.email.upper()):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("account_reset_password"), {"email": email})
        work.append((answer.status_code, answer.url, len(queries), len(mail.outbox), len(asked_of_the_worker())))

    assert len(set(work)) == 1, work
    assert work[0][3:] == (0, 1)


def test_reset_without_a_queue_still_sends_the_link(client, user, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    # Connections that are open already would still reach the queue.
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    client.post(reverse("account_reset_password"), {"email": user.email})

    assert [message.to for message in mail.outbox] == [[user.email]]


def test_link_for_a_new_password_is_in_their_language(client, db):
    user = UserFactory(language="es")
    ask_for_new_password(client, user.email)

    assert "contraseña" in mail.outbox[0].body
    assert settings.PUBLIC_URL in mail.outbox[0].body


def test_change_of_password_is_told_and_ends_the_other_sessions(client, user):
    other = type(client)()
    post_password(other, user)
    post_password(client, user)
    new = "another plain sentence of mine"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert mail.outbox[-1].to == [user.email]
    assert ("user.password_change", user.email) in acts()


def test_a_dead_mail_server_does_not_undo_a_change(client, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "localhost", 1, 1
    post_password(client, user)
    new = "another plain sentence of mine"
    response = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).check_password(new)


@pytest.mark.django_db(transaction=True)
def test_setting_up_codes_is_recorded_and_told(client):
    user = UserFactory()
    post_password(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret=secret)})

    assert user.has_second_factor
    assert ("user.codes_on", user.email) in acts()
    assert mail.outbox[-1].to == [user.email]


def test_verified_address_is_not_mailed_a_confirmation(client, user):
    post_password(client, user)

    assert mail.outbox == []
    assert EmailAddress.objects.get(user=user).verified


def test_without_redis_staff_still_sign_in_with_both_factors(client, db, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    user = UserFactory(second_factor=True)
    post_password(client, user)
    for _ in range(2):
        post_code(client, "000000")

    assert post_code(client, code_of()).status_code == 302
    assert is_signed_in(client)


def test_flood_from_one_network_is_answered_with_a_page(client, db):
    answers = [post_password(client, f"somebody{n}@example.org", "wrong").status_code for n in range(61)]

    assert set(answers[:60]) == {200}
    assert answers[60] == 429
    assert "Wait a minute" in post_password(client, "other@example.org", "wrong").content.decode()
