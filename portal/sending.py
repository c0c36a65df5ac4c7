"""The worker's part: what is due goes out, each text to each channel once.

The mark that a text is with its channel is committed before it is given. A worker may die at any line of this; what it
had marked and not settled is shown to a person, and never given a second time.
"""

import logging
import time
from datetime import timedelta

from django.utils import timezone

from core.states import MoveNotAllowed
from portal import channels, posting
from portal.models import Post, Posting

log = logging.getLogger("liaison.portal")
# Longer than Celery lets a task live.
CUT_OFF_AFTER = timedelta(minutes=5)
BUDGET = 60.0


def send_due():
    """Everything that is due now. Two workers at once share it: each row is taken by one of them."""
    until, now = time.monotonic() + BUDGET, timezone.now()
    for post in Post.objects.due(now).select_related("owner"):
        unless_taken(posting.on_time, post=post)
    for row in Posting.objects.cut_off(now - CUT_OFF_AFTER).select_related("post__owner"):
        unless_taken(posting.in_trouble, posting=row, verb=row.be_in_doubt)
    for row in Posting.objects.waiting().select_related("post__owner"):
        if time.monotonic() < until:
            unless_taken(send, row)


def unless_taken(act, *args, **kwargs):
    """Do it, unless a person or another worker was there in this moment."""
    try:
        act(*args, **kwargs)
    except MoveNotAllowed:
        log.info("what was due was taken by somebody else")


def send(row):
    """Give one text to its channel, and note what came of it."""
    # Others may have taken a while, in which an update was withdrawn or an event called off.
    row.post.refresh_from_db(fields=["update", "event", "event_seen"])
    if posting.is_late(row.queued_at) or row.post.obstacle():
        posting.in_trouble(posting=row, verb=row.come_late)
        return
    row.start()
    if given(row):
        row.settle(True)
    else:
        posting.in_trouble(posting=row, verb=lambda: row.settle(False))


def given(row):
    """Whether the channel said that it has the text. An error may quote its address, so its kind alone is told."""
    try:
        return channels.hand_over(row.channel, row.text)
    except Exception as error:
        log.error("a channel failed in a way of its own", extra={"kind": type(error).__name__})
        return False
