"""How a sealed case is opened: to one supervisor for a day, with a reason, or for good by two people."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from accounts.models import Role
from cases import mails, owed
from cases.models import BreakGlass
from core import audit
from notices.models import Task


@transaction.atomic
def break_glass(*, case, reason, by):
    """Open a sealed case to one supervisor for a day; the others of the area are told at once. Returns who was told."""
    glass = BreakGlass.objects.create(case=case, user=by, reason=reason, until=timezone.now() + BreakGlass.LASTS)
    until = glass.until.isoformat(timespec="minutes")
    audit.record(by, "case.break_glass", case, kind=audit.Kind.CONSULTATION, until=until)
    people = other_supervisors(case, by)
    for person in people:
        owed.glass_review(glass, person)
    mails.alert(glass, people)
    return people


def other_supervisors(case, user):
    """Who is told when a supervisor opens a sealed case: other supervisors of the area, else the coordinators."""
    staff, today = get_user_model().objects, timezone.localdate()
    others = list(staff.holding(Role.SUPERVISOR, case.area, today).exclude(pk=user.pk))
    if not others:
        others = list(staff.active().with_role(Role.SUPERVISOR).serving(case.area).exclude(pk=user.pk))
    return others or list(staff.active().with_role(Role.COORDINATOR).exclude(pk=user.pk))


@transaction.atomic
def ask_seal_lift(*, case, reason, by):
    """Ask that a seal be lifted for good; somebody else decides."""
    lift = case.seal_lifts.create(reason=reason, asked_by=by)
    audit.record(by, "seallift.ask", case)
    owed.seal_decision(case, lift)
    return lift


@transaction.atomic
def decide_seal_lift(*, case, lift, agreed, by):
    if agreed:
        case.unseal(lift, by=by)
    else:
        lift.refuse(by=by)
    Task.objects.finish_for(case.reference, f"cases.seal:{case.reference}:{lift.pk}", by=by)
