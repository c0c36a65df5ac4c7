"""Staff of two areas, each signed in, with cases on both sides."""

import re
from types import SimpleNamespace

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory


@pytest.fixture
def area(db):
    return AreaFactory(name="Eastgate")


@pytest.fixture
def elsewhere(db):
    return AreaFactory(name="Mill Row")


@pytest.fixture
def staff(area, elsewhere):
    """One of each role in the area, and an officer and a supervisor of another."""
    return SimpleNamespace(
        officer=UserFactory(officer=True, areas=[area], name="Ofc. A. One"),
        colleague=UserFactory(officer=True, areas=[area], name="Ofc. B. Two"),
        supervisor=UserFactory(supervisor=True, areas=[area]),
        mediator=UserFactory(mediator=True),
        coordinator=UserFactory(coordinator=True),
        analyst=UserFactory(analyst=True, areas=[area]),
        records_officer=UserFactory(records_officer=True),
        victim_advocate=UserFactory(victim_advocate=True, areas=[area]),
        nobody=UserFactory(),
        officer_elsewhere=UserFactory(officer=True, areas=[elsewhere]),
        supervisor_elsewhere=UserFactory(supervisor=True, areas=[elsewhere]),
    )


@pytest.fixture
def text_of():
    """The words of an answer without tags and with single spaces."""

    def read(response):
        body = response.content.decode()
        main = body[body.index("<main") : body.index("</main>")]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return read
