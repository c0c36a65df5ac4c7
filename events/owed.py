"""What the unit owes an event: its checklist, and its close-out. Texts name the event by its reference alone."""

from datetime import time

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from events.models import CheckItem
from notices.models import Task
from notices.walltime import days_before

MORNING = time(9, 0)
# Days before an event at which its checklist asks; an item of the last day is asked in the morning of it.
CHECK = "events.check"


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
    """Owe one item."""
    event = item.event
    Task.objects.owe(
        key_of(item), text=_("For the event: %(what)s"), values={"what": item.text}, owner=event.lead, area=event.area,
        ref=event.reference, link=event.get_absolute_url(),
        due_at=days_before(event.day, MORNING, event.zone, item.days),
    )  # fmt: skip


def drop(item):
    """An item is no longer asked for."""
    Task.objects.void_for(item.event.reference, f"{CHECK}:{item.event.reference}:{item.handle}:")


def hand_over(event):
    """Somebody else leads it: what is open goes to them."""
    Task.objects.open().filter(ref=event.reference, key__startswith="events.").filter(~Q(owner=event.lead)).update(
        owner=event.lead
    )


def call_off(event):
    """Nothing is owed for it any more."""
    Task.objects.void_for(event.reference, "events.")


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
