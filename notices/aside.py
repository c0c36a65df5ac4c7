"""A notice that will not go out by itself becomes a task of its owner: nothing is dropped in silence."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notices import kinds
from notices.models import Channel, Notice, Task

PREFIX = "notices.unsent"


def about(notice):
    """The record and link behind a notice, also of a kind that is no longer registered."""
    try:
        return kinds.get(notice.kind).about(notice.ref)
    except kinds.UnknownKind:
        return kinds.About(notice.ref)


def task_key(kind, ref, contact_id):
    """One task for one person and thing, however many reminders of it are blocked."""
    return f"{PREFIX}:{kind}:{ref}:{contact_id}"


@transaction.atomic
def set_aside(notices, state, reason, *, tell=True):
    """End these notices (a queryset of one, guarded by its caller) and owe their owner a task. Returns how many."""
    rows = list(notices.select_for_update(of=("self",)).select_related("owner"))
    for notice in rows:
        Notice.objects.filter(pk=notice.pk).end(state, reason=reason)
        if tell:
            owe_task(notice, reason)
    return len(rows)


def owe_task(notice, reason):
    """Tell the owner; coordinators where there is none."""
    record = about(notice)
    values = {"record": record.record, "reason": Notice.Reason(reason).label}
    text = gettext_noop("%(record)s: a message was not sent: %(reason)s. Reach them another way.")
    if notice.channel:
        values["way"] = Channel(notice.channel).label
        text = gettext_noop("%(record)s: a message (%(way)s) was not sent: %(reason)s. Reach them another way.")
    owner = notice.owner if notice.owner is not None and notice.owner.is_active else None
    return Task.objects.owe(
        task_key(notice.kind, notice.ref, notice.contact_id),
        text=text,
        values=values,
        owner=owner,
        ref=record.record,
        link=record.link,
        due_at=timezone.now(),
    )


def call_off(notices):
    """The tasks about these notices are needless: what they were about moved or ended, or they go out after all."""
    keys = {task_key(*of) for of in notices.values_list("kind", "ref", "contact_id")}
    owed = Task.objects.open().filter(key__in=keys)
    return owed.update(state=Task.State.VOID, ended_at=timezone.now(), ended_by=None)
