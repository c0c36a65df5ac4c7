"""People who can be reached, and what they are owed."""

from datetime import timedelta

import factory
from django.utils import timezone

from notices.models import Channel, Consent, Contact, Notice, Purpose, Task


class ContactFactory(factory.django.DjangoModelFactory):
    """Somebody who may be reached by e-mail and text about their case, and agreed to both.

    `agreed=()` is a person who did not. Name a purpose other than their case by `purpose=`.
    """

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    phone = factory.Sequence(lambda n: f"206-555-{n % 10000:04}")
    phone_e164 = factory.Sequence(lambda n: f"+1206555{n % 10000:04}")
    may_email = True
    may_sms = True

    @classmethod
    def _create(cls, model_class, *args, agreed=(Channel.EMAIL, Channel.SMS), purpose=Purpose.CASE, **fields):
        contact = super()._create(model_class, *args, **fields)
        for channel in agreed:
            Consent.objects.create(contact=contact, purpose=purpose, channel=channel)
        return contact


class NoticeFactory(factory.django.DjangoModelFactory):
    """A notice of the kind that tests register, due a minute ago."""

    class Meta:
        model = Notice

    key = factory.Sequence(lambda n: f"trial.note:{n}")
    kind = "trial.note"
    ref = factory.Sequence(lambda n: f"T-26-{n:05}")
    contact = factory.SubFactory(ContactFactory)
    channel = Channel.EMAIL
    due_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1))


class TaskFactory(factory.django.DjangoModelFactory):
    """Something owed by `owner`, due now."""

    class Meta:
        model = Task

    key = factory.Sequence(lambda n: f"trial.task:{n}")
    text = "Call the library about the room"
    due_at = factory.LazyFunction(timezone.now)
