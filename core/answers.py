"""The answers a view may give besides a page: 404 not yours to know, 403 not yours to do, 409 not now."""

from django.core.exceptions import PermissionDenied


def require(allowed, why=""):
    """Go on only if a rule allows it; the reader is told what to do otherwise."""
    if not allowed:
        raise PermissionDenied(why)
