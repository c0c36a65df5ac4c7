"""What dashboards may know about cases: pure reads, scoped to what the reader may open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from cases import outcomes
from cases.models import Case, GateOverride, ListEntry, Party, Session
from notices.models import Task

OVERRIDES_OF_DAYS = 90


@dataclass(frozen=True)
class CaseLine:
    """One case as a row of a short table."""

    reference: str
    url: str
    title: str
    state: str
    state_label: str
    risk: str
    risk_label: str
    area: str
    quiet_since: datetime
    next_at: datetime | None


@dataclass(frozen=True)
class Appointment:
    """One appointment of a day. `place` is the venue or what was written instead, `people` who is asked to come, each
    with the rules by which they may be reached.
    """

    reference: str
    case: str
    url: str
    title: str
    kind_label: str
    starts_at: datetime
    ends_at: datetime
    place: str
    people: tuple


@dataclass(frozen=True)
class Share:
    """How many open cases an officer or an area has, and how many are silent. Sorted by name, never by number.

    `key` is the value of the list's filter that shows these cases.
    """

    name: str
    key: str
    open: int
    silent_14: int
    silent_30: int


@dataclass(frozen=True)
class SupervisorFigures:
    """The caseload of some areas at a moment. `ages` are the days since receipt of each open case, for a median."""

    open: int
    ages: tuple[int, ...]
    unassigned: int
    silent_14: int
    silent_30: int
    overdue: int
    overrides: int
    by_state: tuple[tuple[str, int], ...]
    by_officer: tuple[Share, ...]
    by_area: tuple[Share, ...]


def my_cases(user, limit=12):
    """Open cases that this person is assigned to or facilitates, longest since contact first."""
    mine = Q(assigned_to=user) | Q(pk__in=user.facilitating.serving().values("case"))
    rows = (
        Case.objects.visible_to(user)
        .in_our_hands()
        .filter(mine)
        .order_by("quiet_since", "id")
        .values("id", "reference", "title", "state", "risk", "area__name", "quiet_since")[:limit]
    )
    rows, prefix = list(rows), reverse("cases:case_list")
    coming = _next_appointments([row["id"] for row in rows])
    return [
        CaseLine(
            reference=row["reference"],
            url=f"{prefix}{row['reference']}/",
            title=row["title"],
            state=row["state"],
            state_label=Case.State(row["state"]).label,
            risk=row["risk"],
            risk_label=Case.Risk(row["risk"]).label,
            area=row["area__name"],
            quiet_since=row["quiet_since"],
            next_at=coming.get(row["id"]),
        )
        for row in rows
    ]


def _next_appointments(case_ids):
    planned = Session.objects.filter(case__in=case_ids, state=Session.State.PLANNED, starts_at__gte=timezone.now())
    return dict(planned.order_by("-starts_at").values_list("case", "starts_at"))


def appointments_of(user, starts, ends):
    """The planned appointments that begin between two moments and at which this person is needed, by the clock."""
    asked = Prefetch("parties", Party.objects.present().select_related("contact"))
    sessions = (
        Session.objects.filter(staff=user, state=Session.State.PLANNED, starts_at__gte=starts, starts_at__lt=ends)
        .filter(case__in=Case.objects.visible_to(user))
        .select_related("case", "venue")
        .prefetch_related(asked)
        .order_by("starts_at", "id")
    )
    return [
        Appointment(
            reference=session.reference,
            case=session.case.reference,
            url=session.get_absolute_url(),
            title=session.case.title,
            kind_label=session.get_kind_display(),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            place=str(session.venue or session.place),
            people=tuple((party.contact.name, party.safe_rules) for party in session.parties.all()),
        )
        for session in sessions
    ]


def unit_totals(now=None):
    """How many cases the whole unit has, for those who read totals and open no case; nothing is withheld yet."""
    year = (now or timezone.now()) - timedelta(days=365)
    different = ~Q(closing_reason=Case.ClosingReason.DUPLICATE)
    return Case.objects.aggregate(
        open=Count("pk", filter=~Q(state=Case.State.CLOSED)),
        received=Count("pk", filter=Q(received_at__gte=year) & different),
        closed=Count("pk", filter=Q(closed_at__gte=year) & different),
    )


def overrides_in(area_ids, now=None):
    """Checks that were overridden in some areas in the last 90 days."""
    since = (now or timezone.now()) - timedelta(days=OVERRIDES_OF_DAYS)
    return GateOverride.objects.filter(case__area__in=area_ids, at__gte=since)


def lists_in_use():
    """The controlled lists with each entry and whether any case of the whole unit has it.

    No number: who watched it grow would learn of each new case, also of one that is sealed, what it is about.
    """
    entries = list(ListEntry.objects.in_order())
    return [_list_in_use(kind, [entry for entry in entries if entry.kind == kind]) for kind in ListEntry.Kind]


def _list_in_use(kind, entries):
    used = set(Case.objects.order_by().values_list(kind.value, flat=True).distinct())
    return {"key": kind.value, "name": kind.label, "entries": [(entry, entry.code in used) for entry in entries]}


def figures_for(month):
    """What the monthly report counts of cases: the month that begins on this day, of the whole unit.

    True counts: whoever publishes them withholds small ones (`measures.withholding`).
    """
    return outcomes.between(Case.objects.all(), month, (month + timedelta(days=31)).replace(day=1))


def outcomes_for(user, area_ids, first, after):
    """What became of cases from one day to before another, of those this person may open in some areas."""
    return outcomes.between(Case.objects.visible_to(user).filter(area__in=area_ids), first, after)


def supervisor_figures(user, area_ids, now=None):
    """Open caseload and age, unassigned, silent and overdue in some areas, of the cases this person may open."""
    now = now or timezone.now()
    cases = Case.objects.visible_to(user).open().filter(area__in=area_ids)
    ages = tuple((now - received).days for received in cases.values_list("received_at", flat=True).order_by())
    ours = ~Q(state__in=[Case.State.ON_HOLD, Case.State.REFERRED_OUT])
    silent = {
        f"silent_{days}": Count("pk", filter=ours & Q(quiet_since__lt=now - timedelta(days=days))) for days in (14, 30)
    }
    totals = cases.aggregate(unassigned=Count("pk", filter=Q(assigned_to=None)), **silent)
    overdue = cases.filter(reference__in=Task.objects.open().filter(due_at__lt=now).values("ref")).count()
    overridden = overrides_in(area_ids, now).filter(case__in=Case.objects.visible_to(user)).count()
    return SupervisorFigures(
        open=len(ages),
        ages=ages,
        overdue=overdue,
        overrides=overridden,
        by_state=tuple(cases.order_by("state").values_list("state").annotate(Count("pk"))),
        by_officer=_shares(cases.exclude(assigned_to=None), "assigned_to", silent),
        by_area=_shares(cases, "area", silent),
        **totals,
    )


def _shares(cases, by, silent):
    name, key = f"{by}__name", f"{by}__reference"
    rows = cases.order_by(name, key).values(name, key).annotate(open=Count("pk"), **silent)
    return tuple(Share(row[name], row[key], row["open"], row["silent_14"], row["silent_30"]) for row in rows)
