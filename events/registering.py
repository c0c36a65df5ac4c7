"""Registering for an event: who has a place, who waits, to whom one is offered.

Every act holds the event first, so that of any number who press at once each is counted before the next is looked at.
Places are counted from the registrations themselves: no second number could differ from them.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from core.states import MoveNotAllowed
from events import telling
from events.models import Event, Registration
from events.models.registration import ON, PEOPLE, forget
from notices import outbox
from notices.models import Purpose
from notices.reach import Rules

State = Registration.State
# By whom is done what time alone has brought about, whoever happens to look.
CLOCK = "worker"


class NoRoom(MoveNotAllowed):
    """More want to come than there is room for; `left` says how many more can."""

    def __init__(self, left):
        told = _("There is room for %(count)d more.") if left else _("There is no room for more.")
        super().__init__(told % {"count": left} if left else told)
        self.left = left


@dataclass(frozen=True)
class Room:
    """How many places an event has, how many people have taken them, and how many offers have run out."""

    capacity: int | None
    taken: int
    run_out: int

    @property
    def left(self):
        """None where anybody finds room."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def fits(self, people):
        return self.left is None or people <= self.left


def room_of(event):
    """One look at who takes up places."""
    run_out = Q(state=State.OFFERED, offer_until__lte=timezone.now())
    counted = event.registrations.aggregate(
        taken=Coalesce(Sum(PEOPLE, filter=Q(state__in=Registration.HOLDING)), 0),
        run_out=Count("pk", filter=run_out),
    )
    return Room(event.capacity, **counted)


def is_on(event):
    """Whether places are given: it is to take place as announced, and has not begun."""
    return event.registers and event.state in ON and not event.has_begun


def refuse_if_closed(event):
    if not is_on(event):
        raise MoveNotAllowed(_("Nobody can register for this event now: it is called off, has begun, or is over."))


def offer_end(event):
    """Until when somebody may think about a place that is free now; None where it begins too soon to ask anybody."""
    now = timezone.now()
    until = min(now + settings.OFFER_LASTS, event.starts_at - settings.OFFER_ENDS_BEFORE)
    return until if until > now else None


def opened_by(told):
    """The registration whose page a code or a token opens, or None."""
    found = Registration.objects.opened_by(told)
    return found.select_related("contact", "event__venue", "event__area", "event__type").first()


def look(event):
    """The room of an event for a page that shows it, where places are given; what ran out has gone to the next."""
    if not is_on(event):
        return None
    room = room_of(event)
    if room.run_out:
        event.state = settle(event).state
        room = room_of(event)
    return room


@transaction.atomic(savepoint=False)
def register(*, event, place, given, by):
    """Write down somebody who wants to come: with a place where there is room, else on the waiting list.

    Whoever calls has held the event since it was read. `given` is what they agreed to be written to about: pairs of a
    purpose and a way.
    """
    refuse_if_closed(event)
    room = room_of(event)
    if room.run_out:
        _arrange(event)
        room = room_of(event)
    place.event = event
    if place.state != State.PENDING:
        place.state = State.CONFIRMED if room.fits(place.people) else State.WAITING
    place.contact.save()
    agreed = place.contact.begin_consent(given)
    place.begin(by=by, people=place.people, agreed=sorted(f"{purpose} {way}" for purpose, way in given))
    if place.state == State.CONFIRMED and room.left is not None:
        _say_whether_full(event, room.left - place.people)
    telling.registered(place, rules=Rules([place.contact], agreed=agreed))
    return place


@transaction.atomic
def add(*, event, place, given, by):
    """The same for somebody who called."""
    place.made_by = by
    return register(event=_hold(event.pk), place=place, given=given, by=by)


@transaction.atomic
def accept(place, *, by):
    """They take the place that is offered to them, or one that is free for anybody. A second press changes nothing."""
    place = _held(place)
    if place.state == State.CONFIRMED:
        return place
    refuse_if_closed(place.event)
    if place.state == State.OFFERED and place.offer_until <= timezone.now():
        # It ran out, and nobody has looked since: the next are asked first, as they were told.
        _arrange(place.event)
        place.refresh_from_db(fields=["state", "offer_until", "lapsed_at", "version"])
    if place.state == State.OFFERED or room_of(place.event).fits(place.people):
        place.confirm(by=by)
    elif place.state == State.PENDING:
        place.wait(by=by)
    else:
        raise MoveNotAllowed(_("There is no room just now. You stay on the waiting list."))
    telling.anew(place)
    _arrange(place.event)
    return place


@transaction.atomic
def cancel(place, *, by):
    """They do not come: their place is free for the next. A second press changes nothing."""
    place = _held(place)
    if place.state != State.CANCELED:
        _refuse_if_begun(place.event)
        place.cancel(by=by)
        telling.let_go(place)
        _arrange(place.event)
    return place


@transaction.atomic
def wait_again(place, *, by):
    """An offer ran out, and they want the next one all the same."""
    place = _held(place)
    refuse_if_closed(place.event)
    place.wait_again(by=by)
    _arrange(place.event)
    return place


@transaction.atomic
def offer(place, *, by):
    """A place for somebody on the list, out of turn."""
    place = _held(place)
    refuse_if_closed(place.event)
    room, until = room_of(place.event), offer_end(place.event)
    if not room.fits(place.people):
        raise NoRoom(room.left)
    if until is None:
        raise MoveNotAllowed(_("It begins too soon to wait for an answer. Ask them, and give them the place."))
    place.offer(until=until, by=by)
    telling.offered(place)
    _arrange(place.event)
    return place


@transaction.atomic
def change(place, *, seen, party, fill, given, by):
    """Others come, with other needs, or are reached in another way; `fill` writes that way into the contact."""
    place = _held(place)
    _refuse_if_begun(place.event)
    room, more = room_of(place.event), party["adults"] + party["children"] - place.people
    if more > 0 and place.state in Registration.HOLDING and not room.fits(more):
        raise NoRoom(room.left)
    place.change(by=by, seen=seen, **party)
    before = telling.ways_of(place.contact)
    fill(place.contact)
    place.contact.save()
    for purpose in (Purpose.EVENTS, Purpose.NEWS):
        place.contact.set_consent(purpose, [way for meant, way in given if meant == purpose], by=by)
    outbox.reconsider(place.contact)
    telling.anew(place, of_itself=before != telling.ways_of(place.contact))
    _arrange(place.event)
    return place


@transaction.atomic
def settle(event):
    """What time, or a change of the event, has brought about. Run again, it finds nothing to do."""
    event = _hold(event.pk)
    _arrange(event)
    return event


@transaction.atomic
def changed(event, *, by):
    """It was moved, postponed or canceled: everybody who registered is told, and offers follow its new time."""
    event = _hold(event.pk)
    # Who was emptied while no new day was known for too long cannot be told of it, and keeps no place.
    for place in event.registrations.open().filter(contact=None):
        place.cancel(by=CLOCK)
    # Whoever had come already is told as well, and is expected once more.
    for place in event.registrations.checked() if not event.has_begun else ():
        place.uncheck(by=by)
    until = offer_end(event) if is_on(event) else None
    for place in event.registrations.filter(state=State.OFFERED) if until else ():
        place.prolong(until=until, by=by)
    telling.changed(event)
    _arrange(event)


@transaction.atomic
def erase(place, *, by):
    """Forget who it was. If they were still to come, they do not, and their place is free."""
    if place.is_open and not place.event.has_begun:
        place = cancel(place, by=by)
    return forget(Registration.objects.filter(pk=place.pk))


def _hold(key):
    return Event.objects.locked().select_related("venue", "lead").get(pk=key)


def _held(place):
    """The registration as it is now, with its event held."""
    return _hold(place.event_id).registrations.select_related("contact").get(pk=place.pk)


def _refuse_if_begun(event):
    if event.has_begun:
        raise MoveNotAllowed(_("The event has begun or is over."))


def _arrange(event):
    """What ran out lapses, what is free is offered to the first who fit, and the event says whether it is full."""
    if event.state not in ON or event.has_begun:
        return
    run_out = event.registrations.filter(state=State.OFFERED, offer_until__lte=timezone.now())
    for place in run_out.select_related("contact").order_by("offer_until", "id"):
        place.lapse(by=CLOCK)
        telling.offer_is_over(place)
    _say_whether_full(event, _offer_what_is_left(event))


def _offer_what_is_left(event):
    """Offer free places in the order of the line, passing over those who are too many. Returns how many are left."""
    left, until = room_of(event).left, offer_end(event)
    if left == 0 or until is None or not event.registers:
        return left
    for place in event.registrations.in_line().select_related("contact"):
        if left is None:
            _offer(place, until)
        elif place.people <= left:
            _offer(place, until)
            left -= place.people
    return left


def _offer(place, until):
    place.offer(until=until, by=CLOCK)
    telling.offered(place)


def _say_whether_full(event, left):
    full = event.registers and left == 0
    if full and event.state == Event.State.PUBLISHED:
        event.fill_up(by=CLOCK)
    elif not full and event.state == Event.State.FULL:
        event.open_up(by=CLOCK)
