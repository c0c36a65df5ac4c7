"""Events for tests."""

from dataclasses import asdict
from datetime import time, timedelta

import factory
from django.utils import timezone

from events.models import CheckItem, Event, EventType, Part
from events.partner_entries import Found
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.partners import OrganizationFactory


class EventTypeFactory(factory.django.DjangoModelFactory):
    """A type that is offered."""

    class Meta:
        model = EventType
        # Those that a migration delivered are there until a test empties the tables.
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"type_{n}")
    label_en = factory.Sequence(lambda n: f"Meeting {n}")
    label_es = factory.Sequence(lambda n: f"Reunión {n}")
    definition_en = "People meet."
    definition_es = "La gente se reúne."
    position = factory.Sequence(lambda n: n)


class EventFactory(factory.django.DjangoModelFactory):
    """A draft in ten days, complete enough to be published. Name a trait for another state."""

    class Meta:
        model = Event

    class Params:
        planned = factory.Trait(state=Event.State.PLANNED)
        published = factory.Trait(
            state=Event.State.PUBLISHED,
            published_at=factory.LazyFunction(timezone.now),
            published_by=factory.SelfAttribute("made_by"),
        )
        begun = factory.Trait(
            day=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)), clock=time(10, 0)
        )

    type = factory.SubFactory(EventTypeFactory)
    title_en = factory.Sequence(lambda n: f"Meet us on Test Street {n}")
    title_es = factory.Sequence(lambda n: f"Conózcanos en la calle Test {n}")
    about_en = "Come and ask."
    about_es = "Venga y pregunte."
    purpose = Event.Purpose.INFORM
    area = factory.SubFactory(AreaFactory)
    place = "Test Park"
    day = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    clock = time(18, 0)
    minutes = 90
    languages = factory.LazyFunction(lambda: ["en"])
    risk = Event.Risk.LOW
    lead = factory.SubFactory(UserFactory, officer=True)
    made_by = factory.SelfAttribute("lead")


class CheckItemFactory(factory.django.DjangoModelFactory):
    """Something to do a week before an event."""

    class Meta:
        model = CheckItem

    event = factory.SubFactory(EventFactory)
    text = "Call the venue"
    days = 7


class PartFactory(factory.django.DjangoModelFactory):
    """Another organization takes part, and residents read so."""

    class Meta:
        model = Part

    event = factory.SubFactory(EventFactory)
    organization = factory.SubFactory(OrganizationFactory)


def found_entry(**said):
    """What a partner's calendar file says of one time of one entry, as it is kept until somebody has looked at it."""
    begins = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=20)
    found = Found(number=1, uid="one@example.org", title="Story hour", place="Library", minutes=60)
    return asdict(found) | {"begins": begins.isoformat()} | said
