"""What is turned away: bytes that no text holds, values that no column takes; and a note of everybody told no."""

import logging

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError

from core import audit

log = logging.getLogger("liaison.refusals")
NUL = "\x00"


class NoNul:
    """Answer 400 to a NUL byte in a path or a cookie: PostgreSQL keeps none, and nobody types one.

    Bodies and queries are not read here: forms refuse it field by field, and what passes them ends below.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if any(NUL in text for text in (request.path, *request.COOKIES.values())):
            raise BadRequest
        return self.get_response(request)


class Refusals:
    """Record who was told 403 and where, and answer 400 where the database could not take what was sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        match = request.resolver_match
        if isinstance(exception, PermissionDenied) and request.user.is_authenticated:
            reference = str(match.kwargs.get("reference", ""))[:80]
            audit.refused(request.user, "page.refuse", reference=reference, page=match.view_name, method=request.method)
        if isinstance(exception, DataError):
            log.warning("a value that no column takes", extra={"route": match.view_name})
            raise BadRequest from exception
