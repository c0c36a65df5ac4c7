"""Passwords that are refused, and those that are not."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

SOMEBODY = User(email="rosa.imani@example.org", name="Ofc. Rosa Imani")


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "qwertyuiop123",
        "Liaison-2026!",
        "CommunityLiaison1",
        "police.police.police",
        "ofc rosa imani",
        "welcomeofficer!!",
    ],
)
def test_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, SOMEBODY)


@pytest.mark.parametrize(
    "password",
    [
        "a plain sentence nobody guesses",
        "twelve chars",
        "the police station has green doors",
        "contraseña con eñes y tildes áéí",
        "鍵は青い箱の中にありますよね",
        "x" * 12 + " y" * 100,
    ],
)
def test_accepted(password):
    validate_password(password, SOMEBODY)


def test_hashed_by_argon2(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

    assert make_password("a plain sentence nobody guesses").startswith("argon2$argon2id$")
