"""What the unit owes an event: its checklist, its close-out, answers to what was raised there, and what was promised.

Texts name the event by its reference alone.
"""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from events.models import CheckItem
from notices.models import Task
from notices.walltime import due_in_working_days, morning_of

# Days before an event at which its checklist asks; an item of the last day is asked in the morning of it.
CHECK, CLOSE_OUT = "events.check", "events.close_out"
CLOSE_OUT_AFTER, CLOSE_OUT_LATE = timedelta(days=2), timedelta(days=5)
PROMISE_LATE = timedelta(days=7)
# Working days until somebody is told what becomes of what they raised.
ANSWER_DAYS = 3
# How much of a text stands in a task.
SHOWN = 100


def key_of(item):
    """The key under which an item of the checklist is owed; it counts the moves, so that a moved event asks anew."""
    return f"{CHECK}:{item.event.reference}:{item.handle}:s{item.event.sequence}"


def checklist(event):
    """Owe every item that is not done yet, a task each, by its day before the event."""
    done = set(_tasks(event).filter(state=Task.State.DONE).values_list("key", flat=True))
    done = {key.split(":")[2] for key in done}
    Task.objects.void_for(event.reference, f"{CHECK}:")
    for item in event.checks.all():
        if str(item.handle) not in done:
            item.event = event
            check(item)


def check(item):
    """Owe one item, on the morning of its day."""
    event = item.event
    Task.objects.owe(
        key_of(item), text=_("For the event: %(what)s"), values={"what": item.text}, owner=event.lead, area=event.area,
        ref=event.reference, link=event.get_absolute_url(),
        due_at=morning_of(item.due_on, event.zone),
    )  # fmt: skip


def close_out(event):
    """Say what became of it: two days after it; the supervisor five days later."""
    Task.objects.void_for(event.reference, f"{CLOSE_OUT}:")
    due_at = event.ends_at + CLOSE_OUT_AFTER
    Task.objects.owe(
        f"{CLOSE_OUT}:{event.reference}:s{event.sequence}", text=_("Close the event out: who came, what was raised"),
        owner=event.lead, area=event.area, ref=event.reference, due_at=due_at, escalate_at=due_at + CLOSE_OUT_LATE,
        link=reverse("events:event_close_out", args=[event.reference]),
    )  # fmt: skip


def raised(row):
    """See that what was raised gets an answer."""
    event, due_at = row.event, due_in_working_days(ANSWER_DAYS)
    Task.objects.owe(
        f"events.raised:{event.reference}:{row.handle}", text=_("Raised at the event, see to an answer: %(what)s"),
        values={"what": row.what[:SHOWN]}, owner=event.lead, area=event.area, ref=event.reference,
        link=event.get_absolute_url(), due_at=due_at, escalate_at=due_at + PROMISE_LATE,
    )  # fmt: skip


def promise(row):
    """Keep what was promised, on its day; the supervisor is told a week later."""
    event, due_at = row.event, morning_of(row.due_on)
    Task.objects.owe(
        f"events.promise:{event.reference}:{row.handle}", text=_("Promised at the event: %(what)s"),
        values={"what": row.what[:SHOWN]}, owner=row.who, area=event.area, ref=event.reference,
        link=reverse("events:promise_end", args=[event.reference, row.handle]), due_at=due_at,
        escalate_at=due_at + PROMISE_LATE,
    )  # fmt: skip


def promise_ended(row, *, by):
    Task.objects.finish_for(row.event.reference, f"events.promise:{row.event.reference}:{row.handle}", by=by)


def drop(item):
    """An item is no longer asked for."""
    Task.objects.void_for(item.event.reference, f"{CHECK}:{item.event.reference}:{item.handle}:")


def hand_over(event):
    """Somebody else leads it: what is open goes to them."""
    Task.objects.open().filter(ref=event.reference, key__startswith="events.").filter(~Q(owner=event.lead)).update(
        owner=event.lead
    )


def call_off(event):
    """Nothing is to be prepared or closed out; what was promised is still owed."""
    for prefix in (CHECK, CLOSE_OUT):
        Task.objects.void_for(event.reference, f"{prefix}:")


def states_of(event):
    """{handle of an item: its newest task} of the checklist."""
    return {task.key.split(":")[2]: task for task in _tasks(event).order_by("id")}


def _tasks(event):
    return Task.objects.filter(ref=event.reference, key__startswith=f"{CHECK}:")


def copy_checks(event):
    """A new event begins with the checklist of its type."""
    CheckItem.objects.bulk_create(
        CheckItem(event=event, text=check.text, days=check.days) for check in event.type.checks.all()
    )
