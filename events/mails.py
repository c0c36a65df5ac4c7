"""The messages of events, to people who registered.

A public event is named with its day, time and place, which anybody can read. Of all others, and to whom somebody else
may read the screen of, nothing is said but when.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from events import telling
from events.models import Event, Registration
from events.models.registration import ON
from notices.calendars import Entry
from notices.kinds import About, Crash, Late, Message, kind
from notices.models import Purpose

State = Registration.State
PARTS = ("subject", "body", "short", "neutral_subject", "neutral_body")
OF_EVENTS = {"purpose": Purpose.EVENTS, "late": Late.WHILE_AHEAD, "crash": Crash.DOUBLE}


def handle_of(ref):
    """The registration that a notice is about; the rest of its reference counts versions."""
    return ref.partition(":")[0]


def about(ref):
    """Where whoever leads the event looks when a message could not go out."""
    found = Registration.objects.filter(handle=handle_of(ref)).values_list("event__reference", flat=True).first()
    return About(found or ref, reverse("events:registration_list", args=[found]) if found else "")


def _rendered(refs, template, wanted, until=lambda place: place.event.starts_at):
    """{ref: Message, or None where the registration or its event is no longer such that this is to be said}."""
    handles = {handle_of(ref) for ref in refs}
    rows = Registration.objects.filter(handle__in=handles).select_related("event__venue")
    places = {str(place.handle): place for place in rows}
    found = {ref: places.get(handle_of(ref)) for ref in refs}
    return {
        ref: _message(template, place, until(place)) if place is not None and wanted(place) else None
        for ref, place in found.items()
    }


def _message(template, place, until):
    context = _facts(place)
    texts = {part: render_to_string(f"messages/events/{template}_{part}.txt", context).strip() for part in PARTS}
    return Message(**texts, good_until=until, entry=_entry(place))


def _facts(place):
    event = place.event
    zone = event.zone if event.zone != settings.TIME_ZONE else ""
    return {
        "state": place.state,
        "event_state": event.state,
        "title": event.title if event.is_shown else "",
        "where": _where(event),
        "online": event.online if event.is_shown else "",
        "told": event.told if event.is_shown else "",
        # Without its zone: a template would turn it into the time of the installation.
        "when": event.wall_time.replace(tzinfo=None),
        "until": place.offer_until and place.offer_until.astimezone(event.wall_time.tzinfo).replace(tzinfo=None),
        "zone": zone,
        "people": place.people,
        "link": place.address,
        "code": place.code,
        "phone": settings.AGENCY["phone"],
        "neutral_phone": settings.AGENCY["neutral_phone"],
    }


def _where(event):
    if not event.is_shown:
        return ""
    address = event.venue.address if event.venue else ""
    return ", ".join(filter(None, [str(event.where), address]))


def _entry(place):
    """The event for the calendar of whoever has a place; one that will not take place on its day is taken out again."""
    event = place.event
    if place.state != State.CONFIRMED:
        return None
    return Entry(
        key=f"event {event.reference}",
        starts_at=event.wall_time,
        minutes=event.minutes,
        sequence=event.sequence,
        changed_at=event.changed_at,
        canceled=event.state not in ON,
        place=_where(event),
    )


def _is_on(place):
    return place.event.state in ON


@kind(telling.REGISTERED, **OF_EVENTS, about=about)
def registered(refs, language):
    """You have a place, or wait for one, or were asked whether you come."""
    said = (State.CONFIRMED, State.WAITING, State.PENDING)
    return _rendered(refs, "registered", lambda place: place.state in said and _is_on(place))


@kind(telling.REMINDER, **OF_EVENTS, about=about)
def reminder(refs, language):
    """The event at which you have a place is near."""
    return _rendered(refs, "reminder", lambda place: place.state == State.CONFIRMED and _is_on(place))


@kind(telling.CHANGED, **OF_EVENTS, tell_if_late=True, about=about)
def changed(refs, language):
    """The event has another time or place, or will not take place on its day."""
    told = (*ON, Event.State.POSTPONED, Event.State.CANCELED)
    return _rendered(refs, "changed", lambda place: place.is_open and place.event.state in told)


@kind(telling.OFFER, **OF_EVENTS, tell_if_late=True, about=about)
def offer(refs, language):
    """A place became free for you."""
    return _rendered(refs, "offer", _is_offered, lambda place: place.offer_until)


@kind(telling.OFFER_ENDS, **OF_EVENTS, about=about)
def offer_ends(refs, language):
    """The place that is kept for you goes to somebody else if you do not answer."""
    return _rendered(refs, "offer_ends", _is_offered, lambda place: place.offer_until)


def _is_offered(place):
    return place.state == State.OFFERED and _is_on(place)
