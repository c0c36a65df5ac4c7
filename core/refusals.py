"""What is turned away: methods, bytes and values that nothing here takes; and a note of everybody told no."""

import logging

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.http import HttpResponseNotAllowed

from core import audit

log = logging.getLogger("liaison.refusals")
NUL = "\x00"


class Unusable:
    """Answer 405 to every method but three: no page needs another, and views of libraries take some for a post.

    And 400 to a NUL byte in a path or a cookie: PostgreSQL keeps none, and nobody types one. Bodies and queries are
    not read here: forms refuse it field by field, and what passes them ends below.
    """

    TAKEN = ("GET", "HEAD", "POST")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in self.TAKEN:
            return HttpResponseNotAllowed(self.TAKEN)
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
