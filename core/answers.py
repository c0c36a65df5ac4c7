"""The answers a view may give besides a page: 404 not yours to know, 403 not yours to do, 409 not now, 410 gone."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.http import url_has_allowed_host_and_scheme

# An address that a page of ours writes is far shorter; one of a megabyte is no way back.
LONGEST_PATH = 2_000
REMEMBERED = timedelta(days=365)


class Gone(Exception):
    """It was here for this person and is used up or has run out; asking again does not help. The site answers 410."""


def is_ours(path):
    """Whether an address that came with a request stays on this site."""
    short = path.startswith("/") and len(path) <= LONGEST_PATH
    return short and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def require(allowed, why=""):
    """Go on only if a rule allows it; the reader is told what to do otherwise."""
    if not allowed:
        raise PermissionDenied(why)


def remember(response, name, value):
    """Keep a choice of display for a year in this browser alone."""
    response.set_cookie(name, value, max_age=REMEMBERED, secure=settings.HTTPS, httponly=True, samesite="Lax")
