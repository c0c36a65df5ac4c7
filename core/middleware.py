"""What happens around every request: its id and log line, its caching, its history context, its 409 answers."""

import logging
import re
import uuid

import pghistory
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from core import audit, drafts
from core.answers import Gone, remember
from core.context import is_secret
from core.logs import Stopwatch
from core.states import MoveNotAllowed
from core.versions import EditConflict

log = logging.getLogger("liaison.request")
SAFE_ID = re.compile(r"[0-9A-Za-z-]{8,36}")


def _route(request):
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else ""


class RequestLog:
    """Give the request an id, take over the proxy's if it has one, and write one line without paths or addresses."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        offered = request.headers.get("X-Request-ID", "")
        token = audit.request_id.set(offered if SAFE_ID.fullmatch(offered) else str(uuid.uuid4()))
        watch = Stopwatch()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = audit.request_id.get()
            user = getattr(request, "user", None)
            log.info(
                "request",
                extra={
                    "method": request.method,
                    "route": _route(request),
                    "status": response.status_code,
                    "ms": watch.ms,
                    "user": user.pk if user is not None else None,
                },
            )
            return response
        finally:
            audit.request_id.reset(token)


class PrivateByDefault:
    """Nothing may be kept by a browser or a proxy unless the view says so. Static files are answered before this."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class LanguageHere:
    """Choose a language by a query of the page itself, where its address is a secret that may stand in no other.

    It changes nothing but the cookie, and leads back to the page without the query.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Only now it is known what the address holds; of every other page a query is its own affair."""
        code = request.GET.get("language", "") if request.method in ("GET", "HEAD") else ""
        if code not in dict(settings.LANGUAGES) or not is_secret(request):
            return None
        query = request.GET.copy()
        del query["language"]
        # An address that begins with two slashes would lead to another site.
        here = escape_leading_slashes(escape_uri_path(request.path))
        response = HttpResponseRedirect(f"{here}?{query.urlencode()}" if query else here)
        remember(response, settings.LANGUAGE_COOKIE_NAME, code)
        return response


class HistoryContext:
    """Rows changed by a request carry who changed them and under which request in their history."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, request=audit.request_id.get()):
            return self.get_response(request)


class Answers:
    """Map what models refuse onto pages: 409 for a move not allowed now, for an edit made on an older text, and for
    a thing that exists once and that somebody else has just made; 410 for what is used up.

    What was typed on an older text, or a moment too late, is kept as a draft until the same form is accepted.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        accepted = request.method == "POST" and 300 <= response.status_code < 400
        if accepted and request.user.is_authenticated and drafts.MARK in request.POST:
            drafts.forget(request.user, *drafts.place(request))
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, Gone):
            return render(request, "410.html", {"why": str(exception)}, status=410)
        if isinstance(exception, MoveNotAllowed):
            return render(request, "409.html", {"why": str(exception)}, status=409)
        if isinstance(exception, EditConflict):
            drafts.keep_conflict(request)
            context = {
                "thing": exception.current,
                "differences": exception.differences(),
                "typed": drafts.typed(request.POST, without=[exception.version_field]),
                "version_field": exception.version_field,
                "version": exception.current.version,
            }
            return render(request, "core/conflict.html", context, status=409)
        if isinstance(exception, IntegrityError) and isinstance(exception.__cause__, UniqueViolation):
            return too_late(request)
        return None


def too_late(request):
    """Forms look whether a thing is there already; of two that looked at the same moment, the database stops one."""
    why = _("Somebody else made the same a moment before you, and there can be only one of it.")
    if request.user.is_authenticated and drafts.keep_conflict(request):
        why += " " + _("What you typed is kept for 14 days among your drafts.")
    return render(request, "409.html", {"why": why}, status=409)
