"""What the pages of the door show: everybody who may come, found by code or name, and who of them came."""

import unicodedata
import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core.references import bare
from events.models import Registration
from events.models.registration import LARGEST
from events.roster import CHIPS, party

State = Registration.State
# More rows than these make a phone slow; the others are found by the search.
MOST = 300
# Whose state is said beside them: they are not expected, or were written down as missing.
SAID = (State.WAITING, State.PENDING, State.NO_SHOW)


@dataclass(frozen=True)
class Row:
    """One registration as the door reads it."""

    handle: str
    called: str
    code: str
    people: int
    party: str
    chip: tuple
    came: int
    url: str
    # Keys of the two presses that a page without script can make here.
    keys: tuple

    @property
    def words(self):
        """By what it is found."""
        return folded(self.called)


def folded(text):
    """A text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def address(event):
    return reverse("events:check_in_list", args=[event.reference])


def expected(event):
    """Everybody who may come or came, in the order of their names; those without a name are last."""
    known = event.registrations.exclude(contact=None).exclude(state=State.CANCELED).select_related("contact")
    return sorted(known, key=lambda place: (not place.called, folded(place.called), place.door_code))


def sent(event):
    """What script shows anew after a press: how many of each registration came. It holds no names."""
    came = {str(handle): n for handle, n in _there(event).values_list("handle", "came")}
    return {"came": came, "total": sum(came.values())}


def page(event, words):
    """Everybody to be checked in, or those who are meant by some words: a code, or parts of a name."""
    url, said = address(event), {state: (*CHIPS[state], str(state.label)) for state in SAID}
    places = expected(event)
    rows = [_row(place, url, said) for place in places]
    found = [row for row in rows if is_meant(row, words)]
    return {
        "rows": found[:MOST],
        "found": len(found),
        "most": MOST,
        "largest": LARGEST,
        # Script looks through the rows of the page, so it must have all of them.
        "whole": len(rows) <= MOST and len(found) == len(rows),
        "q": words,
        "total": sum(row.came for row in rows),
        "expected": sum(place.people for place in places if place.had_place or place.state in Registration.HOLDING),
        "url": url,
        "list_url": reverse("events:registration_list", args=[event.reference]),
        "tally_url": reverse("events:event_tally", args=[event.reference]),
    }


def is_meant(row, words):
    """Every word is in the name, or the whole is the code or its beginning."""
    code = bare(words)
    if not code:
        return not words.strip()
    if row.code.startswith(code) or code.startswith(row.code):
        return True
    return all(one in row.words for one in folded(words).split())


def _there(event):
    return event.registrations.filter(state=State.ATTENDED).order_by()


def _row(place, prefix, said):
    return Row(
        handle=str(place.handle),
        called=place.called,
        code=place.door_code,
        people=place.people,
        party=_("Registered: %(party)s") % {"party": party(place)},
        chip=said.get(place.state, ()),
        came=place.came or 0,
        url=f"{prefix}{place.handle}/",
        keys=(uuid.uuid4(), uuid.uuid4()),
    )
