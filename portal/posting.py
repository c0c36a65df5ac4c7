"""Posts: what a verb owes when it is done."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.states import MoveNotAllowed
from portal import owed

# What waited longer for the worker may no longer be true, so a person looks first.
LATE_AFTER = timedelta(hours=1)


@transaction.atomic
def approve(*, post, seen, by):
    """It may go out."""
    post.approve(by=by, seen=seen)
    owed.approval_ends(post, by=by)


@transaction.atomic
def schedule(*, post, day, clock, by):
    """It goes out at a time of the clocks here."""
    post.schedule(day, clock, by=by)
    owed.decided(post, by=by)


@transaction.atomic
def go_out(*, post, by):
    """The worker gives it to the channels now."""
    post.go_out(by=by)
    owed.decided(post, by=by)
    owed.put_right(post, by=by)


@transaction.atomic
def note_by_hand(*, post, by, **what):
    """Somebody posted it themselves."""
    posting = post.note_by_hand(by=by, **what)
    owed.decided(post, by=by)
    owed.put_right(post, by=by)
    return posting


@transaction.atomic
def withdraw(*, post, why, by):
    """It is not posted, and nothing is owed to it."""
    post.withdraw(why, by=by)
    owed.nothing_more(post)


@transaction.atomic
def retry(*, posting, by):
    """It is not there: try again."""
    posting.retry(by=by)
    owed.settled(posting, by=by)


@transaction.atomic
def confirm(*, posting, by):
    """It is there."""
    posting.confirm(by=by)
    owed.settled(posting, by=by)


@transaction.atomic
def on_time(*, post):
    """Its time has come. What keeps it from going out is for a person to see, as is a worker that comes too late."""
    post.come_due()
    if is_late(post.due_at) or not _went_out(post):
        owed.not_posted(post)
        post.put_off(by="worker")
    else:
        owed.put_right(post, by=None)


def _went_out(post):
    try:
        post.go_out(by="worker")
    except MoveNotAllowed:
        return False
    return True


@transaction.atomic
def overtaken(*, post):
    """Its event was moved, postponed or canceled: it does not go out by itself, and its owner is told."""
    if post.is_scheduled:
        post.put_off(by="worker")
    owed.overtaken(post)


def is_late(due_at):
    return timezone.now() - due_at > LATE_AFTER


@transaction.atomic
def in_trouble(*, posting, verb):
    """Nobody knows whether the channel has it: a person looks. `verb` is what the posting notes."""
    verb()
    owed.in_trouble(posting)
