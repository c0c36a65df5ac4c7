"""Texts that are kept in English and in Spanish: which of the two somebody reads."""

from django.utils.translation import get_language


def in_this_language(english, spanish):
    """The one in the language that is active, empty where nobody has written it."""
    return spanish if (get_language() or "").startswith("es") else english


def in_their_language(english, spanish):
    """The same; where it is missing, the one there is."""
    return in_this_language(english, spanish) or english or spanish
