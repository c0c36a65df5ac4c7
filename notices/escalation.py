"""What stays undone goes to the supervisor of the area."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notices.models import Task
from notices.models.task import WITHOUT_OWNER

SUPERVISOR = "supervisor"
AT_ONCE = 500


def escalate_overdue(now=None):
    """Owe the supervisors each task that nobody did in time. Returns how many. Two sweeps at once owe it once."""
    now = now or timezone.now()
    waiting = list(Task.objects.to_escalate(now).values_list("pk", flat=True)[:AT_ONCE])
    return sum(_escalate(pk, now) for pk in waiting)


@transaction.atomic
def _escalate(pk, now):
    task = Task.objects.to_escalate(now).filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
    if task is None:
        return 0
    Task.objects.owe(
        task.escalation_key,
        text=gettext_noop("Not done in time: %(task)s"),
        values={"task": {"text": task.text, "values": task.values}},
        ref=task.ref,
        link=task.link,
        due_at=now,
        **_answering_for(task),
    )
    task.escalated_at = now
    task.save(update_fields=["escalated_at"])
    return 1


def _answering_for(task):
    """One supervisor on duty by name, several by their role, and the coordinators where the owner is the supervisor."""
    people = get_user_model().objects.holding(SUPERVISOR, task.area, timezone.localdate()).order_by("pk")
    people = [person for person in people[:2] if person.pk != task.owner_id]
    if len(people) == 1:
        return {"owner": people[0]}
    if people and SUPERVISOR in people[0].roles:
        return {"role": SUPERVISOR, "area": task.area}
    return {"role": WITHOUT_OWNER}
