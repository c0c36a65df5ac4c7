"""The figures themselves: one that breaks its bound fails, and all of them are written down."""

import json

import pytest

from tests.figures import holds


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [(0, "== 0", True), (1, "== 0", False), (0.95, ">= 0.95", True), (0.94, ">= 0.95", False), (3, "<= 2", False)],
)
def test_bound_holds_or_not(value, bound, expected):
    assert holds(value, bound) is expected


def test_figure_that_breaks_its_bound_is_written_down_and_fails(figure, tmp_path, monkeypatch):
    monkeypatch.setenv("FIGURES", str(tmp_path / "figures"))
    figure("notices lost", 0, "== 0")
    with pytest.raises(AssertionError, match="notices lost is 1"):
        figure("notices lost", 1, "== 0")

    lines = [json.loads(line) for line in (tmp_path / "figures").read_text().splitlines()]
    assert [(line["value"], line["met"]) for line in lines] == [(0, True), (1, False)]


def test_size_is_the_small_one_unless_all_is_asked_for(size, monkeypatch):
    monkeypatch.setattr("tests.figures.FULL", True)
    assert size(ci=5, full=500) == 500
    monkeypatch.setattr("tests.figures.FULL", False)
    assert size(ci=5, full=500) == 5
