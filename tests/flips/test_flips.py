"""The search finds every kind, each flip is a program, and the runner tells a caught one from a missed one."""

from collections import Counter

import pytest

from liaison.supervisor.home import REPOSITORY
from tests.flips.__main__ import report
from tests.flips.covering import covering
from tests.flips.find import every_flip
from tests.flips.running import BROKEN, CAUGHT, MISSED, STUCK, Runner

KINDS = {"rule", "scope", "guard", "lock", "gate", "middleware", "setting"}
PLANTED = '''"""Who may."""


def can_enter(user):
    """Those who are asked in."""
    return user == "guest"
'''
NOTICES = "from planted.rules import can_enter\n\n\ndef test_enter():\n    assert not can_enter('stranger')\n"


@pytest.fixture(scope="module")
def flips():
    return every_flip(REPOSITORY)


def planted_flips(tmp_path):
    """The flips of a tree in which one app has one rule."""
    for folder in ("core", "liaison"):
        (tmp_path / folder).mkdir()
    (tmp_path / "liaison" / "settings.py").write_text('MIDDLEWARE = ["a", "b"]\nSECURE_SSL_REDIRECT = True\n')
    (tmp_path / "core" / "rules.py").write_text(PLANTED)
    return every_flip(tmp_path)


def test_every_kind_is_found_and_counted(flips, figure):
    counts = Counter(flip.kind for flip in flips)
    assert counts.keys() == KINDS
    assert len(set(map(str, flips))) >= len(flips) - 20
    figure("flips found in the source", len(flips), ">= 300")
    for kind in sorted(KINDS):
        figure(f"flips of the kind {kind}", counts[kind], ">= 20")


def test_each_flip_is_a_program_that_differs(flips):
    for flip in flips:
        source = (REPOSITORY / flip.path).read_text()
        assert flip.applied(source) != source
        compile(flip.applied(source), flip.path, "exec")


def test_each_flip_has_tests_that_exist(flips):
    for flip in flips:
        tests = covering(REPOSITORY, flip)
        assert tests
        assert [one for one in tests if not (REPOSITORY / one.partition("::")[0]).exists()] == []


def test_the_search_finds_what_is_planted(tmp_path):
    found = {f"{flip.kind}: {flip.where}" for flip in planted_flips(tmp_path)}
    assert found == {
        "rule: can_enter is always True",
        "rule: can_enter is always False",
        "middleware: a",
        "middleware: b",
        "setting: SECURE_SSL_REDIRECT = False",
    }


def test_a_missed_flip_is_told_from_a_caught_one(tmp_path):
    """In a real copy, with real servers: a test that sees only strangers misses the rule that lets nobody in."""
    runner = Runner()
    try:
        (runner.tree / "planted").mkdir()
        (runner.tree / "planted" / "__init__.py").touch()
        (runner.tree / "planted" / "rules.py").write_text(PLANTED)
        (runner.tree / "tests" / "test_planted.py").write_text(NOTICES)
        flips = [flip for flip in planted_flips(tmp_path) if flip.kind == "rule"]
        moved = [type(flip)(**(vars(flip) | {"path": "planted/rules.py"})) for flip in flips]
        ended = {flip.where: runner.try_flip(flip, ["tests/test_planted.py"]) for flip in moved}
        assert ended == {"can_enter is always True": CAUGHT, "can_enter is always False": MISSED}
        assert (runner.tree / "planted" / "rules.py").read_text() == PLANTED
    finally:
        runner.close()
    assert not runner.folder.exists()


def test_too_few_caught_is_red(flips, capsys):
    some = flips[:20]
    assert report(flips, dict.fromkeys(some, CAUGHT))
    assert report(flips, dict.fromkeys(some, CAUGHT) | {some[0]: MISSED})
    assert not report(flips, dict.fromkeys(some, CAUGHT) | {some[0]: MISSED, some[1]: STUCK})
    assert not report(flips, dict.fromkeys(some, CAUGHT) | {some[0]: BROKEN})
    assert not report(flips, {})
    assert not report(flips, dict.fromkeys(some, CAUGHT), red=some[:1])
    assert str(some[0]) in capsys.readouterr().out
