"""What a public page says: the coordinator's published text, or else the one of `portal.built_in`.

A text is plain paragraphs with empty lines between them. A line that starts with "## " is a heading. Words in braces,
such as {phone}, are taken from the settings, so that a new number is changed in one place.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import override

from portal.built_in import BUILT_IN
from portal.models import Page, PageText
from portal.models.drafted import LANGUAGES

PLACES = (
    *("name", "unit", "emergency", "phone", "email", "address", "hours"),
    *("complaint_body", "complaint_phone", "complaint_url"),
)
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Text:
    """A page ready to be shown: its paragraphs, and the language it is in if that is not the reader's."""

    title: str
    blocks: list
    other_language: str = ""


def fill(text):
    """Put the agency's names and numbers where the text has their names in braces; unknown braces stay as they are."""
    return PLACE.sub(lambda match: str(settings.AGENCY[match[1]]) if match[1] in PLACES else match[0], str(text))


def blocks_of(body):
    """Plain text as headings and paragraphs."""
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", body.replace("\r\n", "\n")) if piece.strip()]
    return [{"heading": fill(piece[3:])} if piece.startswith("## ") else {"paragraph": fill(piece)} for piece in pieces]


def built_in_body(slug):
    return "\n\n".join(map(str, BUILT_IN[slug]))


def shown(row):
    """A stored version as residents see it."""
    return Text(fill(row.title), blocks_of(row.body))


def in_both_languages(version):
    """[(language, text)] of one version of an update, as residents read it in each."""
    return [(code, update_text(version, code)) for code in LANGUAGES]


def update_text(version, language):
    """A version of an update as residents read it in a language."""
    with override(language):
        return Text(fill(version.title), blocks_of(version.body))


def text_for(slug, language):
    """The page in the reader's language; failing that, the agency's own English rather than a text it replaced."""
    row = PageText.objects.in_force(slug, language)
    if row is not None:
        return shown(row)
    row = PageText.objects.in_force(slug, settings.LANGUAGE_CODE)
    if row is not None:
        return Text(fill(row.title), blocks_of(row.body), other_language=settings.LANGUAGE_CODE)
    return Text(str(Page(slug).label), blocks_of(built_in_body(slug)))
