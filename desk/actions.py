"""What happens at the desk to more than one feature at once: somebody leaves, and their cases go on."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Role
from cases import actions as case_actions
from cases.models import Case
from notices.models import Task
from notices.walltime import due_in_working_days


def open_cases_of(person):
    """The open cases that count on somebody: assigned to them, or with them as a facilitator."""
    mine = Case.objects.open().filter(assigned_to=person)
    return (mine | Case.objects.open().filter(pk__in=person.facilitating.serving().values("case"))).order_by("id")


@transaction.atomic
def disable(*, person, by):
    """End somebody's access at once; each open case of theirs becomes a task of the supervisor on duty."""
    person.disable(by=by)
    return tell_supervisors(person)


@transaction.atomic
def tell_supervisors(person):
    """One task for each open case of somebody who is gone; a second run writes none. Returns how many cases."""
    cases = list(open_cases_of(person).select_related("area"))
    for case in cases:
        _owe(case, person)
    return len(cases)


def _owe(case, person):
    """A key that begins like that of a case nobody has yet is ended by assigning the case."""
    if case.assigned_to_id == person.pk:
        key, text = f"cases.assign:{case.reference}:left", _("Its officer has left: assign another")
        link = reverse("cases:case_assign", args=[case.reference])
    else:
        key, text = f"cases.facilitator_left:{case.reference}", _("A facilitator has left: choose another")
        link = case.get_absolute_url()
    due_at, who = due_in_working_days(1), on_duty(case.area)
    Task.objects.owe(f"{key}:{person.reference}", text=text, due_at=due_at, ref=case.reference, link=link, **who)


def on_duty(area):
    """Who answers for an area today: the supervisor on duty, else all of them, else the coordinators."""
    today = timezone.localdate()
    people = get_user_model().objects.holding(Role.SUPERVISOR, area, today)
    supervisors = [person for person in people if person.is_supervisor]
    if len(supervisors) == 1 and supervisors[0].duties.filter(day=today).exists():
        return {"owner": supervisors[0], "area": area}
    return {"role": Role.SUPERVISOR if supervisors else Role.COORDINATOR, "area": area if supervisors else None}


@transaction.atomic
def hand_over(*, cases, by):
    """Give cases to those who take them over, {case: officer}: each with all that is owed to it."""
    for case, officer in cases.items():
        case_actions.assign(case=case, officer=officer, by=by)


@transaction.atomic
def ask_to_disable(*, person, by):
    """Everything is handed over: a coordinator ends the account."""
    return Task.objects.owe(
        f"desk.leaving:{person.reference}:{timezone.localdate()}",
        text=_("%(name)s has handed over: disable the account"),
        values={"name": person},
        role=Role.COORDINATOR,
        due_at=timezone.now() + timedelta(days=1),
        link=reverse("desk:leaving", args=[person.reference]),
    )
