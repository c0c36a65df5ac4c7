"""What the workers of the outbox benchmark do, run by `manage.py shell` in an installation (`benchmarks.outbox`)."""

import json
import uuid
from datetime import time, timedelta
from time import time as seconds

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from cases.mails import SESSION
from cases.models import Case, Session
from notices import channels, delivery
from notices.channels import Outcome
from notices.models import Channel, Consent, Contact, Notice, Purpose

APPOINTMENTS, NOON = 50, time(12)
LANGUAGES = ("en", "es")


class Nowhere:
    """A channel that takes everything over at once: what is measured is all that comes before it."""

    idempotent = True

    def send(self, notice, letter, *, to_staff):
        assert letter.body
        return Outcome.SENT

    def close(self):
        """Nothing is held open."""


def seed(count):
    """Reminders due now, of some appointments to come, to so many people of both languages who agreed to mail."""
    by = User.objects.get(email__startswith="marrow@")
    # The demo's own reminders are not counted.
    Notice.objects.waiting().update(due_at=timezone.now() + timedelta(days=60))
    case = Case.objects.filter(state=Case.State.SCREENING, violence_indicated=False).first()
    now, sessions = timezone.now(), []
    for _ in range(APPOINTMENTS):
        start = timezone.localtime(now + timedelta(days=2))
        session = Session(
            case=case, kind=Session.Kind.CALL, day=start.date(), clock=start.time().replace(microsecond=0)
        )
        session.book(by=by)
        sessions.append(session.reference)
    contacts = Contact.objects.bulk_create(
        Contact(name=f"Person {n}", language=LANGUAGES[n % 2], email=f"person{n}@example.org", may_email=True)
        for n in range(count)
    )
    Consent.objects.bulk_create(Consent(contact=one, purpose=Purpose.CASE, channel=Channel.EMAIL) for one in contacts)
    Notice.objects.bulk_create(
        Notice(
            key=f"bench:{uuid.uuid4()}", kind=SESSION, ref=sessions[n % APPOINTMENTS], contact=one, owner=by,
            channel=Channel.EMAIL, due_at=now - timedelta(minutes=1),
        )
        for n, one in enumerate(contacts)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice, notices_contact, notices_consent")


def wait_for_the_others():
    """Say that everything is loaded, and go on when told to."""
    print("ready", flush=True)
    input()


def claim():
    """Claim and mark until nothing is free: how many, and from when to when."""
    connection.ensure_connection()
    wait_for_the_others()
    began, count = seconds(), 0
    while batch := delivery.claim().ids:
        count += len(batch)
    print(json.dumps({"count": count, "began": began, "ended": seconds()}), flush=True)


def send():
    """The whole path until nothing is due."""
    channels.for_batch = lambda: dict.fromkeys(Channel, Nowhere())
    connection.ensure_connection()
    wait_for_the_others()
    began = seconds()
    done = delivery.deliver(budget=120, only=[SESSION])
    print(json.dumps({"count": done["sent"], "began": began, "ended": seconds()}), flush=True)


def reads():
    """What was claimed is free again, and one batch goes out: how many queries read it, from the claim to its end."""
    Notice.objects.filter(state=Notice.State.LEASED).free()
    channels.for_batch = lambda: dict.fromkeys(Channel, Nowhere())
    with CaptureQueriesContext(connection) as asked:
        done = delivery.claim([SESSION]).send(until=float("inf"))
    read = sum(query["sql"].lstrip().startswith("SELECT") for query in asked)
    print(json.dumps({"count": done["sent"], "reads": read, "queries": len(asked)}), flush=True)
