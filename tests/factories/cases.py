"""Cases with what belongs to them, for tests."""

from datetime import time, timedelta

import factory
from django.utils import timezone

from cases import scheduling
from cases.models import Case, ContactAttempt, Facilitator, Party, Session
from notices.walltime import local_to_utc
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.notices import ContactFactory


class CaseFactory(factory.django.DjangoModelFactory):
    """An open case at intake that nobody has yet. Name a trait for another state; pass users when a test is about them.

    History and audit are written by verbs, so rows made here have little of either.
    """

    class Meta:
        model = Case

    class Params:
        sealed = factory.Trait(access=Case.Access.SEALED)
        unit = factory.Trait(access=Case.Access.UNIT)
        assigned = factory.Trait(assigned_to=factory.SubFactory(UserFactory, officer=True))
        contacting = factory.Trait(state=Case.State.CONTACTING)
        on_hold = factory.Trait(
            state=Case.State.ON_HOLD,
            held_from=Case.State.CONTACTING,
            hold_reason="The court decides first",
            held_until=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=20)),
        )
        closed = factory.Trait(
            state=Case.State.CLOSED,
            closing_reason=Case.ClosingReason.COACHING,
            closed_at=factory.LazyFunction(timezone.now),
            closed_by=factory.SelfAttribute("opened_by"),
        )

    title = "Noise after midnight, Test Court"
    summary = "Two households disagree about noise."
    dispute = "noise"
    source = "patrol"
    area = factory.SubFactory(AreaFactory)
    opened_by = factory.SubFactory(UserFactory, officer=True)


class PartyFactory(factory.django.DjangoModelFactory):
    """An initiating party that was only identified."""

    class Meta:
        model = Party

    class Params:
        responding = factory.Trait(role=Party.Role.RESPONDING)

    case = factory.SubFactory(CaseFactory)
    contact = factory.SubFactory(ContactFactory)
    role = Party.Role.INITIATING


class FacilitatorFactory(factory.django.DjangoModelFactory):
    """A volunteer mediator who leads."""

    class Meta:
        model = Facilitator

    case = factory.SubFactory(CaseFactory)
    kind = Facilitator.Kind.VOLUNTEER
    user = factory.SubFactory(UserFactory, mediator=True)


class SessionFactory(factory.django.DjangoModelFactory):
    """A call in five days at 14:00, planned by who logged the case. Nothing is owed for it: `actions` do that."""

    class Meta:
        model = Session
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory)
    kind = Session.Kind.CALL
    day = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=5))
    clock = time(14, 0)
    starts_at = factory.LazyAttribute(lambda wanted: local_to_utc(wanted.day, wanted.clock))
    booked_by = factory.SelfAttribute("case.opened_by")

    @factory.post_generation
    def parties(self, create, extracted, **kwargs):
        self.parties.set(extracted or [])

    @factory.post_generation
    def staff(self, create, extracted, **kwargs):
        self.staff.set(extracted or [])


class ContactAttemptFactory(factory.django.DjangoModelFactory):
    """A call in which they answered."""

    class Meta:
        model = ContactAttempt

    case = factory.SubFactory(CaseFactory)
    way = ContactAttempt.Way.CALL
    result = ContactAttempt.Result.SPOKE
    by = factory.SelfAttribute("case.opened_by")


def book(case, parties=(), kind=Session.Kind.JOINT, **fields):
    """An appointment in five days, booked as an officer books one: the gate is asked, reminders are owed."""
    planned = {"day": timezone.localdate() + timedelta(days=5), "clock": time(14), "place": "Room 2"} | fields
    session = Session(case=case, kind=kind, **planned)
    return scheduling.book_session(session=session, parties=parties, staff=[], by=case.opened_by)
