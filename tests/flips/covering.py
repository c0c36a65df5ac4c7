"""Which tests should notice a flip: the addresses it touches, then the tests of its app, those of its file first."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.flips.find import APPS, Source
from tests.matrix.table import TABLE

MATRIX, EMPTY = "tests/matrix/test_matrix.py", "tests/matrix/test_headers.py"
ANSWERS = f"{MATRIX}::test_address_answers_each_actor_as_the_table_says"
ABSENT = f"{MATRIX}::test_what_is_not_yours_to_know_looks_like_what_is_not_there"
ONCE, LOCKED = "tests/matrix/test_once.py", "tests/proof/test_locks.py"
# Tests of a part that stand in another folder than its app.
BESIDE = {
    "notices/models/task.py": ["tests/desk/test_my_day.py"],
    "core/once.py": [ONCE],
    "core/guessing.py": ["tests/cases/test_follow_ups.py"],
    "cases/views/agency.py": ["tests/cases/test_agencies.py"],
    "events/fetch.py": ["tests/events/test_load.py", "tests/events/test_roster.py"],
}
# What holds the whole chain around a request.
CHAIN = [
    EMPTY,
    "tests/matrix/test_gates.py",
    f"{ANSWERS}[desk:my_day]",
    f"{ANSWERS}[portal:language at language]",
    f"{ANSWERS}[account_login]",
    f"{ANSWERS}[core:audit_list]",
    "tests/core/test_middleware.py",
    "tests/core/test_refusals.py",
    "tests/accounts/test_sign_in.py",
    "tests/accounts/test_limits.py",
    "tests/accounts/test_second_factor.py",
    "tests/accounts/test_cookies.py",
    "tests/core/test_versions.py",
    "tests/core/test_history.py",
    "tests/core/test_language.py",
    "tests/portal",
    "tests/notices/test_tasks.py",
]


def lines(names, test=ANSWERS, kinds=None):
    """The tests of the matrix for these addresses."""
    found = []
    for name in names:
        for line in TABLE.get(name, ()):
            if kinds is None or line.kind in kinds and line.at:
                found.append(f"{test}[{name} at {line.at}]" if line.at else f"{test}[{name}]")
    return found


def views_that_use(root, app, function):
    """The names of views that call a function of their app, directly or through others of the app."""
    users = _callers(root, app, function)
    return [name for name in TABLE if name.partition(":")[2] in users and name.startswith(f"{app}:")]


@cache
def _calls(root, app):
    """{function: the names it mentions} of an app."""
    found = {}
    for path in sorted((root / app).rglob("*.py")):
        if "migrations" not in path.parts:
            for one in Source(root, path).functions():
                names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(one)}
                found[one.name] = found.get(one.name, set()) | names
    return found


@cache
def _callers(root, app, function):
    """A function and all of its app that lead to it."""
    users, grown = set(), {function}
    while users != grown:
        users = set(grown)
        grown |= {name for name, called in _calls(root, app).items() if called & users}
    return users


@cache
def _words(root, app):
    """{test file: the names it mentions} of an app."""
    return {
        path: set(re.findall(r"\w+", path.read_text())) for path in sorted((root / "tests" / app).glob("test_*.py"))
    }


def tests_of(root, app, path, function):
    """Files that name the function, then those that name what leads to it: nearest first, and not all there are.

    Those that race come before others, because a lock shows in a race alone.
    """
    near, far = {function, function.strip("_")}, _callers(root, app, function)
    order = {
        file: ("racing" not in words, not words & near, -len(words & far)) for file, words in _words(root, app).items()
    }
    named = [(file, _words(root, app)[file]) for file in sorted(order, key=order.get)]
    likely = [str(file.relative_to(root)) for file, words in named if words & (near | far)]
    return [*BESIDE.get(path, ()), *likely[:6]] or [f"tests/{app}"]


def covering(root: Path, flip):
    """The tests to run for a flip, the likeliest first."""
    if flip.path == "liaison/settings.py":
        return CHAIN
    app, function = flip.path.split("/")[0], flip.where.split()[0]
    touched, likely = views_that_use(root, app, function), tests_of(root, app, flip.path, function)
    if flip.kind == "rule" and app == "cases":
        return ["tests/cases/test_rules.py", *lines(touched), *likely]
    if flip.kind == "scope" and function in ("visible_to", "owed_by", "behind_glass_for"):
        others = [name for name in TABLE if name.startswith(f"{app}:")]
        return [*lines(others[:40]), *lines(["desk:search", "desk:my_day"]), *likely, "tests/desk"]
    if "acts each time" in flip.where:
        return [ONCE, *likely]
    if flip.kind == "lock":
        return [LOCKED, *likely]
    if flip.kind == "gate":
        return likely
    return [*lines(touched), *lines(touched, ABSENT, ("object", "role")), *likely]


assert all((Path(__file__).resolve().parents[2] / "tests" / app).is_dir() for app in APPS)
