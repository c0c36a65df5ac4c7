from datetime import time, timedelta

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from notices import outbox
from tests.factories.notices import ContactFactory

PEOPLE = 20


class Command(BaseCommand):
    help = "Owe reminders through the outbox, due a minute ago: `owe trial.note:sms:100 trial.note:email:100`."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("owed", nargs="+")

    @transaction.atomic
    def handle(self, *, owed, **options):
        # From midnight to midnight: they may be reached at any hour.
        people = ContactFactory.create_batch(PEOPLE, hours_from=time.min, hours_to=time.min)
        due = timezone.now() - timedelta(minutes=1)
        for line in owed:
            kind, channel, number = line.split(":")
            for count in range(int(number)):
                ref = f"{kind}-{channel}-{count:06}"
                person = people[count % PEOPLE]
                outbox.post(ref, contact=person, kind=kind, ref=ref, owner=None, due_at=due, channel=channel)
