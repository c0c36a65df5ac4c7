"""What a page forgives in silence fails in tests: a variable that nobody gave, and rows that come in no order."""

import sys
from pathlib import Path

from django.db.models import QuerySet
from django.template.defaulttags import ForNode

OURS = Path(__file__).parents[1] / "templates"


class UndefinedVariable(AssertionError):
    """A template of ours shows a name that its view did not give. A name that may be missing is asked for by `if`."""


class UnorderedRows(AssertionError):
    """A page goes through rows in whatever order the database likes just now."""


class Undefined(str):
    """Stands for `string_if_invalid`: the engine fills the name in, and that is the moment to complain.

    Templates of libraries are forgiven: some are written for it, and their authors do not read our tests.
    """

    __slots__ = ()

    def __mod__(self, name):
        node = _node(sys._getframe(1))
        origin = getattr(node, "origin", None)
        if origin is not None and OURS not in Path(origin.name).parents and not origin.name.startswith("<"):
            return ""
        where = f" in {origin.template_name or origin.name}, line {node.token.lineno}" if origin is not None else ""
        raise UndefinedVariable(f"{name} is undefined{where}")


def _node(frame):
    """The tag or variable that is being rendered: the nearest caller that knows where it stands."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if getattr(node, "origin", None) is not None and getattr(node, "token", None) is not None:
            return node
        frame = frame.f_back
    return None


_fetch_all = QuerySet._fetch_all


def fetch_in_order(self):
    """Fetch, and complain if the `for` of a template wanted rows that have no order.

    The frames above are looked at only for a query without one, so that all others cost nothing.
    """
    if self._result_cache is None and not self.ordered:
        asking = sys._getframe(2)
        if asking.f_code is ForNode.render.__code__:
            node = asking.f_locals["self"]
            raise UnorderedRows(f"{self.model.__name__}s without an order in {node.origin}, line {node.token.lineno}")
    _fetch_all(self)


# The settings of the tests read this module, so it holds wherever they do.
QuerySet._fetch_all = fetch_in_order
