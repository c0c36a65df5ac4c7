"""What became of cases in a span of time: counts and lists of numbers, without a word about anybody.

Nothing here ranks officers: whoever is judged by agreements presses people to agree.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import time
from statistics import fmean

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils import timezone

from cases.following import Outcome, outcome
from cases.models import Case, FollowUp, FollowUpAnswer, GateOverride, Party, Session
from measures.withholding import SMALLEST_COUNT
from notices.walltime import local_to_utc, working_days_between

Reason = Case.ClosingReason
# Closed, and never meant to be settled by us.
NOT_REFERRED = (Reason.INFORMATION, Reason.DUPLICATE)
AGREED = (Reason.AGREEMENT, Reason.PARTIAL)
RESOLVED = (*AGREED, Reason.IMPROVED, Reason.CONCILIATED, Reason.COACHING)
# Working days until somebody of the case was reached.
TARGET, TARGET_HIGH = 3, 1


@dataclass(frozen=True)
class Durability:
    """Follow-ups that were due: of how many every side answered, and of how many every side says that it holds."""

    due: int
    followed_up: int
    held: int


@dataclass(frozen=True)
class Fairness:
    """Answers to “I was treated fairly”, 1 to 5: how many on each side, and their means."""

    initiating: int
    responding: int
    initiating_mean: float | None
    responding_mean: float | None

    @property
    def gap(self):
        """Mean of the initiating minus mean of the responding side, -4 to 4; None where a side gave too few answers."""
        enough = min(self.initiating, self.responding) >= SMALLEST_COUNT
        return self.initiating_mean - self.responding_mean if enough else None


@dataclass(frozen=True)
class Outcomes:
    """What happened from one day to before another.

    `resolved` of `referred` and `agreed` of `mediated` are shares of two different wholes, so both are always shown.
    `contact_days` are working days, `session_days` days; a case counts in the span in which the thing happened.
    """

    received: int
    closed: int
    referred: int
    resolved: int
    mediated: int
    agreed: int
    reasons: tuple[tuple[str, int], ...]
    contact_days: tuple[int, ...]
    contact_in_time: int
    session_days: tuple[int, ...]
    durability: dict[int, Durability]
    repeats: int
    screened_out: int
    overrides: int
    fairness: Fairness


def between(cases, first, after):
    """The outcomes of these cases from a first day to before another."""
    moments = local_to_utc(first, time.min), local_to_utc(after, time.min)
    # A duplicate is a case that is counted already.
    different = cases.exclude(closing_reason=Reason.DUPLICATE)
    contacts = _contacts(different, moments)
    return Outcomes(
        received=different.filter(**_within("received_at", moments)).count(),
        **_closed(cases, moments),
        contact_days=tuple(days for days, _target in contacts),
        contact_in_time=sum(days <= target for days, target in contacts),
        session_days=_session_days(different, moments),
        durability=_durability(cases, first, after),
        repeats=different.filter(**_within("reopened_at", moments)).count(),
        overrides=GateOverride.objects.filter(case__in=cases, **_within("at", moments)).count(),
        fairness=_fairness(cases, moments),
    )


def _within(field, moments):
    return {f"{field}__gte": moments[0], f"{field}__lt": moments[1]}


def _closed(cases, moments):
    met = Session.objects.filter(case=OuterRef("pk"), kind__in=Session.TOGETHER, state__in=Session.MET)
    rows = cases.filter(**_within("closed_at", moments)).order_by().annotate(met=Exists(met))
    counts = {(reason, met): n for reason, met, n in rows.values_list("closing_reason", "met").annotate(n=Count("pk"))}

    def count(reasons, met=None):
        return sum(n for (reason, sat), n in counts.items() if reason in reasons and (met is None or sat == met))

    referred = set(Reason) - set(NOT_REFERRED)
    return {
        "closed": count(set(Reason)),
        "referred": count(referred),
        "resolved": count(RESOLVED),
        "mediated": count(referred, met=True),
        "agreed": count(AGREED, met=True),
        "screened_out": count([Reason.UNSAFE]),
        "reasons": tuple((reason.label, n) for reason in Reason if (n := count([reason]))),
    }


def _contacts(cases, moments):
    """Working days until the first contact of each case that was first reached in the span, with its target."""
    rows = cases.filter(**_within("first_contact_at", moments)).order_by()
    found = rows.values_list("received_at", "first_contact_at", "risk")
    return [
        (
            working_days_between(timezone.localdate(received), timezone.localdate(reached)),
            TARGET_HIGH if risk == Case.Risk.HIGH else TARGET,
        )
        for received, reached, risk in found
    ]


def _session_days(cases, moments):
    first = Min("sessions__starts_at", filter=Q(sessions__state__in=Session.MET))
    rows = cases.order_by().annotate(first=first).filter(**_within("first", moments))
    return tuple(max(0, (first - received).days) for received, first in rows.values_list("received_at", "first"))


def _durability(cases, first, after):
    """{days: Durability}. A side that left before it answered is not waited for."""
    rows = FollowUp.objects.filter(agreement__case__in=cases, due_on__gte=first, due_on__lt=after)
    said = defaultdict(list)
    answers = FollowUpAnswer.objects.filter(follow_up__in=rows.order_by())
    for key, holding in answers.values_list("follow_up", "holding"):
        said[key].append(holding)
    # Whoever answered counts as a side even if they left the case afterwards.
    answered = Q(agreement__between__follow_up_answers__follow_up=F("pk"))
    asked = Q(agreement__between__left_at=None) | answered
    sides = rows.annotate(sides=Count("agreement__between", filter=asked, distinct=True))
    found = defaultdict(list)
    for key, days, count in sides.order_by("days").values_list("pk", "days", "sides"):
        found[days].append((outcome(said[key], count), len(said[key]) >= count > 0))
    return {
        days: Durability(
            due=len(results),
            followed_up=sum(whole for _result, whole in results),
            held=sum(result == Outcome.HELD for result, _whole in results),
        )
        for days, results in found.items()
    }


def _fairness(cases, moments):
    marks = defaultdict(list)
    answers = FollowUpAnswer.objects.filter(follow_up__agreement__case__in=cases, **_within("at", moments))
    for role, mark in answers.exclude(fairness=None).values_list("party__role", "fairness"):
        marks[role].append(mark)
    ours, theirs = marks[Party.Role.INITIATING], marks[Party.Role.RESPONDING]
    return Fairness(len(ours), len(theirs), fmean(ours) if ours else None, fmean(theirs) if theirs else None)
