"""Texts that lie locked in the database, so that a dump of it alone gives none of them."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

# What stands before every locked text. It names the way it was locked; a text without it was never locked.
MARK = "aes1."
NONCE = 12


def lock(purpose, text):
    """AES-256-GCM under a key made from SECRET_KEY for this purpose alone, as text with a mark before it."""
    nonce = os.urandom(NONCE)
    locked = AESGCM(_key(settings.SECRET_KEY, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return MARK + base64.urlsafe_b64encode(nonce + locked).decode()


def unlock(purpose, text):
    """The text again, also one from before texts were locked. One that was changed, or locked elsewhere, raises.

    An answer that is no answer would be worse: a code made from an empty secret is a code that anybody can make.
    """
    if not text.startswith(MARK):
        return text
    locked = base64.urlsafe_b64decode(text.removeprefix(MARK))
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            opened = AESGCM(_key(secret, purpose)).decrypt(locked[:NONCE], locked[NONCE:], purpose.encode())
        except InvalidTag:
            continue
        return opened.decode()
    raise InvalidTag


def _key(secret, purpose):
    return hmac.new(secret.encode(), f"locked:{purpose}".encode(), hashlib.sha256).digest()
