"""Answers that come back through a provider of texts or chat: who sent them to us, and what they mean.

A provider posts a form with `from`, `text` and, where it is not a text message, `channel`. It signs `timestamp.body`
with the key that INBOUND_KEYS names for it, HMAC-SHA-256 in hexadecimal, and sends the timestamp (seconds since 1970)
and the signature as the headers X-Liaison-Timestamp and X-Liaison-Signature.
"""

import hashlib
import hmac
import time
import uuid

from django.conf import settings
from django.db import transaction

from core.models import IdempotencyKey
from notices import stop
from notices.models import Channel
from notices.reach import PREFERENCE, address_digest

LONGEST_BODY = 10_000
FRESH_SECONDS = 300


def signature(key, timestamp, body):
    return hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_genuine(provider, request):
    """Signed with the provider's key, and just now. A provider without a key is told the same in the same time."""
    key = settings.INBOUND_KEYS.get(provider, "")
    timestamp = request.headers.get("X-Liaison-Timestamp", "")
    given = request.headers.get("X-Liaison-Signature", "").removeprefix("sha256=")
    expected = signature(key, timestamp, request.body)
    same = hmac.compare_digest(given.encode(), expected.encode())
    fresh = timestamp.isascii() and timestamp.isdigit() and abs(time.time() - int(timestamp[:12])) <= FRESH_SECONDS
    return bool(key) and same and fresh


@transaction.atomic
def act(provider, request):
    """Do what the words mean, once: the same post again changes nothing."""
    seen = uuid.uuid5(uuid.NAMESPACE_OID, request.headers["X-Liaison-Signature"].removeprefix("sha256="))
    if not IdempotencyKey.objects.get_or_create(key=seen, defaults={"owner": f"inbound:{provider}"[:64]})[1]:
        return
    form = {name.lower(): value for name, value in request.POST.items()}
    channel = form.get("channel", Channel.SMS)
    address = form.get("from", "")
    meaning = stop.meaning(form.get("text") or form.get("body") or "")
    if channel not in PREFERENCE or not address or not meaning:
        return
    channel = Channel(channel)
    address = stop.tidy_address(channel, address)
    if meaning == "stop":
        stop.opt_out(channel, address_digest(channel, address), source=f"inbound {provider}"[:40], by="resident")
    else:
        stop.opt_in(channel, address, source=f"inbound {provider}"[:40], by="resident")
