"""What homes may count: everything scoped to what its reader may open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import figures
from cases.models import GateOverride
from tests.factories.cases import CaseFactory, SessionFactory
from tests.factories.notices import TaskFactory


@pytest.fixture
def caseload(area, staff):
    now = timezone.now()
    make = {"area": area, "opened_by": staff.opener}
    cases = [
        CaseFactory(**make, received_at=now - timedelta(days=40)),
        CaseFactory(**make, assigned_to=staff.assigned, received_at=now - timedelta(days=16)),
        CaseFactory(**make, assigned_to=staff.assigned, received_at=now - timedelta(days=2)),
        CaseFactory(**make, assigned_to=staff.assigned, on_hold=True, received_at=now - timedelta(days=50)),
        CaseFactory(**make, closed=True),
        CaseFactory(**make, sealed=True, assigned_to=staff.assigned),
        CaseFactory(),
    ]
    TaskFactory(ref=cases[1].reference, owner=staff.assigned, due_at=now - timedelta(days=1))
    return cases


def test_supervisor_figures_count_what_the_supervisor_may_open(caseload, staff):
    found = figures.supervisor_figures(staff.supervisor, staff.supervisor.area_ids)

    assert (found.open, found.unassigned, found.silent_14, found.silent_30, found.overdue) == (4, 1, 2, 1, 1)
    assert sorted(found.ages) == [2, 16, 40, 50]
    officer, area = found.by_officer[0], found.by_area[0]
    assert (officer.name, officer.key, officer.open) == (staff.assigned.name, staff.assigned.reference, 3)
    assert (area.name, area.open, area.silent_14, area.silent_30) == ("Eastgate", 4, 2, 1)


def test_supervisor_figures_equal_their_lists(caseload, staff, sign_in):
    found = figures.supervisor_figures(staff.supervisor, staff.supervisor.area_ids)
    client = sign_in(staff.supervisor)
    lists = {"silent=14": found.silent_14, "silent=30": found.silent_30, "overdue=1": found.overdue,
             "assigned=nobody": found.unassigned, "state=open": found.open}  # fmt: skip

    assert {query: client.get(f"/cases/?{query}").context["page"].count for query in lists} == lists


def test_supervisor_figures_count_what_was_overridden_in_cases_that_the_supervisor_may_open(caseload, staff):
    for case in (caseload[0], caseload[5]):
        GateOverride.objects.create(case=case, kind="notice", lapsed="1", reason="They moved", by=staff.assigned)

    assert figures.supervisor_figures(staff.supervisor, staff.supervisor.area_ids).overrides == 1


def test_my_cases_are_longest_silent_first(caseload, staff, django_assert_num_queries):
    SessionFactory(case=caseload[1])
    assert staff.assigned.roles
    assert staff.assigned.area_ids

    with django_assert_num_queries(2):
        mine = figures.my_cases(staff.assigned)
    assert [line.reference for line in mine] == [caseload[place].reference for place in (1, 2, 5)]
    assert mine[0].next_at is not None
    assert mine[0].url == caseload[1].get_absolute_url()


def test_appointments_of_a_day_are_those_one_is_needed_at(caseload, staff):
    session = SessionFactory(case=caseload[1], staff=[staff.assigned])
    SessionFactory(case=caseload[1], staff=[staff.opener])
    SessionFactory(
        case=caseload[1], staff=[staff.assigned], state="held", recorded_at=timezone.now(), recorded_by=staff.assigned
    )

    starts = session.starts_at - timedelta(hours=1)
    found = figures.appointments_of(staff.assigned, starts, session.starts_at + timedelta(seconds=1))
    assert [one.reference for one in found] == [session.reference]
    assert figures.appointments_of(staff.assigned, starts, session.starts_at) == []
