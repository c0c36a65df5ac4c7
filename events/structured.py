"""A public event as search engines and other sites read it in its page: schema.org, and the card of a shared link."""

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language

from core.plain import one_line
from events import announced, share_card

SCHEMA = "https://schema.org"
# So much of the text a card shows.
CARD = 200


def described(event):
    """The event in the words of schema.org. What is canceled or postponed keeps its day, or nobody would know which."""
    page = announced.address(event)
    told = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": f"{page}#event",
        "url": page,
        "name": one_line(event.title),
        "description": announced.about(event),
        "startDate": event.wall_time.isoformat(),
        "endDate": event.wall_end.isoformat(),
        "eventStatus": f"{SCHEMA}/{status(event)}",
        "eventAttendanceMode": f"{SCHEMA}/{attendance(event)}",
        "location": location(event),
        "organizer": organizer(),
        "isAccessibleForFree": True,
        "inLanguage": event.languages,
    }
    if status(event) == "EventRescheduled":
        told["previousStartDate"] = event.was_at.astimezone(event.wall_time.tzinfo).isoformat()
    if event.capacity:
        told["maximumAttendeeCapacity"] = event.capacity
    return told


def status(event):
    if event.is_canceled:
        return "EventCancelled"
    if event.is_postponed:
        return "EventPostponed"
    return "EventRescheduled" if event.was_at else "EventScheduled"


def is_somewhere(event):
    """Whether there is a place to go to, beside a link or without one."""
    return bool(event.venue or event.place)


def attendance(event):
    if event.online:
        return "MixedEventAttendanceMode" if is_somewhere(event) else "OnlineEventAttendanceMode"
    return "OfflineEventAttendanceMode"


def location(event):
    """The place, the link, or both; a link to what is not held is not told."""
    link = announced.address(event) if event.is_canceled else event.online
    online = {"@type": "VirtualLocation", "url": link}
    if not is_somewhere(event):
        return online
    place = {"@type": "Place", "name": one_line(event.where), "address": street(event)}
    return [place, online] if event.online else place


def street(event):
    address = {"@type": "PostalAddress", "addressLocality": one_line(event.area)}
    known = one_line(event.venue.address if event.venue else event.place)
    return address | {"streetAddress": known} if known else address


def organizer():
    agency = settings.AGENCY
    return {
        "@type": "GovernmentOrganization",
        "name": one_line(agency["name"]),
        "url": settings.PUBLIC_URL,
        "email": agency["email"],
    }


def card(event):
    """(property, text) of what a link to the event shows where somebody shares it.

    Programs keep a picture for long, so only what is to take place has one.
    """
    told = announced.news(event), announced.when(event), announced.where(event), announced.about(event)
    picture = event.is_ahead and not event.has_begun
    return [
        ("og:type", "website"),
        ("og:site_name", one_line(settings.AGENCY["name"])),
        ("og:title", announced.title(event)),
        ("og:description", Truncator(one_line(" · ".join(filter(None, told)))).chars(CARD)),
        ("og:url", announced.address(event)),
        ("og:locale", {"en": "en_US", "es": "es_US"}.get(get_language(), "en_US")),
        *(_picture(event) if picture else ()),
        ("twitter:card", "summary_large_image" if picture else "summary"),
    ]


def _picture(event):
    address = reverse("public_events:event_card", args=[event.reference, get_language()])
    return [
        ("og:image", f"{settings.PUBLIC_URL}{address}"),
        ("og:image:type", "image/png"),
        ("og:image:width", str(share_card.WIDTH)),
        ("og:image:height", str(share_card.HEIGHT)),
        ("og:image:alt", share_card.told(event)),
    ]
