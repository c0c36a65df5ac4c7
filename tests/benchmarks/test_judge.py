"""The judge of the benchmark: what it lets pass, and what turns it red."""

import json

import pytest

from benchmarks import __main__ as command
from benchmarks import judge, pages

PAGE = pages.Page("a page", "/", "list", ratio=2, queries=10, growth=1.6, fixed=True)
# Seconds whose ratios to one SELECT are in the middle of the reference.
FLOORS = {"one": [0.002] * 9, "list": [0.0094] * 9, "detail": [0.003] * 9, "search": [0.008] * 9}


def names(figures):
    return [figure.name for figure in judge.missed(figures)]


def test_a_page_within_its_budget_passes():
    figures = judge.page_figures(PAGE, 10_000, [0.018] * 9, [0.01] * 9, 10)

    assert names(figures) == []
    assert [figure.value for figure in figures] == [18, 18, 1.8, 10]


def test_a_page_with_one_query_more_is_red():
    figures = judge.page_figures(PAGE, 10_000, [0.018] * 9, [0.01] * 9, 11)

    assert names(figures) == ["a page, 10,000 cases: queries"]


def test_a_page_that_is_too_slow_for_its_floor_is_red():
    figures = judge.page_figures(PAGE, 10_000, [0.021] * 9, [0.01] * 9, 10)

    assert names(figures) == ["a page, 10,000 cases: ratio to floor"]


@pytest.mark.parametrize(("large", "queries", "red"), [(0.016, 10, 0), (0.017, 10, 1), (0.01, 11, 1)])
def test_growth_and_queries_that_grow_are_judged(large, queries, red):
    times = {10_000: [0.01] * 9, 100_000: [large] * 9}

    figures = judge.growth_figures(PAGE, 10_000, 100_000, times, {10_000: 10, 100_000: queries})

    assert len(judge.missed(figures)) == red


@pytest.mark.parametrize("floor", list(judge.REFERENCE))
@pytest.mark.parametrize("off", [2.1, 1 / 2.1])
def test_a_floor_twice_off_its_reference_is_red(floor, off):
    low, high = judge.REFERENCE[floor]
    planted = FLOORS | {floor: [0.002 * (high if off > 1 else low) * off] * 9}

    assert names(judge.floor_figures(10_000, FLOORS, judged=True)) == []
    assert names(judge.floor_figures(10_000, planted, judged=True)) == [f"floor {floor} / one SELECT, 10,000 cases"]
    assert names(judge.floor_figures(100_000, planted, judged=False)) == []


def test_the_quieter_rounds_are_the_same_for_every_page_and_size():
    def round_of(page, floor):
        return [{"page": [page, page], "floor": [floor]}, {"page": [page], "floor": [floor]}]

    rounds = [round_of(3, 1), round_of(2, 1), round_of(9, 9), round_of(1, 1), round_of(5, 1)]

    assert judge.quieter_half(rounds) == [0, 1, 3]
    assert judge.quieter_half(rounds[:1]) == [0]


def test_the_bounds_are_those_we_promise():
    bounds = {page.name: (page.ratio, page.queries, page.growth) for page in (*pages.PAGES, *pages.FORMS)}

    assert bounds == {
        "case list, 50 rows": (2, 10, 1.6),
        "case detail": (3, 10, 1.15),
        "case with 30 sessions and 200 notes": (3, 12, 0),
        "search": (2, 0, 2.5),
        "my day": (0, 0, 0),
        "supervisor home": (0, 0, 0),
        "event page": (3, 4, 0),
        "log a case": (4, 0, 0),
        "register for an event": (4, 10, 0),
    }
    assert all(page.fixed for page in pages.PAGES)


def test_a_missed_figure_ends_the_command_with_one(monkeypatch, tmp_path, capsys):
    good, bad = judge.at_least("messages", 600, "messages/s", 500), judge.at_most("list", 2.4, "x", 2)
    monkeypatch.setattr(command, "measure", lambda sizes: ([good, bad], ["list: queries 3.0 ms"]))

    assert command.main(["300", "--json", str(tmp_path / "figures.json")]) == 1

    assert [one["met"] for one in json.loads((tmp_path / "figures.json").read_text())] == [True, False]
    told = capsys.readouterr().out
    assert "list: 2.4 x  (at most 2)  MISSED" in told
    assert "list: queries 3.0 ms" in told
    monkeypatch.setattr(command, "measure", lambda sizes: ([good], []))
    assert command.main(["300"]) == 0
