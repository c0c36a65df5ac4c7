"""At the door of an event for which people registered: who of them came, by a press on a phone or from paper.

Whoever is on the list is checked in by name. Everybody else is counted without a name (`events.closing.tap`), so that
the two together are those who came and nobody is counted twice.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.states import MoveNotAllowed
from events import closing, registering
from events.models import Registration, Tap

State = Registration.State
# So long before an event whoever makes it happen may open the door: a press on the wrong day would stop the messages.
EARLY = timedelta(hours=12)


def is_open(event):
    """Whether somebody may be checked in now."""
    return event.state in closing.AT_THE_DOOR and timezone.now() >= event.starts_at - EARLY


def stay_open(event):
    """Refuse where nobody is checked in any more, or not yet."""
    closing.stay_at_the_door(event)
    if not is_open(event):
        raise MoveNotAllowed(_("It is too early: people are checked in from 12 hours before the event."))


def stay_begun(event):
    """Refuse what stands on paper before anybody can have come."""
    closing.stay_at_the_door(event)
    if not event.has_begun:
        raise MoveNotAllowed(_("The event has not begun yet. Enter the list when people have come."))


@transaction.atomic
def check_in(place, *, key, came, by):
    """They are there, so many of them.

    A press that arrived before changes nothing, nor does one for somebody whom another phone checked in first: to
    write another number down, the first press is taken back.
    """
    place = _held(place)
    if place.note_press(key) and place.state != State.ATTENDED:
        place.attend(came=came, by=by)
        _settle(place.event)
    return place


@transaction.atomic
def take_back(place, *, key, by):
    """They were checked in by mistake. Where they are not, there is nothing to take back."""
    place = _held(place)
    if place.note_press(key) and place.state == State.ATTENDED:
        place.uncheck(by=by)
        _settle(place.event)
    return place


@transaction.atomic
def enter(*, event, answers, walked_in, by):
    """Write down what stands on paper: all of it or nothing. Whoever calls has held the event since it was read.

    `answers` are pairs of a registration and how many of it came: 0 where they did not come, None where what was
    written down of them is to be taken back. `walked_in` says how many came who were not on the list, by age and visit.
    """
    stay_begun(event)
    for place, came in answers:
        _write(place, came, by)
    Tap.objects.bulk_create(
        Tap(key=uuid.uuid4(), event=event, age=age, visit=visit, on=event.day, by=by)
        for (age, visit), count in walked_in.items()
        for _each in range(count)
    )
    facts = {"rows": len(answers), "walked_in": sum(walked_in.values())}
    audit.record(by, "event.enter_list", event, **facts)


def _write(place, came, by):
    if came is None:
        place.uncheck(by=by)
    elif came == 0:
        place.miss(by=by)
    elif place.state == State.ATTENDED:
        place.recount(came=came, by=by)
    else:
        place.attend(came=came, by=by)


def _held(place):
    """The registration as it is now; nobody else checks in or closes out until the transaction ends."""
    event = place.event
    closing.hold(event)
    stay_open(event)
    return event.registrations.select_related("contact").get(pk=place.pk)


def _settle(event):
    """Before an event begins somebody who comes without a place takes one that is free, or gives it back."""
    if not event.has_begun:
        registering.settle(event)
