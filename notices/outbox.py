"""What is owed to people as messages. Posting commits or rolls back with the act that causes it.

outbox.post(f"cases.session:{ref}:v{version}:{offset}:{contact.pk}:{channel}", contact=contact,
            kind="cases.session", ref=ref, owner=officer, due_at=walltime.hours_before(starts_at, 48))
outbox.void(ref, kind="cases.session")
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core import audit
from notices import kinds
from notices.aside import call_off, owe_task
from notices.models import Contact, Notice
from notices.reach import Rules
from notices.tasks import deliver_due

log = logging.getLogger("liaison.notices")


@transaction.atomic
def post(key, *, contact, kind, ref, owner, due_at=None, channel=None):
    """Owe somebody a message, once per key. Nothing is rendered: the worker renders when it sends.

    Without a channel the first one is taken that the person's rules allow. If none is allowed the notice is blocked
    at once, and its owner has a task.
    """
    owed = Owed(key, contact=contact, kind=kind, ref=ref, owner=owner, due_at=due_at, channel=channel)
    notice, created = Notice.objects.get_or_create(key=key, defaults=_fields(owed, Rules([contact])))
    if created and notice.state == Notice.State.BLOCKED:
        owe_task(notice, notice.reason)
    elif created and notice.due_at <= timezone.now():
        ring_bell()
    return notice


@dataclass(frozen=True)
class Owed:
    """One message that is to be owed to somebody."""

    key: str
    contact: Contact
    kind: str
    ref: str
    owner: models.Model
    due_at: datetime | None = None
    channel: str | None = None


def _fields(owed, rules):
    """How a message begins: waiting for its way, or blocked where there is none."""
    purpose = kinds.get(owed.kind).purpose
    channel = owed.channel or rules.choose_channel(owed.contact, purpose) or ""
    now = timezone.now()
    fields = {
        "contact": owed.contact, "kind": owed.kind, "ref": owed.ref, "owner": owed.owner,
        "due_at": owed.due_at or now, "channel": channel,
    }  # fmt: skip
    if channel:
        return fields
    reason = rules.why_no_channel(owed.contact, purpose)
    return fields | {"state": Notice.State.BLOCKED, "reason": reason, "ended_at": now}


@transaction.atomic(savepoint=False)
def post_all(owed, *, rules=None):
    """Owe many messages at once, each once per key: as `post` does, in as few queries as for one.

    `rules` are those of all these people, where the caller has read them already.
    """
    rules = rules or Rules({one.contact.pk: one.contact for one in owed}.values())
    rows = [Notice(key=one.key, **_fields(one, rules)) for one in owed]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    blocked = [row.key for row in rows if row.state == Notice.State.BLOCKED]
    if blocked:
        for notice in Notice.objects.filter(key__in=blocked, state=Notice.State.BLOCKED).select_related("owner"):
            owe_task(notice, notice.reason)
    if any(row.state == Notice.State.PENDING and row.due_at <= timezone.now() for row in rows):
        ring_bell()


@transaction.atomic
def void(ref, *, kind=None, contact=None):
    """Call off what is owed about a ref, to one person or to all. Returns how many notices.

    The tasks of those that were blocked or too late are called off with them. A notice that a worker holds is called
    off too: the worker looks once more right before it sends.
    """
    about_ref = Notice.objects.filter(ref=ref)
    if kind:
        about_ref = about_ref.filter(kind=kind)
    if contact is not None:
        about_ref = about_ref.filter(contact=contact)
    return void_all(about_ref)


@transaction.atomic
def void_all(notices):
    """The same for any notices, a queryset."""
    call_off(notices)
    unsent = [*Notice.WAITING, Notice.State.BLOCKED, Notice.State.DEAD]
    return notices.filter(state__in=unsent).end(Notice.State.VOID)


@transaction.atomic
def reconsider(contact):
    """The rules of a person changed: blocked notices that are not due yet go out after all, where that is allowed."""
    rules = Rules([contact])
    blocked = contact.notices.filter(state=Notice.State.BLOCKED, due_at__gt=timezone.now())
    for notice in blocked.select_for_update():
        if notice.kind not in kinds.registered:
            continue
        channel = rules.choose_channel(contact, kinds.get(notice.kind).purpose)
        if channel:
            again = Notice.objects.filter(pk=notice.pk)
            call_off(again)
            again.free(channel=channel, reason="")


@transaction.atomic
def retry(notice, *, by):
    """Send a dead message after all, with all its tries before it."""
    fields = {"due_at": timezone.now(), "attempts": 0, "reason": ""}
    if Notice.objects.filter(pk=notice.pk, state=Notice.State.DEAD).free(**fields):
        call_off(Notice.objects.filter(pk=notice.pk))
        audit.record(by, "notice.retry", kind=audit.Kind.ADMINISTRATION, reference=str(notice.handle))
        ring_bell()


@transaction.atomic
def give_up(notice, *, by):
    """Nothing more is tried for a dead message; the task of its owner stays."""
    dead = Notice.objects.filter(pk=notice.pk, state=Notice.State.DEAD)
    if dead.end(Notice.State.VOID, reason=Notice.Reason.GIVEN_UP):
        audit.record(by, "notice.give_up", kind=audit.Kind.ADMINISTRATION, reference=str(notice.handle))


def ring_bell():
    """Wake a worker once this transaction has committed, once for all that it posted."""
    connection = transaction.get_connection()
    if not any(waiting[1] is _ring for waiting in connection.run_on_commit):
        transaction.on_commit(_ring, robust=True)


def _ring():
    """The rows are the truth, so a queue that is down costs at most the seconds until the next tick."""
    try:
        deliver_due.apply_async(expires=60, retry=False)
    except (OperationalError, RedisError, OSError):
        log.warning("The bell could not be rung; the next tick delivers.")
