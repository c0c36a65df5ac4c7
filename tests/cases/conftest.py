"""A city of one area with the people who can meet a case, and browsers in which they are signed in."""

from types import SimpleNamespace

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory
from tests.factories.lists import deliver_lists


@pytest.fixture
def area(db):
    deliver_lists()
    return AreaFactory(name="Eastgate")


@pytest.fixture
def staff(area):
    """One of each who may stand in some relation to a case of the area, and their like elsewhere."""
    elsewhere = AreaFactory(name="Mill Row")
    return SimpleNamespace(
        opener=UserFactory(officer=True, areas=[area]),
        assigned=UserFactory(officer=True, areas=[area]),
        colleague=UserFactory(officer=True, areas=[area]),
        facilitator=UserFactory(mediator=True),
        former_facilitator=UserFactory(mediator=True),
        supervisor=UserFactory(supervisor=True, areas=[area]),
        second_supervisor=UserFactory(supervisor=True, areas=[area]),
        supervisor_elsewhere=UserFactory(supervisor=True, areas=[elsewhere]),
        officer_elsewhere=UserFactory(officer=True, areas=[elsewhere]),
        coordinator=UserFactory(coordinator=True, areas=[area]),
        analyst=UserFactory(analyst=True, areas=[area]),
        records_officer=UserFactory(records_officer=True, areas=[area]),
        victim_advocate=UserFactory(victim_advocate=True, areas=[area]),
        other_mediator=UserFactory(mediator=True),
        nobody=UserFactory(),
    )


@pytest.fixture
def open_case(area, staff):
    """`open_case(**traits)` is a case that each of the staff stands in their relation to."""

    def make(**traits):
        case = CaseFactory(**{"area": area, "opened_by": staff.opener, "assigned_to": staff.assigned} | traits)
        FacilitatorFactory(case=case, user=staff.facilitator)
        FacilitatorFactory(case=case, user=staff.former_facilitator, part="co", ended_at=case.opened_at)
        return case

    return make


@pytest.fixture
def case(open_case):
    return open_case()
