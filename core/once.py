"""A creating form acts once: a double click, a refresh or a retry of the network makes no second record."""

import uuid
from functools import wraps
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.utils.encoding import escape_uri_path

from core.models import IdempotencyKey

FIELD = "idempotency_key"


def posted_key(request):
    """The key that the form carried, or None where there is none or nonsense."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def once(view):
    """Run a creating POST in one transaction, at most once for each key.

    The key is written first, so of two simultaneous presses the second waits for the first and is then sent to the
    same address. An answer that is no redirect (the form had errors) frees the key again. Of an address that is the
    one of the form nothing is kept: it may be a secret, and who presses again has it.
    """

    @wraps(view)
    def answer_once(request, *args, **kwargs):
        key = posted_key(request) if request.method == "POST" else None
        if key is None:
            return view(request, *args, **kwargs)
        owner = str(request.user.pk or "")
        try:
            with transaction.atomic():
                return _first_answer(view, key, owner, request, *args, **kwargs)
        except IntegrityError:
            earlier = IdempotencyKey.objects.filter(key=key).first()
            if earlier is None:
                raise
            if earlier.owner != owner:
                raise SuspiciousOperation("The key of this form is somebody else's.") from None
            return HttpResponseRedirect(urljoin(escape_uri_path(request.path), earlier.location))

    return answer_once


def _first_answer(view, key, owner, request, *args, **kwargs):
    used = IdempotencyKey.objects.create(key=key, owner=owner)
    response = view(request, *args, **kwargs)
    if 300 <= response.status_code < 400:
        used.location = _to_keep(response.headers["Location"], request)
        used.save(update_fields=["location"])
    else:
        # The form had errors and was shown again: its key must serve the corrected one.
        used.delete()
    return response


def _to_keep(location, request):
    """Where a second press is led, as seen from the address of the form: of that address itself nothing."""
    there = urlsplit(location)
    here = unquote(there.path) == request.path
    return urlunsplit(("", "", "", there.query, there.fragment)) if here else location
