"""The tags every template has without loading them."""

import json
import uuid
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe  # noqa: TID251 -- for icons and blocks of data alone

from core import audit, icons
from core.once import FIELD, posted_key

register = template.Library()
# What could end a block of data early, or begin another one, written so that it cannot.
IN_DATA = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


@register.simple_tag(name="static")
@cache
def static_address(path):
    """The address of a file of ours, in place of Django's tag: it does not change while the program runs."""
    return static(path)


@register.simple_tag
@cache
def icon(name):
    """An icon for pages of staff: a reference into the sprite, hidden from readers because a word stands beside it.

    A page shows up to a hundred, of few kinds and always the same, so each is made once.
    """
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        icons.classes(name),
        static_address("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def inline_icon(name):
    """An icon for public pages: its shapes stand in the page itself."""
    box, shapes = icons.drawing(name)
    return format_html(
        '<svg class="{}" viewBox="{}" aria-hidden="true">{}</svg>',
        icons.classes(name),
        box,
        # The shapes come from our own build, never from a person.
        mark_safe(shapes),  # noqa: S308
    )


@register.simple_tag
def linked_data(value):
    """What a page says to programs (schema.org), as a block of data: no browser runs it, so no policy has to allow it.

    Inside of it nothing is read as markup, so it is escaped as JSON is and not as a page.
    """
    text = json.dumps(value, ensure_ascii=False).translate(IN_DATA)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.simple_tag
def chip(kind, icon_name, text):
    """The state of a thing: icon, word and color. Kinds: quiet, info, wait, stop, good, seal."""
    return format_html('<span class="chip is-{}">{}{}</span>', kind, icon(icon_name), text)


@register.simple_tag
def word(kind, icon_name, text):
    """Urgency as a colored word with its icon. Kinds as for chips."""
    return format_html('<span class="word is-{}">{}{}</span>', kind, icon(icon_name), text)


@register.simple_tag(takes_context=True)
def idempotency_key(context):
    """The hidden field that makes a form act once; a form shown again with errors keeps its key."""
    request = context.get("request")
    key = (posted_key(request) if request is not None and request.method == "POST" else None) or uuid.uuid4()
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, key)


@register.simple_tag
def agency_facts():
    """The agency's names and numbers, for the few pages that are rendered without a request."""
    return settings.AGENCY


@register.simple_tag
def request_reference():
    """The id under which the log knows this request, to be quoted when something went wrong."""
    return audit.request_id.get()


@register.filter
def tel(number):
    """A phone number as the target of a tel: link."""
    return "".join(character for character in str(number) if character.isdigit() or character == "+")


@register.filter
def in_minutes(duration):
    """A length of time in whole minutes."""
    return int(duration.total_seconds() // 60)


@register.filter
def control_id(field):
    """The id of the first control of a form field, for the links of an error summary."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """The address of this list with some parts of its query changed; an empty value leaves the part out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"
