"""How often we write in a day to an address that somebody typed into a form without an account.

It may be the address of somebody else, whom a hundred registrations would flood with mails in our name. Counted by a
keyed hash in the shared cache for a day: the database learns nothing of it.
"""

from datetime import timedelta

from django.core.cache import cache

from core.keyed import digest

MOST, A_DAY = 5, timedelta(days=1)


def may_write(channel, address):
    """Whether one more message may go there today. Asking counts: ask when the message is about to be owed."""
    mark = digest("written to", f"{channel}:{address.lower()}")
    return any(cache.add(f"written:{mark}:{n}", 1, A_DAY.total_seconds()) for n in range(MOST))
