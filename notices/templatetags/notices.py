"""What pages of features need to show of a Contact."""

from django import template
from django.core import signing
from django.urls import reverse

register = template.Library()
STOP_SALT = "notices.contact-stop"
# As long as the longest session.
STOP_TOKEN_AGE = 12 * 60 * 60


def _token(context, contact):
    return signing.dumps([contact.pk, context["request"].user.pk], salt=STOP_SALT)


@register.simple_tag(takes_context=True)
def contact_stop_url(context, contact):
    """The address of "they asked us to stop" for this contact, good for the reader of this page alone."""
    return reverse("notices:contact_stop", args=[_token(context, contact)])
