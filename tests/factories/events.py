"""Events for tests."""

import time as clocks
from dataclasses import asdict
from datetime import time, timedelta

import factory
from django.core.signing import TimestampSigner, b62_encode
from django.utils import timezone

from events import trap
from events.models import (
    CheckItem,
    Clearance,
    Enrollment,
    Event,
    EventType,
    Mentor,
    Part,
    Program,
    ProgramSession,
    Registration,
)
from events.partner_entries import Found
from notices.models import Channel, Purpose
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.notices import ContactFactory
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


class RegistrationFactory(factory.django.DjangoModelFactory):
    """One adult who has a place at a published event, and is told by e-mail. Name a trait for another state.

    `unreached=True` is somebody who gave neither a name nor a way to be reached.
    """

    class Meta:
        model = Registration

    class Params:
        waiting = factory.Trait(state=Registration.State.WAITING)
        pending = factory.Trait(state=Registration.State.PENDING)
        offered = factory.Trait(
            state=Registration.State.OFFERED,
            offer_until=factory.LazyFunction(lambda: timezone.now() + timedelta(hours=20)),
        )
        attended = factory.Trait(
            state=Registration.State.ATTENDED,
            came=factory.LazyAttribute(lambda place: place.adults + place.children),
            before=Registration.State.CONFIRMED,
        )
        no_show = factory.Trait(state=Registration.State.NO_SHOW, before=Registration.State.CONFIRMED)
        lapsed = factory.Trait(state=Registration.State.WAITING, lapsed_at=factory.LazyFunction(timezone.now))
        unreached = factory.Trait(
            contact=factory.SubFactory(
                ContactFactory, name="", email="", phone="", phone_e164="", may_email=False, may_sms=False, agreed=()
            )
        )

    event = factory.SubFactory(EventFactory, published=True, registers=True)
    contact = factory.SubFactory(ContactFactory, may_sms=False, purpose=Purpose.EVENTS, agreed=(Channel.EMAIL,))
    state = Registration.State.CONFIRMED
    adults, children = 1, 0

    @classmethod
    def _create(cls, model_class, *args, **fields):
        place = model_class(*args, **fields)
        place.issue_first()
        return place


class ProgramFactory(factory.django.DjangoModelFactory):
    """A program that people may enroll in, of which a session may have been. Name a trait for another state."""

    class Meta:
        model = Program

    class Params:
        draft = factory.Trait(state=Program.State.DRAFT)
        running = factory.Trait(state=Program.State.RUNNING)
        ended = factory.Trait(
            state=Program.State.ENDED,
            ended_at=factory.LazyFunction(timezone.now),
            ended_by=factory.SelfAttribute("lead"),
            ends_on=factory.LazyFunction(timezone.localdate),
        )

    name = factory.Sequence(lambda n: f"Youth Academy {n}")
    purpose = "How the city works."
    area = factory.SubFactory(AreaFactory)
    begins_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))
    lead = factory.SubFactory(UserFactory, officer=True)
    made_by = factory.SelfAttribute("lead")
    state = Program.State.OPEN


class ProgramSessionFactory(factory.django.DjangoModelFactory):
    """An event that was a session; `event__begun=False` is one in ten days."""

    class Meta:
        model = ProgramSession

    program = factory.SubFactory(ProgramFactory)
    event = factory.SubFactory(
        EventFactory,
        planned=True,
        begun=True,
        area=factory.SelfAttribute("..program.area"),
        lead=factory.SelfAttribute("..program.lead"),
    )


class EnrollmentFactory(factory.django.DjangoModelFactory):
    """A child who is enrolled, with a guardian's consent. Name a trait for another state."""

    class Meta:
        model = Enrollment

    class Params:
        asked = factory.Trait(
            state=Enrollment.State.ASKED, guardian=None, consent_on=None, consent_how="", consent_by=None
        )
        agreed = factory.Trait(state=Enrollment.State.ASKED)
        adult = factory.Trait(
            band="from_18", needs_consent=False, guardian=None, consent_on=None, consent_how="", consent_by=None
        )

    program = factory.SubFactory(ProgramFactory)
    contact = factory.SubFactory(ContactFactory, name=factory.Sequence(lambda n: f"Child {n}"))
    band = "from_12"
    needs_consent = True
    guardian = factory.SubFactory(ContactFactory, name=factory.Sequence(lambda n: f"Parent {n}"))
    consent_on = factory.LazyFunction(timezone.localdate)
    consent_how = "paper"
    consent_by = factory.SelfAttribute("program.lead")
    made_by = factory.SelfAttribute("program.lead")
    state = Enrollment.State.ENROLLED


class MentorFactory(factory.django.DjangoModelFactory):
    """A volunteer of whom nothing was checked; `cleared=True` has a clearance for a year."""

    class Meta:
        model = Mentor
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    named = factory.Sequence(lambda n: f"Volunteer {n}")
    made_by = factory.SelfAttribute("program.lead")

    @factory.post_generation
    def cleared(self, create, extracted, **kwargs):
        if extracted:
            ClearanceFactory(mentor=self)


class ClearanceFactory(factory.django.DjangoModelFactory):
    """Somebody was checked a month ago, for a year, and is clear."""

    class Meta:
        model = Clearance

    mentor = factory.SubFactory(MentorFactory)
    kind = "children"
    result = "clear"
    checked_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=335))
    by = factory.SelfAttribute("mentor.made_by")


class EarlierSigner(TimestampSigner):
    """It signs as it did some seconds ago."""

    def __init__(self, seconds):
        super().__init__(salt=trap.SALT)
        self.seconds = seconds

    def timestamp(self):
        return b62_encode(int(clocks.time()) - self.seconds)


def shown(seconds=60):
    """The stamp of a form that was shown so many seconds ago."""
    return EarlierSigner(seconds).sign("shown")
