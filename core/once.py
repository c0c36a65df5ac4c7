"""A creating form acts once: a double click, a refresh or a retry of the network makes no second record."""

import uuid
from functools import wraps

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect

from core.keyed import digest
from core.locked import lock, unlock
from core.models import IdempotencyKey

FIELD = "idempotency_key"
LOCATION = "where a press led to"


def posted_key(request):
    """The key that the form carried, or None where there is none or nonsense."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def owner_of(request, key):
    """Whose press it is: a member of staff, or the browser of a visitor, known by its token against forged posts.

    The token is hashed together with the key, so that nobody can tell which presses came from one browser.
    """
    if request.user.pk is not None:
        return str(request.user.pk)
    return digest("press of a visitor", f"{key} {request.META.get('CSRF_COOKIE', '')}")


def once(view):
    """Run a creating POST in one transaction, at most once for each key.

    The key is written first, so of two simultaneous presses the second waits for the first and is then sent to the
    same address, which is kept locked: it may be one that opens something. An answer that is no redirect (the form had
    errors) frees the key again.
    """

    @wraps(view)
    def answer_once(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = posted_key(request)
        if key is None:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        owner = owner_of(request, key)
        try:
            with transaction.atomic():
                return _first_answer(view, key, owner, request, *args, **kwargs)
        except IntegrityError:
            earlier = IdempotencyKey.objects.filter(key=key).first()
            if earlier is None:
                raise
            if earlier.owner != owner:
                raise SuspiciousOperation("The key of this form is somebody else's.") from None
            return HttpResponseRedirect(unlock(LOCATION, earlier.location))

    return answer_once


def _first_answer(view, key, owner, request, *args, **kwargs):
    used = IdempotencyKey.objects.create(key=key, owner=owner)
    response = view(request, *args, **kwargs)
    if 300 <= response.status_code < 400:
        used.location = lock(LOCATION, response.headers["Location"])
        used.save(update_fields=["location"])
    else:
        # The form had errors and was shown again: its key must serve the corrected one.
        used.delete()
    return response
