"""Who is reminded that a person's request waits for a second member of staff: other records officers, supervisors."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_noop

from accounts.models import Role
from notices.models import Task
from notices.walltime import due_in_working_days

DAYS = 3
KEY = "accounts.second_person:"
TEXT = gettext_noop("A request by a person waits for a second person: approve or refuse it")


def waits(request):
    """Each other records officer by name, because whoever recorded it is no second person, and the supervisors."""
    others = get_user_model().objects.active().with_role(Role.RECORDS_OFFICER).exclude(pk=request.asked_by_id)
    owners = [{"owner": person} for person in others.order_by("pk")] + [{"role": Role.SUPERVISOR}]
    for who in owners:
        key = f"{KEY}{request.reference}:{who['owner'].reference if 'owner' in who else who['role']}"
        Task.objects.owe(
            key,
            text=TEXT,
            due_at=due_in_working_days(DAYS),
            ref=request.reference,
            link=request.get_absolute_url(),
            **who,
        )


def decided(request):
    """It was approved or refused, by one of them or by whoever recorded it: nobody waits any more."""
    by = request.approved_by or request.refused_by
    Task.objects.finish_for(request.reference, KEY, by=by)
