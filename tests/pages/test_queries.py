"""How much each page asks of the database: no more with thirty rows than with one, and no more than its budget."""

from collections import defaultdict

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import figures
from cases.models import Case
from tests.figures import FULL
from tests.matrix import actors
from tests.matrix.gate import registered
from tests.matrix.world import World
from tests.pages import listing
from tests.pages.budgets import BUDGETS
from tests.pages.listing import NO_PAGE, ON_THE_WAY, pages
from tests.pages.rows import grow

pytestmark = pytest.mark.django_db
# Statements that stand around a test's own transaction and would not be there without it.
AROUND = ("SAVEPOINT", "RELEASE SAVEPOINT")
# So many rows more each time: first one, then three, then twelve, in full thirty.
STEPS = (1, 2, 27 if FULL else 9)


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def ask(world, client, sign_in):
    """`ask(page)` is the statements of one page, once everything that is read but once has been read."""
    browsers = {actors.ANONYMOUS: client}

    def statements(page):
        if page.actor not in browsers:
            browsers[page.actor] = sign_in(world.people[page.actor])
        browsers[page.actor].get(page.url)
        with CaptureQueriesContext(connection) as captured:
            answer = browsers[page.actor].get(page.url)
        assert (str(page), answer.status_code) == (str(page), page.status)
        return [query["sql"] for query in captured if not query["sql"].startswith(AROUND)]

    return statements


def growing(counts):
    """The pages that ask more where more rows are."""
    return {page: count for page, count in counts.items() if len(set(count)) > 1}


def over_budget(counts):
    return {page: (max(count), BUDGETS[page.name]) for page, count in counts.items() if max(count) > BUDGETS[page.name]}


def test_pages_ask_no_more_with_more_rows_and_keep_to_their_budgets(world, ask, figure):
    counts = defaultdict(list)
    # The clock stands still: once in a while a page also notes that somebody is still at work.
    with time_machine.travel(timezone.now(), tick=False):
        for more in STEPS:
            grow(world, more)
            for page in pages(world):
                counts[page].append(len(ask(page)))

    assert growing(counts) == {}
    assert over_budget(counts) == {}
    figure("pages with a query budget", len(counts), ">= 129")
    figure("most queries of a page", max(map(max, counts.values())), f"<= {max(BUDGETS.values())}")


def test_every_page_has_a_budget(world):
    """A new page has no budget until somebody writes one down."""
    assert {page.name for page in pages(world)} == set(BUDGETS)


def test_every_address_is_a_page_or_named_as_none(world):
    shown = {page.name for page in pages(world)}
    assert shown | NO_PAGE | ON_THE_WAY == {pattern.name for pattern in registered()}
    assert not shown & (NO_PAGE | ON_THE_WAY)


def test_a_page_that_asks_for_each_row_is_found(world, ask, monkeypatch):
    """The planted failure: a list that counts something for each of its rows."""
    lines = figures.my_cases

    def one_by_one(user, **more):
        rows = lines(user, **more)
        for row in rows:
            Case.objects.filter(reference=row.reference).exists()
        return rows

    monkeypatch.setattr(figures, "my_cases", one_by_one)
    page = next(page for page in pages(world) if page.name == "desk:choose_case")
    counts = {page: []}
    for more in (1, 2):
        grow(world, more)
        counts[page].append(len(ask(page)))
    assert growing(counts) == counts
    assert set(over_budget(counts)) == {page}


def test_what_is_named_as_no_page_shows_none(world, client, sign_in):
    people = {actor: sign_in(world.people[actor]) for actor in listing.ORDER if actor != actors.ANONYMOUS}
    people[actors.ANONYMOUS] = client
    for name in NO_PAGE:
        # At a closed address nothing answers at all, which the matrix of addresses holds.
        for line in (line for line in listing.TABLE[name] if line.kind != "closed"):
            for actor, browser in people.items():
                answer = browser.get(listing.address(name, line, world))
                page = answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]
                assert (name, actor, page) == (name, actor, False)
