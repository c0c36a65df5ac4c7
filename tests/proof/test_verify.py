"""What `make verify` makes of its products: a missed figure, a failure and a product that proved nothing are seen."""

import sys
import time

import pytest

from tests import verify
from tests.verify import Product, Result

GOOD = {"name": "notices lost", "value": 0, "unit": "", "bound": "== 0", "met": True, "test": "tests/x.py::test_y"}
WRITES = "import os; open(os.environ['FIGURES'], 'a').write('{\"name\": \"x\", \"met\": true}\\n')"

LISTS = 'import sys; open(sys.argv[1], \'w\').write(\'[{"name": "x", "met": null}]\')'


def result(code=0, figures=(GOOD,)):
    return Result(Product("Proofs", (sys.executable, "-m", "pytest"), 10), code, 61.0, list(figures))


@pytest.mark.parametrize(
    ("code", "figures", "met"),
    [(0, [GOOD], True), (1, [GOOD], False), (0, [GOOD, GOOD | {"met": False}], False), (0, [], False)],
)
def test_product_is_met_when_it_ended_well_and_every_figure_holds(code, figures, met):
    assert result(code, figures).met is met


def test_page_shows_a_missed_figure_once_and_as_missed():
    text = verify.page([result(1, [GOOD, GOOD | {"met": False, "value": 2}])])

    assert "| notices lost | 2  | == 0 | **no** | `tests/x.py::test_y` |" in text
    assert text.count("notices lost") == 1
    assert "`python -m pytest`: 61 s, not all met (exit code 1)." in text


def test_products_run_as_programs_in_full_and_within_their_limit():
    wrote = verify.run(Product("Writes", (sys.executable, "-c", WRITES), 20))
    listed = verify.run(Product("Lists", (sys.executable, "-c", LISTS, verify.FIGURES), 20))
    slow = verify.run(Product("Slow", (sys.executable, "-c", "import time; time.sleep(30)"), 1))

    assert (wrote.code, wrote.figures) == (0, [{"name": "x", "met": True, "test": "Writes"}])
    assert (listed.met, listed.figures) == (True, [{"name": "x", "met": None, "test": "Lists"}])
    assert (slow.code, slow.met) == (1, False)


def test_a_product_that_takes_too_long_ends_with_all_that_it_started(tmp_path):
    mark = tmp_path / "still at work"
    child = f"import pathlib, time; time.sleep(2); pathlib.Path({str(mark)!r}).touch()"
    whole = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(30)"
    assert verify.run(Product("Slow", (sys.executable, "-c", whole), 1)).code == 1
    time.sleep(3)
    assert not mark.exists()


def test_products_together_end_within_an_hour():
    began = time.monotonic()
    slow = verify.run(Product("Slow", (sys.executable, "-c", "import time; time.sleep(30)")), left=1)

    assert (slow.code, slow.met) == (1, False)
    assert time.monotonic() - began < 20


def test_what_is_run_last_is_cut_and_not_what_is_run_first(monkeypatch, capsys):
    asleep = (sys.executable, "-c", "import time; time.sleep(3)")
    writes = (sys.executable, "-c", f"import json, os; json.dump([{GOOD}], open(os.environ['FIGURES'], 'w'))")
    monkeypatch.setattr(verify, "PRODUCTS", (Product("First", writes), Product("Last", asleep)))
    monkeypatch.setattr(verify, "HOUR", 2 * verify.GRACE + 1.5)

    assert verify.main(["First", "Last"]) == 1
    said = capsys.readouterr().out
    assert "## First" in said.partition("## Last")[0]
    assert "all met." in said.partition("## Last")[0]
    assert "not all met (exit code 1)" in said.partition("## Last")[2]
