"""What several pages tell the person who did something."""

from django.contrib import messages
from django.utils.translation import ngettext


def tell_of_called_off(request, called_off):
    """An act took back what joint sessions were planned on."""
    if n := len(called_off):
        messages.warning(
            request,
            ngettext("%(n)s joint session was called off.", "%(n)s joint sessions were called off.", n) % {"n": n},
        )
