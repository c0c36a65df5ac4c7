"""What became of cases: counted in the span in which it happened, of those a reader may open."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from cases import figures
from cases.models import Agreement, Case, FollowUp, FollowUpAnswer, GateOverride
from cases.outcomes import Durability, Fairness
from notices.walltime import working_days_after, working_days_between
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory

JUNE = date(2026, 6, 1)


def at(day, clock=time(12)):
    return datetime.combine(date(2026, 6, 1) + timedelta(days=day - 1), clock, tzinfo=ZoneInfo(settings.TIME_ZONE))


def closed(area, reason, day=10, *, met=False, **fields):
    """A case that was closed on a day of June; with `met` the sides sat together before."""
    case = CaseFactory(area=area, **fields)
    Case.objects.filter(pk=case.pk).update(
        state="closed", closing_reason=reason, closed_at=at(day), closed_by=case.opened_by
    )
    if met:
        begun = at(day - 3)
        SessionFactory(case=case, kind="joint", state="held", starts_at=begun, day=begun.date(), clock=begun.time())
    return case


def followed(case, due, *holdings, days=30, sides=2, fairness=()):
    """A follow-up of a case, answered by the first of its sides."""
    roles = ("initiating", "responding")
    parties = [PartyFactory(case=case, role=roles[place % 2]) for place in range(sides)]
    agreement = Agreement.objects.create(case=case, kind="full", agreed_on=JUNE, by=case.opened_by)
    agreement.between.set(parties)
    follow_up = FollowUp.objects.create(agreement=agreement, days=days, due_on=due)
    for place, holding in enumerate(holdings):
        mark = fairness[place] if place < len(fairness) else None
        FollowUpAnswer.objects.create(
            follow_up=follow_up, party=parties[place], mode="call", holding=holding, fairness=mark, at=at(20)
        )
    return parties


def june():
    return figures.figures_for(JUNE)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-21", "2026-11-22", 0),
        ("2026-11-21", "2026-11-23", 0),
        ("2026-11-21", "2026-11-24", 1),
        ("2026-11-20", "2026-11-21", 1),
        ("2026-11-16", "2026-11-27", 9),
    ],
)
def test_working_days_that_passed(start, end, days):
    start, end = date.fromisoformat(start), date.fromisoformat(end)
    assert working_days_between(start, end) == days
    assert working_days_after(start, days) >= end
    assert days == 0 or working_days_after(start, days - 1) < end


def test_both_shares_have_their_own_whole(area, db):
    for reason, met in (
        ("agreement", True), ("partial", True), ("agreement", False), ("no_agreement", True), ("coaching", False),
        ("conciliated", False), ("improved", False), ("not_reached", False), ("unsafe", False),
        ("information", False), ("information", True), ("duplicate", False),
    ):  # fmt: skip
        closed(area, reason, met=met)

    found = june()
    assert (found.closed, found.referred, found.resolved) == (12, 9, 6)
    assert (found.mediated, found.agreed, found.screened_out) == (3, 2, 1)
    assert sum(count for _reason, count in found.reasons) == 12


def test_a_month_ends_where_the_next_begins(area, db, settings):
    for day in (1, 30):
        closed(area, "agreement", day)
    case = closed(area, "agreement")
    Case.objects.filter(pk=case.pk).update(closed_at=at(31, time(0)))
    late = closed(area, "agreement")
    Case.objects.filter(pk=late.pk).update(closed_at=at(30, time(23, 59, 59)))

    assert june().closed == 3
    assert figures.figures_for(date(2026, 7, 1)).closed == 1


def test_time_until_somebody_was_reached_and_met(area, db):
    for received, reached, risk in ((1, 4, "low"), (1, 5, "low"), (1, 2, "high"), (1, 3, "high"), (1, None, "low")):
        CaseFactory(area=area, risk=risk, received_at=at(received), first_contact_at=at(reached) if reached else None)
    met = CaseFactory(area=area, received_at=at(1))
    for day, state in ((3, "no_show"), (9, "held"), (20, "held")):
        SessionFactory(case=met, starts_at=at(day), day=at(day).date(), clock=time(12), state=state)

    found = june()
    assert sorted(found.contact_days) == [1, 2, 3, 4]
    assert found.contact_in_time == 2
    assert found.session_days == (8,)


def test_an_agreement_is_durable_when_every_side_says_so(area, db):
    for holdings in (("held", "held"), ("held", "broken"), ("held",), ("broken", "broken"), ()):
        followed(CaseFactory(area=area), date(2026, 6, 15), *holdings)
    followed(CaseFactory(area=area), date(2026, 6, 15), "held", "held", days=90)
    followed(CaseFactory(area=area), date(2026, 7, 1), "held", "held")

    assert june().durability == {30: Durability(due=5, followed_up=3, held=1), 90: Durability(1, 1, 1)}


def test_a_side_that_left_is_not_waited_for_and_still_counts_if_it_answered(area, db):
    silent = followed(CaseFactory(area=area), date(2026, 6, 15), "held")
    spoke = followed(CaseFactory(area=area), date(2026, 6, 15), "broken", "held")
    for party in (silent[1], spoke[0]):
        type(party).objects.filter(pk=party.pk).update(left_at=timezone.now())

    assert june().durability == {30: Durability(due=2, followed_up=2, held=1)}


def test_a_side_that_joined_after_it_was_agreed_is_not_waited_for(area, db):
    case = CaseFactory(area=area)
    followed(case, date(2026, 6, 15), "held", "held")
    PartyFactory(case=case, role="responding")

    assert june().durability == {30: Durability(due=1, followed_up=1, held=1)}


def test_the_fair_treatment_gap_is_withheld_where_few_answered(area, db):
    for number in range(9):
        followed(CaseFactory(area=area), date(2026, 6, 15), "held", "held", fairness=(5, 3 if number % 2 else 4))
    assert june().fairness.gap is None
    followed(CaseFactory(area=area), date(2026, 6, 15), "held", "held", fairness=(3, 3))

    assert june().fairness == Fairness(10, 10, 4.8, 3.5)
    assert june().fairness.gap == pytest.approx(1.3)


def test_repeats_and_overrides_count_when_they_happened(area, db):
    CaseFactory(area=area, reopened_at=at(3), reopened_count=1)
    CaseFactory(area=area, reopened_at=at(40), reopened_count=1)
    case = CaseFactory(area=area)
    for day in (3, 40):
        GateOverride.objects.create(
            case=case, kind="notice", lapsed=str(day), reason="They moved", by=case.opened_by, at=at(day)
        )

    assert (june().repeats, june().overrides) == (1, 1)


def test_a_supervisor_counts_what_they_may_open(area, staff):
    ours = closed(area, "agreement", opened_by=staff.opener)
    closed(area, "agreement", opened_by=staff.opener, sealed=True)
    closed(CaseFactory().area, "agreement")

    found = figures.outcomes_for(staff.supervisor, staff.supervisor.area_ids, JUNE, date(2026, 7, 1))
    assert (found.closed, ours.area) == (1, area)


def test_an_empty_month_says_nothing(db):
    found = june()
    assert (found.closed, found.referred, found.contact_days, found.durability) == (0, 0, (), {})
    assert found.fairness == Fairness(0, 0, None, None)
