"""One small run of the real thing: servers, pages, floors, outbox. What it counts is judged, what it times is not."""

from dataclasses import replace

import pytest

from benchmarks import __main__ as command
from benchmarks import installation, judge, outbox, pages
from liaison.supervisor.postgres import Postgres
from tests import migrated

CASES = 300


@pytest.fixture(scope="module")
def run():
    """One list as it is, and the same list with the planted budget of a page that may make three queries."""
    listing = pages.PAGES[0]
    planted = replace(listing, name="planted", queries=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "PAGES", (listing, *pages.PAGES[1:], planted))
        patch.setattr(pages, "WARM_UP", 1)
        patch.setattr(outbox, "WORKERS", 1)
        patch.setattr(installation, "Postgres", lambda home: Postgres(migrated.fill(home)))
        return command.measure([CASES], rounds=1, burst=2, messages=200)


def test_the_harness_measures_every_page_its_floor_and_the_outbox(run):
    figures, where = run
    told = {figure.name: figure.value for figure in figures}

    # The load; three floors; of ten pages p50, p95, ratio and queries; three of the outbox.
    assert len(figures) == 1 + 3 + 10 * 4 + 3
    assert len(where) == 10
    assert all(value > 0 for value in told.values()), told


def test_pages_make_as_many_queries_as_they_may(run):
    queries = {figure.name: figure.met for figure in run[0] if "queries" in figure.name and figure.met is not None}

    assert queries == {
        f"case list, 50 rows, {CASES} cases: queries": True,
        f"case detail, {CASES} cases: queries": True,
        f"case with 30 sessions and 200 notes, {CASES} cases: queries": True,
        f"event page, {CASES} cases: queries": True,
        f"register for an event, {CASES} cases: queries": True,
        "outbox: queries that read a batch of 100": True,
        f"planted, {CASES} cases: queries": False,
    }


def test_a_page_over_its_queries_is_among_what_is_missed(run):
    assert f"planted, {CASES} cases: queries" in [figure.name for figure in judge.missed(run[0])]
