"""The picture that stands beside a link to an event where somebody shares it: what, when and where."""

import hashlib
import json

from django.conf import settings
from django.core.cache import cache
from django.utils.text import Truncator
from django.utils.translation import get_language

from core import pdf
from core.plain import one_line
from events import announced

# Of a longer title the page tells the rest: a picture is read at the size of a stamp.
TITLE, PLACE = 90, 80
WIDTH, HEIGHT = 1200, 630
A_DAY = 24 * 60 * 60


def render(event):
    """The picture as PNG in the language that is active. One that says the same is not drawn a second time."""
    words = words_of(event)
    mark = hashlib.sha256(json.dumps([get_language(), words]).encode()).hexdigest()
    return cache.get_or_set(f"share-card:{mark}", lambda: pdf.picture("events/share_card.typ", words), A_DAY)


def words_of(event):
    """Everything that stands on it."""
    return {
        "title": Truncator(announced.title(event)).chars(TITLE),
        "type": one_line(event.type),
        "when": announced.when(event),
        "where": Truncator(announced.where(event)).chars(PLACE),
        "agency": one_line(settings.AGENCY["name"]),
    }


def told(event):
    """What stands on it, in one line, for whoever does not see it."""
    words = words_of(event)
    return ". ".join(filter(None, (words["title"], words["when"], words["where"])))
