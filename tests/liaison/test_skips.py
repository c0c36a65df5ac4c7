"""The gate on skipped tests, with the failures it is there for planted into small runs of pytest."""

import os
import subprocess
import sys

import pytest

from liaison.supervisor.home import REPOSITORY
from tests.skips import NO_REAL_DATA

PLANTED = {
    "passes": "def test_it(): pass",
    "skips": "import pytest\ndef test_it(): pytest.skip('not today')",
    "module skips": "import pytest\npytest.skip('not today', allow_module_level=True)",
    "real data": f"import pytest\ndef test_it(): pytest.skip({NO_REAL_DATA!r})",
}


def run(folder, *planted, ci):
    for number, name in enumerate(planted):
        (folder / f"test_{number}.py").write_text(PLANTED[name])
    (folder / "pytest.ini").write_text("[pytest]")
    alone = {"PYTHONPATH": str(REPOSITORY), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-p", "no:cacheprovider", folder],
        cwd=folder,
        env=os.environ | alone | {"CI": ci},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("planted", "ci", "code"),
    [
        (("passes", "skips"), "", 0),
        (("passes", "skips"), "true", 1),
        (("passes", "module skips"), "true", 1),
        (("passes", "real data"), "true", 0),
        (("passes", "real data", "skips"), "true", 1),
    ],
)
def test_skip_fails_the_run_only_where_it_must_not_be(tmp_path, planted, ci, code):
    assert run(tmp_path, *planted, ci=ci).returncode == code


def test_missing_real_data_is_told_in_one_line(tmp_path):
    said = run(tmp_path, "real data", "real data", "passes", ci="true").stdout

    assert said.count("2 tests of real data skipped: set TEST_DATA to its folder.") == 1
