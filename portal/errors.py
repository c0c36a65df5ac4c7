"""Pages for what went wrong where the usual way to a page may be closed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import get_template


def server_error(request):
    """500, or 503 if the database cannot be reached. Rendered without a request: no session, no user, no query."""
    unreachable = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if unreachable else 500
    response = HttpResponse(get_template(f"{status}.html").render({}), status=status)
    if unreachable:
        response.headers["Retry-After"] = "300"
    return response


def bad_request(request, exception=None):
    """400. Rendered without a request: what could not be read once must not be read again for the page that says so."""
    return HttpResponseBadRequest(get_template("400.html").render({}))


def csrf_failure(request, reason=""):
    """A form that is too old, or a browser that keeps no cookies. The reason is for developers, so it is not shown."""
    return render(request, "403_csrf.html", status=403)
