"""The channels of the unit: where posts go, by the names in SOCIAL_URLS.

The address of a channel holds a token. It is read here and nowhere else: pages, records, logs and the audit know a
channel by its name.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache

import apprise
from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

# Its lines quote the addresses.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class Length(models.TextChoices):
    """How long a text may be for what takes it; each channel takes one of these."""

    LONG = "long", pgettext_lazy("text of a post", "Long")
    MEDIUM = "medium", pgettext_lazy("text of a post", "Medium")
    SHORT = "short", pgettext_lazy("text of a post", "Short")


# Most services take the longest, Mastodon and its like the second, text messages the third.
LIMITS = {Length.LONG: 2_000, Length.MEDIUM: 500, Length.SHORT: 160}


@dataclass(frozen=True)
class Channel:
    """One place where the unit posts. Without a length its address makes no sense to apprise, so nothing is sent."""

    name: str
    length: Length | None

    @property
    def limit(self):
        return LIMITS[self.length]


def set_up():
    """Every channel that the settings name."""
    return _read(tuple(settings.SOCIAL_URLS.items()))


def usable():
    return [channel for channel in set_up() if channel.length]


@lru_cache(maxsize=4)
def _read(addresses):
    """What a service takes is known to apprise, which needs a while to say so."""
    services = ((name, apprise.Apprise.instantiate(url)) for name, url in addresses)
    return tuple(Channel(name, _length(service.body_maxlen) if service else None) for name, service in services)


def _length(most):
    """The longest that fits, and the shortest where even that is too much."""
    return next((length for length, limit in LIMITS.items() if limit <= most), Length.SHORT)


def hand_over(name, text):
    """Give a text to a channel. True where the channel said that it has it; of everything else nobody knows."""
    service = apprise.Apprise(asset=apprise.AppriseAsset(app_id=str(settings.AGENCY["name"])))
    if not service.add(settings.SOCIAL_URLS.get(name, "")):
        return False
    # apprise gives an object or None where it failed; only its truth counts.
    return bool(service.notify(body=text, body_format=apprise.NotifyFormat.TEXT))
