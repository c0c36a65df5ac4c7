"""What somebody from outside tries at the doors of the staff, each try from an address of its own."""

import secrets
from itertools import count

from django.test import Client
from django.urls import reverse

from tests.accounts.signing import code_of, is_signed_in, post_code, post_password
from tests.factories.accounts import PASSWORD

FIRST_WRONG = 5
PASSWORDS = ("123456", "password", "letmein", "liaison2026", "Summer2026!", "welcome1")
addresses = count(1)


def stranger():
    """A browser at an address nobody used before, so that no limit by address stands in for one by account."""
    number = next(addresses)
    return Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def guess_passwords(users, count):
    """Guess passwords of these accounts in turn; when all are locked, even the right one. Returns who got in."""
    got_in = []
    for number in range(count):
        user, client = users[number % len(users)], stranger()
        is_locked = number >= FIRST_WRONG * len(users)
        guess = PASSWORD if is_locked and number % 3 == 0 else PASSWORDS[number % len(PASSWORDS)]
        post_password(client, user, guess)
        got_in += [user] if is_signed_in(client) else []
    return got_in


def guess_codes(users, count):
    """The password is known: guess codes of the app and recovery codes; when all are locked, even the right one."""
    got_in = []
    for number in range(count):
        user, client = users[number % len(users)], stranger()
        is_locked = number >= FIRST_WRONG * len(users)
        post_password(client, user)
        post_code(client, code_of() if is_locked and number % 3 == 0 else wrong_code(number))
        got_in += [user] if is_signed_in(client) else []
    return got_in


def wrong_code(number):
    """A code that the app does not show now, nor a moment ago or hence."""
    return secrets.token_hex(4) if number % 5 == 0 else f"{(int(code_of()) + 137 + number * 7919) % 1_000_000:06}"


def guess_reset_links(users, count):
    """Guess the key in the link for a new password: nonsense, and keys that look right. Returns who got in."""
    got_in = []
    for number in range(count):
        user, client = users[number % len(users)], stranger()
        key = f"{secrets.choice('cd')}{secrets.token_hex(2)}-{secrets.token_hex(16)}"
        form = client.get(reset_address(user, key), follow=True)
        new = {"password1": "a sentence of the thief", "password2": "a sentence of the thief"}
        client.post(form.request["PATH_INFO"], new)
        user.refresh_from_db()
        got_in += [user] if is_signed_in(client) or not user.check_password(PASSWORD) else []
    return got_in


def reset_address(user, key):
    number, text = user.pk, ""
    while number:
        number, digit = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + text
    return reverse("account_reset_password_from_key", kwargs={"uidb36": text, "key": key})
