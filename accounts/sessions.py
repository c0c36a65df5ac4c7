"""The sessions of one member of staff, found in the session table itself, whichever way they began."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def keys_of(user):
    """The keys of this person's sessions. The table is small: residents have none unless they set something."""
    running = Session.objects.filter(expire_date__gt=timezone.now()).only("session_key", "session_data")
    return [row.session_key for row in running.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]


def end_all(user, *, keep=None):
    """End every session of this person, but for the one to keep; returns how many ended."""
    keys = [key for key in keys_of(user) if key != keep]
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).exclude(session_key=keep or "").delete()
    return ended


def forget(key):
    """Drop allauth's note of a session that is over."""
    UserSession.objects.filter(session_key=key).delete()
