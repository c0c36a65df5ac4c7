""" "Perhaps the same?": earlier cases that a new one may repeat."""

from cases.models import Case
from core.numbers import whole
from core.search import search_query

MOST = 5


def cases_like(user, typed, among=None):
    """Cases of the same area whose place or short name has the words of the place typed; only those the user may open.

    `among` are the cases that come into question, all where it is left out.
    Without a place there is nothing to compare: an area alone says too little.
    """
    query = search_query(typed.get("place", ""))
    if query is None:
        return []
    among = Case.objects.all() if among is None else among
    cases = among.visible_to(user).filter(vector=query)
    area = typed.get("area", "")
    if area:
        cases = cases.filter(area=whole(area))
    return list(cases.order_by("-received_at", "-id").defer("summary", "vector")[:MOST])
