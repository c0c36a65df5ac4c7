"""Keyed hashes: how addresses, names and tokens are compared without being kept."""

import hashlib
import hmac

from django.conf import settings

from core.references import CROCKFORD


def secret(purpose, length):
    """A text of so many letters (Crockford's 32, 5 bits each, at most 32 of them) that follows from a purpose.

    Whoever knows BLIND_KEY can write it again, so it is stored nowhere; the database keeps its `digest` at most.
    """
    drawn = hmac.new(settings.BLIND_KEY.encode(), f"secret\x00{purpose}".encode(), hashlib.sha256).digest()
    return "".join(CROCKFORD[byte % 32] for byte in drawn[:length])


def digest(purpose, text):
    """HMAC-SHA-256 under BLIND_KEY as 64 hexadecimal characters.

    The purpose keeps hashes of one text for two ends apart, so that tables cannot be joined by them.
    """
    message = f"{purpose}\x00{text}".encode()
    return hmac.new(settings.BLIND_KEY.encode(), message, hashlib.sha256).hexdigest()
