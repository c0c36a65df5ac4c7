"""An area with the people who can meet an event of it."""

from types import SimpleNamespace

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.events import EventFactory


@pytest.fixture
def area(db):
    return AreaFactory(name="Eastgate")


@pytest.fixture
def staff(area):
    """One of each who may stand in some relation to an event of the area, and their like elsewhere."""
    elsewhere = AreaFactory(name="Mill Row")
    return SimpleNamespace(
        lead=UserFactory(officer=True, areas=[area]),
        maker=UserFactory(officer=True, areas=[elsewhere]),
        helper=UserFactory(officer=True, areas=[elsewhere]),
        colleague=UserFactory(officer=True, areas=[area]),
        supervisor=UserFactory(supervisor=True, areas=[area]),
        supervisor_elsewhere=UserFactory(supervisor=True, areas=[elsewhere]),
        coordinator=UserFactory(coordinator=True, areas=[elsewhere]),
        analyst=UserFactory(analyst=True, areas=[area]),
        mediator=UserFactory(mediator=True),
        records_officer=UserFactory(records_officer=True, areas=[area]),
    )


@pytest.fixture
def make_event(area, staff):
    """`make_event(**traits)` is an event that each of the staff stands in their relation to."""

    def make(**traits):
        event = EventFactory(**{"area": area, "lead": staff.lead, "made_by": staff.maker} | traits)
        event.staff.add(staff.helper)
        return event

    return make
