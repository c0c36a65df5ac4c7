"""The ways in which residents see and follow the events, each with the filter that they look through."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def ways(wanted):
    """What the pages of events link: list, month and map, and the feeds in the language that is active."""
    seen, followed = _query(wanted.asked), _query(wanted.asked | {"language": get_language()})
    feed = reverse("public_events:event_feed") + followed
    host = settings.PUBLIC_URL.partition("://")[2]
    return {
        "ways": [
            (reverse(f"public_events:{name}"), seen, label)
            for name, label in (
                ("event_calendar", _("List")),
                ("event_month", _("Month")),
                ("event_map", _("Map")),
            )
        ],
        "feed": feed,
        "subscribe": f"webcal://{host}{feed}",
        "rss": reverse("public_events:news_rss") + followed,
        "atom": reverse("public_events:news_atom") + followed,
    }


def _query(asked):
    return f"?{urlencode(asked)}" if asked else ""
