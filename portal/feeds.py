"""Updates as feeds, for whoever does not want to look here for news: RSS 2.0 and Atom 1.0."""

from datetime import timedelta

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.plain import lines, one_line
from portal.models import Update
from portal.texts import update_text

NEWEST = 30
# Whoever read an update in a feed reads there that it was withdrawn.
WITHDRAWN_FOR = timedelta(days=30)


def there(name, **parts):
    """An address as others write it: the same whatever host the feed was asked at."""
    return settings.PUBLIC_URL + reverse(f"portal:{name}", kwargs=parts)


class Rss(Feed):
    """The newest updates in the language that is active. What names an entry stays the same when its text changes."""

    feed_type = Rss201rev2Feed
    address = "update_rss"
    item_guid_is_permalink = True

    def title(self):
        return _("Updates: %(agency)s") % {"agency": settings.AGENCY["name"]}

    def description(self):
        return _("News, safety tips and corrections by the %(unit)s.") % {"unit": settings.AGENCY["unit"]}

    subtitle = description

    def link(self):
        return there("updates")

    def feed_url(self):
        return f"{there(self.address)}?language={get_language()}"

    def items(self):
        long_gone = {"state": Update.State.WITHDRAWN, "withdrawn_at__lt": timezone.now() - WITHDRAWN_FOR}
        rows = Update.objects.shown().exclude(**long_gone).select_related("in_force")
        return rows.order_by("-published_at", "-id")[:NEWEST]

    def item_title(self, update):
        return one_line(_("Withdrawn") if update.is_withdrawn else update_text(update.in_force, get_language()).title)

    def item_description(self, update):
        """What the page says, with what was changed last; of what was withdrawn, why."""
        text = None if update.is_withdrawn else update_text(update.in_force, get_language())
        return lines(render_to_string("portal/update_feed.html", {"update": update, "text": text}))

    def item_link(self, update):
        return update.public_url

    def item_guid(self, update):
        return update.public_url

    def item_pubdate(self, update):
        return update.published_at

    def item_updateddate(self, update):
        return update.changed_at

    def item_categories(self, update):
        return [] if update.is_withdrawn else [update.in_force.get_kind_display()]


class Atom(Rss):
    feed_type = Atom1Feed
    address = "update_atom"
