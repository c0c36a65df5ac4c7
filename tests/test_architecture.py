"""The floors of the house, and what has no room in it. Each gate is shown a planted failure."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from liaison.supervisor.home import REPOSITORY

FLOORS = {
    "liaison",
    "desk",
    "portal",
    "cases",
    "events",
    "accounts",
    "partners",
    "notices",
    "areas",
    "core",
    "measures",
}
TOP = FLOORS | {
    ".ci", ".dockerignore", ".gitignore", ".npmrc", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "README.md",
    "benchmarks", "docker-compose.yml", "docs", "locale", "manage.py", "package-lock.json", "package.json",
    "pyproject.toml", "requirements", "static", "templates", "tests",
}  # fmt: skip
IGNORED = {
    ".git", ".hypothesis", ".import_linter_cache", "__pycache__", "node_modules", "static_build", "static_vendor",
    "test-results", "var",
}  # fmt: skip
NO_ROOM_FOR = {"services.py", "utils.py", "helpers.py", "managers.py"}
LINTER = Path(sys.executable).parent / "lint-imports"


def modules(root=REPOSITORY):
    return sorted(path for floor in FLOORS for path in (root / floor).rglob("*.py"))


def top_level(root):
    """What stands at the top and is neither ignored nor made by a tool."""
    return {
        path.name
        for path in root.iterdir()
        if path.name not in IGNORED and not path.name.startswith(".venv") and not path.name.endswith("_cache")
    }


def imports(source):
    """Every dotted name that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def listens(source):
    """Whether a module could listen to signals, by the only ways to come by one."""
    return {name for name in imports(source) if "signals" in name.split(".") or name.startswith("django.dispatch")}


def hides_an_import(source):
    """The functions of a module that import something, where a circle could hide."""
    return {
        function.name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }


def holds_together(root):
    return subprocess.run([LINTER, "--no-cache"], cwd=root, capture_output=True, text=True)


def test_imports_run_downward_only():
    done = holds_together(REPOSITORY)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/planted.py", "import areas"),
        ("areas/planted.py", "import notices.models"),
        ("accounts/planted.py", "from cases import models"),
        ("portal/planted.py", "import desk"),
        ("desk/planted.py", "def late():\n    import liaison.settings"),
    ],
)
def test_upward_or_sideways_import_is_caught(tmp_path, module, line):
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
        (tmp_path / floor / "__init__.py").touch()
        (tmp_path / floor / "models.py").touch()
    (tmp_path / "liaison" / "settings.py").touch()
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    assert holds_together(tmp_path).returncode == 0

    (tmp_path / module).write_text(line)

    assert holds_together(tmp_path).returncode == 1


def test_nothing_unknown_stands_at_the_top(tmp_path):
    assert top_level(REPOSITORY) - TOP == set()

    (tmp_path / "scripts").mkdir()
    assert top_level(tmp_path) - TOP == {"scripts"}


def test_nobody_listens_to_signals():
    assert {path: found for path in modules() if (found := listens(path.read_text()))} == {}

    assert listens("from django.db.models.signals import post_save")
    assert listens("from django.db.models import signals")
    assert listens("from allauth.account.signals import user_logged_in")
    assert listens("from django.dispatch import receiver")
    assert not listens("from django.db import models")


def test_no_import_hides_in_a_function():
    assert {path: found for path in modules() if (found := hides_an_import(path.read_text()))} == {}

    assert hides_an_import("def late():\n    import os") == {"late"}


def test_tasks_come_from_one_place():
    found = {path for path in modules() if "celery.shared_task" in imports(path.read_text())}

    assert found <= {REPOSITORY / "core" / "tasks.py"}
    assert imports("from celery import shared_task") == {"celery.shared_task"}


def test_no_module_is_named_for_nothing():
    assert {path for path in modules() if path.name in NO_ROOM_FOR} == set()
    assert len(modules()) > len(FLOORS)


def looks_too_early(source):
    """The lines of a test that ask a page once, where the answer of a click may not be there yet."""
    once = {"content", "get_attribute", "inner_text", "input_value", "is_checked", "is_visible", "title"}
    return {
        claim.lineno
        for claim in ast.walk(ast.parse(source))
        if isinstance(claim, ast.Assert)
        for call in ast.walk(claim)
        if isinstance(call, ast.Call)
        and (path := dotted(call.func))
        and path[0] in {"page", "tab", "theirs", "first", "second", "officer"}
        and path[-1] in once
    }


def dotted(node):
    """The names of `page.locator(…).title`, first to last, whatever is called between them."""
    names = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return []
    return [node.id, *reversed(names)]


def test_tests_of_pages_wait_for_what_they_ask():
    """`expect(page).to_have_title(…)` looks until it holds; `page.title()` may meet a page that is still to come."""
    tests = [path for folder in ("browser", "journeys") for path in (REPOSITORY / "tests" / folder).glob("test_*.py")]
    assert len(tests) > 9
    assert {path.name: found for path in tests if (found := looks_too_early(path.read_text()))} == {}
    assert looks_too_early("def test():\n    assert page.title().startswith('Error')") == {2}
    assert looks_too_early("def test():\n    assert page.locator('h1').inner_text() == 'Cases'") == {2}
