"""A dump of the database alone gives no second factor."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt, encrypt
from cryptography.exceptions import InvalidTag

from core import locked
from tests.accounts.signing import code_of, is_signed_in, post_code, post_password
from tests.factories.accounts import TOTP_SECRET, UserFactory


@pytest.fixture
def user(db):
    return UserFactory(second_factor=True)


def rows(user):
    return {row.type: row for row in Authenticator.objects.filter(user=user)}


def test_no_secret_lies_open(user):
    stored = rows(user)
    codes = RecoveryCodes(stored["recovery_codes"]).get_unused_codes()
    dump = json.dumps([row.data for row in stored.values()])

    assert len(codes) > 5
    assert not [secret for secret in (TOTP_SECRET, *codes) if secret in dump]
    assert stored["totp"].data["secret"].startswith(locked.MARK)
    assert stored["recovery_codes"].data["seed"].startswith(locked.MARK)


def test_codes_still_sign_in(user, client):
    post_password(client, user)
    post_code(client, code_of())

    assert is_signed_in(client)


def test_a_secret_from_before_still_signs_in(user, client):
    Authenticator.objects.filter(user=user, type="totp").update(data={"secret": TOTP_SECRET})
    post_password(client, user)
    post_code(client, code_of())

    assert is_signed_in(client)


def test_two_alike_do_not_look_alike():
    assert encrypt(TOTP_SECRET) != encrypt(TOTP_SECRET)
    assert decrypt(encrypt(TOTP_SECRET)) == TOTP_SECRET


@pytest.mark.parametrize("change", ["key", "purpose", "text"])
def test_what_was_not_locked_here_does_not_open(settings, change):
    """It raises: an empty secret would make codes that anybody can make."""
    text, purpose = locked.lock("a purpose", TOTP_SECRET), "a purpose"
    if change == "key":
        settings.SECRET_KEY = "another key"
    elif change == "purpose":
        purpose = "another purpose"
    else:
        text = text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBB")

    with pytest.raises(InvalidTag):
        locked.unlock(purpose, text)


def test_a_changed_key_opens_what_was_locked_under_the_one_before(settings):
    text = encrypt(TOTP_SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]

    assert decrypt(text) == TOTP_SECRET
    assert decrypt(encrypt("JBSW")) == "JBSW"
