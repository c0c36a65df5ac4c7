"""An event behind an address, for those who may see it."""

from django.shortcuts import get_object_or_404

from core.answers import require
from events import registering, rules
from events.models import Event


def event_of(request, reference):
    """The event that this person may see."""
    events = Event.objects.visible_to(request.user).select_related("type", "area", "venue", "lead", "series")
    return get_object_or_404(events, reference=reference)


def event_to_change(request, reference):
    """The event, for those who may change it."""
    event = event_of(request, reference)
    require(rules.can_edit(request.user, event))
    return event


def part_to_change(request, reference, parts, handle):
    """Something of an event, named by the relation it stands in, for those who may change the event."""
    event = event_of(request, reference)
    part = get_object_or_404(getattr(event, parts), handle=handle)
    require(rules.can_edit(request.user, event))
    return part


def event_to_register(reference, *, hold=False):
    """A public event for which residents register now; held until the transaction ends for whoever does."""
    events = Event.objects.shown().filter(registers=True).select_related("type", "area", "venue", "lead")
    event = get_object_or_404(events.locked() if hold else events, reference=reference)
    registering.refuse_if_closed(event)
    return event


def registration_to_change(request, reference, handle):
    """Somebody's registration for an event, for those who may change the event."""
    event = event_of(request, reference)
    known = event.registrations.exclude(contact=None).select_related("contact")
    place = get_object_or_404(known, handle=handle)
    require(rules.can_edit(request.user, event))
    return place
