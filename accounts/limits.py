"""How long a session lasts: until nobody used it for a while, and never longer than a shift."""

import time
from enum import StrEnum

from django.conf import settings

BEGAN, SEEN = "signed_in_at", "seen_at"
# Writing the session at every request would cost each page an UPDATE; so somebody may count as idle this much early.
PRECISION = 30


class Ended(StrEnum):
    """Why a session is over."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


def begin(session):
    session[BEGAN] = session[SEEN] = int(time.time())


def ended(session):
    """Why this session is over, or None while it runs."""
    now = time.time()
    if now - session[BEGAN] >= settings.SESSION_ABSOLUTE.total_seconds():
        return Ended.ABSOLUTE
    if now - session[SEEN] >= settings.SESSION_IDLE.total_seconds():
        return Ended.IDLE
    return None


def keep_alive(session):
    """The person did something: the idle time begins anew."""
    if time.time() - session[SEEN] >= PRECISION:
        session[SEEN] = int(time.time())
