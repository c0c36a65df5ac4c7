"""Codes that people type without an account: a right one always opens, wrong ones are counted, slowed and reported."""

import logging
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from core import audit
from core.answers import Gone
from core.models import AuditEntry

log = logging.getLogger("liaison.guessing")
WRONG, MANY = "code.wrong", "code.guessing"
# Wrong tries in a minute, of all visitors together: no address is kept by which they could be told apart.
MOST, MINUTE = 10, timedelta(minutes=1)
# So many answers of one process wait at a time: a flood of wrong codes must not hold every thread that serves pages.
waiting = threading.BoundedSemaphore(2)


def or_gone(found):
    """What a secret address opens; one that opens nothing is a wrong try, and what is over answers like it.

    Never asked inside of `once`, which would take the count back with the rest of what did not succeed.
    """
    if found is None:
        wrong_try()
        raise Gone
    return found


def wrong_try():
    """Somebody tried a code that opens nothing. Beyond ten in a minute answers wait, and one entry says so."""
    lately = AuditEntry.objects.filter(at__gt=timezone.now() - MINUTE)
    if lately.filter(act=WRONG).count() < MOST:
        audit.refused("guest", WRONG)
        return
    if not lately.filter(act=MANY).exists():
        audit.refused("guest", MANY, most=MOST)
        log.warning("more than %s wrong codes within a minute", MOST)
    if waiting.acquire(blocking=False):
        try:
            time.sleep(settings.WRONG_CODE_WAIT)
        finally:
            waiting.release()
