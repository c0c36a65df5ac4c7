"""How a text for residents comes to a second person and back: the same for updates and posts."""

from django.db import transaction

from portal import owed


@transaction.atomic
def send(*, text, by):
    """Ask a second person; what it was sent back for is done."""
    text.send(by=by)
    owed.sent(text, by=by)
    owed.approval(text)


@transaction.atomic
def send_back(*, text, note, by):
    """Have it changed; whoever began it is told why."""
    text.send_back(note, by=by)
    owed.approval_ends(text, by=by)
    owed.sent_back(text, by=by)
