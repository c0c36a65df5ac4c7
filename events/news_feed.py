"""What is new among the events, for readers of news: RSS 2.0 and Atom 1.0."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.plain import one_line
from events import announced
from events.calendars import UNTOLD

# What is ahead, the newest first; a reader keeps what it has read.
MOST = 50
KINDS = {"application/rss+xml": Rss201rev2Feed, "application/atom+xml": Atom1Feed}


def rows(wanted):
    found = wanted.coming().select_related("type", "venue").defer(*UNTOLD)
    return list(found.order_by("-published_at", "-id")[:MOST])


def written(events, *, kind, own_address):
    """The feed of one kind; `own_address` is where it is read, which it tells of itself."""
    agency = one_line(settings.AGENCY["name"])
    feed = KINDS[kind](
        title=_("Events: %(agency)s") % {"agency": agency},
        link=settings.PUBLIC_URL + reverse("public_events:event_calendar"),
        description=_("Where you can meet us, ask, and say what matters."),
        language=get_language(),
        author_name=agency,
        feed_url=settings.PUBLIC_URL + own_address,
    )
    for event in events:
        feed.add_item(
            title=announced.title(event),
            link=announced.address(event),
            description=_told(event),
            unique_id=event.uid.urn,
            unique_id_is_permalink=False,
            pubdate=event.published_at,
            updateddate=event.changed_at,
            categories=[one_line(event.type)],
        )
    return feed.writeString("utf-8")


def _told(event):
    """When, where and what, as HTML."""
    told = {"news": announced.news(event), "about": announced.about(event), "facts": announced.facts(event)}
    return render_to_string("events/_news.html", told)
