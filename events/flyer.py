"""The flyer of an event, to be printed and hung up: what, when, where, and a code that leads a phone to its page."""

import hashlib
import json

import qrcode
from django.conf import settings
from django.core.cache import cache
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

from core import pdf
from core.plain import one_line
from events import announced

# What is longer is read on the page, to which the code leads: a flyer is one page.
MOST_ABOUT, MOST_PARAGRAPHS = 700, 6
A_DAY = 24 * 60 * 60


def render(event):
    """The flyer as PDF in the language that is active. One that says the same is not set a second time."""
    words = words_of(event)
    mark = hashlib.sha256(json.dumps([get_language(), words]).encode()).hexdigest()
    return cache.get_or_set(f"flyer:{mark}", lambda: pdf.render("events/flyer.typ", words), A_DAY)


def words_of(event):
    """Everything that stands on it."""
    address, agency = announced.address(event), settings.AGENCY
    return {
        "paper": settings.PAPER,
        "title": one_line(event.title),
        "type": one_line(event.type),
        "when": announced.when(event),
        "where": announced.where(event),
        "facts": [(str(term), str(value)) for term, value in announced.beside(event)],
        "about": _about(event),
        "code": code(address),
        "code_words": _("Code that leads a phone to %(address)s") % {"address": address},
        "more": _("More, and whether anything changed:"),
        "address": address,
        "foot": _("%(agency)s. Questions: %(phone)s") % {"agency": agency["name"], "phone": agency["phone"]},
    }


def _about(event):
    found = Truncator(announced.about(event)).chars(MOST_ABOUT).splitlines()
    return [paragraph for paragraph in found if paragraph][:MOST_PARAGRAPHS]


def code(address):
    """A code that a camera reads as an address, drawn as SVG."""
    return qrcode.make(address, error_correction=ERROR_CORRECT_M, image_factory=SvgPathImage).to_string(
        encoding="unicode"
    )
