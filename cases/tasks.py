"""What cases need the clock for: silence and what lapses have no date to hang a task on, so they are swept for."""

from datetime import timedelta

from django.db.models import CharField, Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from cases import gate, owed, scheduling, session_owed
from cases.evidence import evidence_of
from cases.models import Case, Party, Session
from core.tasks import task
from notices.models import Task

AT_ONCE = 500


@task
def flag_silent_cases():
    """Beat, hourly. One task for each silence of 14 and of 30 days. Run again, it finds those that have theirs."""
    for days in (owed.SILENT_OFFICER, owed.SILENT_SUPERVISOR):
        told = Task.objects.filter(
            ref=OuterRef("reference"), key__startswith=f"cases.silent:{days}:", made_at__gte=OuterRef("quiet_since")
        )
        silent = Case.objects.silent_since(timezone.now() - timedelta(days=days)).exclude(Exists(told))
        for case in silent.select_related("area", "assigned_to").order_by("quiet_since", "id")[:AT_ONCE]:
            owed.contact_again(case, days)


@task
def ask_for_reviews():
    """Beat, hourly. One task a week for each case of high risk, none beside one that is still open, taken back where
    the risk is judged anew. Run again, it finds those of this week.
    """
    year, week, _day = timezone.localdate().isocalendar()
    key = Concat(Value("cases.review:"), OuterRef("reference"), Value(f":{year}-{week:02}"), output_field=CharField())
    still_open = Q(state=Task.State.OPEN, ref=OuterRef("reference"), key__startswith="cases.review:")
    asked = Exists(Task.objects.filter(still_open | Q(key=key)))
    high = Case.objects.in_our_hands().filter(risk=Case.Risk.HIGH).exclude(asked)
    for case in high.select_related("area", "assigned_to").order_by("id")[:AT_ONCE]:
        owed.review(case)
    calmer = Case.objects.exclude(risk=Case.Risk.HIGH).values("reference")
    for ref in (
        Task.objects.open().filter(key__startswith="cases.review:", ref__in=calmer).values_list("ref", flat=True)
    ):
        Task.objects.void_for(ref, "cases.review:")


@task
def check_meetings_ahead():
    """Beat, hourly. A task where checks are open again 7, 3 and 1 days before the sides meet, whatever the appointment
    is called; taken back when they are done. Run again, it finds the tasks there.
    """
    now = timezone.now()
    until = now + timedelta(days=max(session_owed.GATE_DAYS))
    soon = Session.objects.planned().filter(starts_at__gt=now, starts_at__lte=until).annotate(asked=Count("parties"))
    soon = soon.filter(Q(kind__in=Session.TOGETHER) | Q(asked__gt=1)).exclude(kind__in=Session.APART)
    for session in soon.select_related("case__area", "case__assigned_to").order_by("starts_at", "id")[:AT_ONCE]:
        evidence = evidence_of(session.case)
        if not gate.brings_together(session, scheduling.asked_to(session), evidence):
            continue
        if gate.gate_of(session.case, evidence, session.kind).missing:
            near = [days for days in session_owed.GATE_DAYS if session.starts_at <= now + timedelta(days=days)]
            session_owed.open_checks(session, min(near))
        else:
            Task.objects.void_for(session.case.reference, f"cases.gate:{session.reference}")


@task
def ask_for_safe_contact():
    """Beat, hourly. A task where safe-contact rules are to be confirmed by now, taken back once they are.

    Run again, it finds the tasks there.
    """
    today = timezone.localdate()
    key = Concat(
        Value("cases.reconfirm:"),
        Cast(OuterRef("handle"), CharField()),
        Value(":"),
        Cast(OuterRef("contact__reconfirm_on"), CharField()),
        output_field=CharField(),
    )
    parties = Party.objects.present().filter(case__in=Case.objects.in_our_hands())
    due = parties.filter(contact__reconfirm_on__lte=today).exclude(Exists(Task.objects.filter(key=key)))
    for party in due.select_related("case__area", "case__assigned_to", "contact").order_by("id")[:AT_ONCE]:
        owed.safe_contact_check(party)
    _take_back_confirmed(today)


def _take_back_confirmed(today):
    asked = Task.objects.open().filter(key__startswith="cases.reconfirm:").values_list("key", flat=True)
    handles = {key.split(":")[1] for key in asked}
    confirmed = Party.objects.filter(handle__in=handles, contact__reconfirm_on__gt=today).select_related("case")
    for party in confirmed:
        Task.objects.void_for(party.case.reference, f"cases.reconfirm:{party.handle}")
