"""What people who registered are owed by message, in their language and by the way they chose.

A notice is about one registration as it was at one moment, so its reference names both, and a later one is owed anew.
Whoever wants to hear nothing is owed nothing. To whom we may only talk, a person of ours is told to do so where it
matters: by the task that a blocked message becomes.
"""

from datetime import timedelta

from django.utils import timezone

from events.models import Registration
from events.models.registration import ON
from notices import outbox
from notices.aside import PREFIX as UNSENT
from notices.models import Notice, Task
from notices.outbox import Owed
from notices.walltime import days_before

REGISTERED, REMINDER, CHANGED, OFFER, OFFER_ENDS = (
    "events.registered",
    "events.reminder",
    "events.changed",
    "events.offer",
    "events.offer_ends",
)
# Days before an event at which a reminder goes out, at the time of day of the event.
DAYS = 2
# How long before its end an offer is spoken of again; of one that is shorter, in its last quarter.
LAST_DAY = timedelta(hours=24)
State = Registration.State


def is_written_to(contact):
    return contact.may_email or contact.may_sms or contact.may_chat


def is_told(contact):
    """Whether they want to hear from us at all, be it by a call."""
    return is_written_to(contact) or contact.may_call


def ways_of(contact):
    """By which ways they are written to, and where."""
    ways = ("may_email", "may_sms", "may_chat", "may_call", "email", "phone_e164", "chat")
    return [getattr(contact, name) for name in ways]


def registered(place, *, rules=None):
    """They have a place, or wait, or were asked: what they wrote is confirmed, with their link."""
    if is_written_to(place.contact):
        outbox.post_all([_owed(REGISTERED, place), *_reminders(place)], rules=rules)


def anew(place, *, of_itself=True):
    """They answered, or changed something: what is still to be sent follows. `of_itself` tells them so at once, as does
    a message that was still on its way: it holds their link.
    """
    unsaid = set(Notice.objects.waiting().filter(contact=place.contact).values_list("kind", flat=True))
    _void(place, REGISTERED, REMINDER, OFFER, OFFER_ENDS)
    if of_itself or REGISTERED in unsaid:
        registered(place)
    elif is_written_to(place.contact):
        outbox.post_all(_reminders(place))
    if place.state == State.OFFERED and is_written_to(place.contact):
        outbox.post_all([_owed(OFFER, place)] * (OFFER in unsaid) + [_last_call(place)])


def offered(place):
    """A place is kept for them: at once, and once more before it goes to the next."""
    if is_written_to(place.contact):
        outbox.post_all([_owed(OFFER, place), _last_call(place)])
    elif is_told(place.contact):
        outbox.post_all([_owed(OFFER, place)])


def offer_is_over(place):
    _void(place, OFFER, OFFER_ENDS)


def let_go(place):
    """They do not come: nothing is sent any more."""
    if place.contact:
        outbox.void_all(Notice.objects.filter(contact=place.contact))


def changed(event):
    """It has another time or place, or will not take place: everybody is told at once, and reminders move with it."""
    known = event.registrations.open().exclude(contact=None)
    stale = (REMINDER, CHANGED, OFFER_ENDS)
    if event.state not in ON:
        # A worker may hold these and know them as they were: nobody is promised a place at what is called off.
        stale += (REGISTERED, OFFER)
    outbox.void_all(Notice.objects.filter(contact__in=known.values("contact"), kind__in=stale))
    if event.has_begun:
        return
    owed = []
    for place in known.select_related("contact"):
        if is_told(place.contact):
            owed.append(_owed(CHANGED, place))
        if is_written_to(place.contact):
            owed += _reminders(place)
            owed += [_last_call(place)] if place.state == State.OFFERED and event.state in ON else []
    outbox.post_all(owed)


def hand_over(event):
    """Somebody else leads it: what cannot be sent becomes their task."""
    Notice.objects.waiting().filter(contact__registration__event=event).update(owner=event.lead)
    unsent = Task.objects.open().filter(ref=event.reference, key__startswith=f"{UNSENT}:events.")
    unsent.update(owner=event.lead, role="")


def _owed(kind, place, due_at=None):
    """One message, once for each version of the registration and of the event."""
    ref = f"{place.handle}:{place.version}.{place.event.sequence}"
    return Owed(f"{kind}:{ref}", contact=place.contact, kind=kind, ref=ref, owner=place.event.lead, due_at=due_at)


def _reminders(place):
    """The reminder of a place, where there is still time for one."""
    event = place.event
    due_at = days_before(event.day, event.clock, event.zone, DAYS)
    if place.state != State.CONFIRMED or event.state not in ON or due_at <= timezone.now():
        return []
    return [_owed(REMINDER, place, due_at)]


def _last_call(place):
    now = timezone.now()
    lasts = place.offer_until - now
    return _owed(OFFER_ENDS, place, place.offer_until - (LAST_DAY if lasts > LAST_DAY else lasts / 4))


def _void(place, *kinds):
    outbox.void_all(Notice.objects.filter(contact=place.contact, kind__in=kinds))
