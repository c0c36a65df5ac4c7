"""Accounts locked by wrong passwords, which django-axes counts, and by wrong codes; and their release."""

import unicodedata

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from core import audit
from core.models import AuditEntry

SIGNED_IN, CODE_FAILED, RELEASED = "sign-in", "sign-in.code_fail", "user.release"


def key_of(address):
    """What allauth takes for one address is one key, however its letters are typed."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def attempted_address(request, credentials=None):
    """The account that a try is counted against, as axes asks for it."""
    credentials = credentials or {}
    return key_of(credentials.get("email") or credentials.get("username") or request.POST.get("login", ""))


def _counted(user):
    rows = AccessAttempt.objects.filter(username=key_of(user.email))
    if settings.AXES_COOLOFF_TIME is None:
        return rows
    return rows.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)


def passwords_are_locked(user):
    failures = _counted(user).aggregate(total=Sum("failures_since_start"))["total"] or 0
    return failures >= settings.AXES_FAILURE_LIMIT


def codes_are_locked(user):
    """Whether too many wrong codes were entered since the last sign-in, the last release, or the cool-off.

    They are counted in the audit, where each stands anyway: a cache that is down must not open the door to guessing.
    """
    past = AuditEntry.objects.filter(actor=user.email, act=CODE_FAILED)
    if settings.AXES_COOLOFF_TIME is not None:
        past = past.filter(at__gt=timezone.now() - settings.AXES_COOLOFF_TIME)
    about = AuditEntry.objects.filter(reference=user.reference, object_type=user._meta.label_lower)
    reset = about.filter(act__in=(SIGNED_IN, RELEASED)).aggregate(last=Max("at"))["last"]
    return (past.filter(at__gt=reset) if reset else past).count() >= settings.AXES_FAILURE_LIMIT


def is_locked(user):
    return passwords_are_locked(user) or codes_are_locked(user)


def forget_passwords(user):
    """Wrong passwords count no longer: they have a new one."""
    AccessAttempt.objects.filter(username=key_of(user.email)).delete()


def release(user, *, by):
    """Let somebody try again, with passwords and with codes."""
    forget_passwords(user)
    audit.record(by, RELEASED, user, kind=audit.Kind.ADMINISTRATION)
