"""The cells of the matrix: every address about every object, and who asks what of it."""

from tests.matrix import actors
from tests.matrix.gate import Place
from tests.matrix.table import NOT_KNOWN, NOT_YOURS, TABLE

SHOWING = ("GET", "POST")
OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")


def places(patterns):
    """Every line of the table, in the order of the URLconf."""
    return [Place(name, line) for name in dict.fromkeys(one.name for one in patterns) for line in TABLE.get(name, ())]


def strangers(line, method):
    """Those on the staff who are turned away because of who they are."""
    return [actor for actor in sorted(actors.STAFF) if line.answers(actor, method) in (NOT_KNOWN, NOT_YOURS)]


def who_asks(place, method, *, everybody):
    """The actors of a cell. Small, each page is opened by all; a form is sent by all but most of those who could not
    even open it, and a method that a view does not take is tried by few, since it is judged before the person is.
    """
    if everybody or method == "GET" and place.line.get is not None:
        return actors.ACTORS
    welcome = [actor for actor in actors.ACTORS if actor in place.line.may]
    if method in OTHERS:
        return welcome[-1:]
    if method == "GET" or place.line.post is None:
        return [actors.ANONYMOUS, *welcome[-1:]]
    turned_away = strangers(place.line, method)
    if place.line.get is None:
        return actors.ACTORS
    # Another stranger for each address, so that all of them are asked for somewhere.
    kept = turned_away[len(str(place)) % len(turned_away) :][:1] if turned_away else []
    return [actor for actor in actors.ACTORS if actor not in turned_away or actor in kept]


def cells(found, *, everybody):
    """(place, method, actor) for all that is asked."""
    for place in found:
        for method in (*SHOWING, *OTHERS) if everybody else (*SHOWING, "HEAD", "PUT"):
            for actor in who_asks(place, method, everybody=everybody):
                yield place, method, actor
