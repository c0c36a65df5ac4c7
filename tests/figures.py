"""Sizes and figures of the proofs: how much a proof tries, what it measured, and the bound that must hold.

`make test` runs each proof small, `make verify` in full (PROOF=full) and collects every figure in the file that
FIGURES names, one JSON object a line.
"""

import json
import operator
import os
from pathlib import Path

import pytest

BOUNDS = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}
FULL = os.environ.get("PROOF") == "full"


# A proof in full that takes more seconds than this is named with them, so that it is seen where an hour goes.
LONG = 60


class AtOnce:
    """Says what failed, and what took long, when it ends: a run takes long, and may be cut off before its report."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        screen = self.config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and screen is not None:
            screen.write_line(f"\nFAILED {report.nodeid}" + (f"\n{report.longreprtext}" if FULL else ""))
        if FULL and report.duration > LONG and screen is not None:
            screen.write_line(f"\n{report.duration:.0f} s {report.when} {report.nodeid}")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(AtOnce(config))


@pytest.fixture
def size():
    """`size(ci=50, full=2000)` is how many of something this run tries."""
    return lambda *, ci, full: full if FULL else ci


def holds(value, bound):
    """Whether a value keeps to a bound such as "<= 0" or ">= 0.95"."""
    sign, _, limit = bound.partition(" ")
    return BOUNDS[sign](value, float(limit))


@pytest.fixture
def figure(request):
    """`figure("notices lost", 0, "== 0", unit="")` records what a proof measured and fails when it breaks its bound."""

    def record(name, value, bound="", unit=""):
        met = holds(value, bound) if bound else True
        line = {"name": name, "value": value, "unit": unit, "bound": bound, "met": met, "test": request.node.nodeid}
        if path := os.environ.get("FIGURES"):
            with Path(path).open("a") as file:
                file.write(json.dumps(line) + "\n")
        assert met, f"{name} is {value} {unit}, but must be {bound}"

    return record
