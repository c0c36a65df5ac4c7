"""The answers a view may give besides a page: 404 not yours to know, 403 not yours to do, 409 not now, 410 gone."""

from django.core.exceptions import PermissionDenied


class Gone(Exception):
    """It was here for this person and is used up or has run out; asking again does not help. The site answers 410."""


def require(allowed, why=""):
    """Go on only if a rule allows it; the reader is told what to do otherwise."""
    if not allowed:
        raise PermissionDenied(why)
