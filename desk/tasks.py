"""What the worker does for the desk."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from cases.models import Case
from core import retention
from core.tasks import task
from desk.actions import tell_supervisors
from notices.models import Task


@task
def hand_on_cases():
    """Beat, every 5 minutes. Somebody's access ends at once, wherever that is done; what is left open is told here.

    Re-running writes nothing new: each task has a key of its case and person.
    """
    left = Case.objects.open()
    concerned = Q(pk__in=left.values("assigned_to")) | Q(facilitating__case__in=left, facilitating__ended_at=None)
    for person in get_user_model().objects.filter(concerned, is_active=False).distinct():
        tell_supervisors(person)


@task
def remind_of_disposal():
    """Beat, hourly. Once a month records officers are told how many records go within the next 30 days, so that a
    legal hold can still be placed. Re-running writes nothing new: the task's key is the month.
    """
    key = f"desk.disposal:{timezone.localdate():%Y-%m}"
    if Task.objects.filter(key=key).exists():
        return
    count = retention.coming(timedelta(days=30))
    Task.objects.owe(
        key,
        text=gettext_noop("Records that are disposed of within 30 days: %(count)s. Place a hold on what must stay."),
        values={"count": count},
        due_at=timezone.now() + timedelta(days=7),
        role="records_officer",
        link=reverse("core:retention_list"),
    )
