"""A pytest plugin for tests of real data, and against all other skips: under CI=true one of those fails the run."""

import os
from pathlib import Path

import pytest

NO_REAL_DATA = "real data is not here"
REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data():
    """`real_data("areas/...")` is the path of a file of the real data under TEST_DATA, or the test is skipped."""
    folder = Path(os.environ.get("TEST_DATA") or REPOSITORY.parent / "shared" / "data")

    def find(name):
        path = folder / name
        if not path.exists():
            pytest.skip(NO_REAL_DATA)
        return path

    return find


class Skips:
    def __init__(self):
        self.real_data, self.others = 0, []

    def pytest_runtest_logreport(self, report):
        if report.skipped and not hasattr(report, "wasxfail"):
            if NO_REAL_DATA in str(report.longrepr):
                self.real_data += 1
            else:
                self.others.append(report.nodeid)

    def pytest_collectreport(self, report):
        if report.skipped:
            self.others.append(report.nodeid)

    @property
    def forbidden(self):
        return self.others if os.environ.get("CI") == "true" else []

    def pytest_sessionfinish(self, session):
        if self.forbidden and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.real_data:
            terminalreporter.write_line(f"{self.real_data} tests of real data skipped: set TEST_DATA to its folder.")
        for nodeid in self.forbidden:
            line = f"FAILED {nodeid}: skipped, and CI=true allows no skip but for missing real data."
            terminalreporter.write_line(line, red=True)


def pytest_configure(config):
    # Workers of xdist report to the process that started them, which alone counts.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(), "skips")
