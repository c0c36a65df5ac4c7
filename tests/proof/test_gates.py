"""The static gates: each is green on the source as it is, and red on the fault that it is there for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from liaison import lint, sbom, scoped
from liaison.celery import app

ROOT = lint.ROOT
# What a deployment sets, with secrets of the length that `python -c "import secrets; ..."` draws.
PRODUCTION = {"DEMO": "0", "HTTPS": "1", "DEBUG": "0", "DATABASE_URL": "postgres://liaison@/liaison"}
PRODUCTION |= {
    name: f"{name.lower()}-5Jq8wE2rT9yU4iO7pA1sD6fG3hK0lZxCvBnM-{name[::-1]}"
    for name in ("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY")
}
VIEW = """
from cases.models import Case

def case_list(request):
    return {}
"""
# What ruff must refuse, by its rule.
REFUSED = {
    "TID251 mark_safe": "from django.utils.safestring import mark_safe\n\nmark_safe\n",
    "TID251 shared_task": "from celery import shared_task\n\nshared_task\n",
    "TID251 signals": "from django.db.models.signals import post_save\n\npost_save\n",
    "TID251 receiver": "from django.dispatch import receiver\n\nreceiver\n",
    "S301 pickle": "import pickle\n\npickle.loads(b'')\n",
    "S307 eval": "eval('1')\n",
    "S324 a broken hash": "import hashlib\n\nhashlib.md5(b'')\n",
    "S501 no certificate": "import requests\n\nrequests.get('https://example.org', verify=False, timeout=1)\n",
    "S506 yaml": "import yaml\n\nyaml.load('', Loader=yaml.Loader)\n",
    "S602 a shell": "import subprocess\n\nsubprocess.run('ls', shell=True)\n",
    "S608 spliced SQL": "def rows(cursor, name):\n    cursor.execute(f\"SELECT * FROM t WHERE name = '{name}'\")\n",
    "S308 mark_safe": "from django.utils import safestring\n\nsafestring.mark_safe(input())\n",
    "DJ007 mass assignment": (
        "from django import forms\n\n\nclass Form(forms.ModelForm):\n    class Meta:\n"
        "        model = None\n        fields = \"__all__\"\n"
    ),
    "PLC0415 an import inside": "def late():\n    import json\n\n    return json\n",
}  # fmt: skip
# What djlint must refuse, of which one stands in for the rules that it has for Django alone.
TEMPLATES = {
    "H021": '<p style="color: red">Red</p>\n',
    "H019": '<a href="javascript:alert(1)">Go</a>\n',
    "H013": '<img src="x.svg">\n',
    "T027": "{% translate \"open %}\n",
    "D004": '<link rel="stylesheet" href="/static/x.css">\n',
    "H022": '<a href="http://example.org/">There</a>\n',
}  # fmt: skip


def ruff(source, name):
    command = [
        lint.TOOLS / "ruff",
        "check",
        "--quiet",
        "--no-cache",
        "--output-format=concise",
        f"--stdin-filename={name}",
        "-",
    ]
    return subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True).stdout


@pytest.mark.parametrize("rule", REFUSED)
def test_style_refuses(rule):
    assert f" {rule.split()[0]} " in ruff(REFUSED[rule], "cases/planted.py")


def test_tasks_are_made_in_one_place_alone():
    assert "TID251" not in ruff(REFUSED["TID251 shared_task"], "core/tasks.py")


def djlint(path):
    done = subprocess.run(
        [sys.executable, "-m", "djlint", path, "--lint", "--quiet", "--configuration", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_templates_with_each_fault_are_refused(tmp_path):
    for rule, source in TEMPLATES.items():
        (tmp_path / f"{rule}.html").write_text(source)
    code, said = djlint(tmp_path)
    assert code == 1
    assert {rule for rule in TEMPLATES if rule not in said} == set()


# Views that ask who reads --------------------------------------------------------------------------------------------


@pytest.fixture
def source(tmp_path):
    """`source(text)` is a tree like ours, in which a view of cases says this."""
    (tmp_path / "cases").mkdir()
    parts = (ROOT / "cases" / "models" / f"{name}.py" for name in ("doors", "case", "communication"))
    (tmp_path / "cases" / "models.py").write_text("\n".join(part.read_text() for part in parts))

    def make(expression):
        (tmp_path / "cases" / "views.py").write_text(VIEW.replace("{}", expression))
        return [text for _place, text in scoped.unscoped(tmp_path)]

    return make


def test_views_ask_who_reads(figure):
    assert scoped.complaints() == []
    figure("models whose rows ask who reads", len(scoped.guarded(ROOT)), ">= 12")
    figure("unscoped readings in views", len(scoped.complaints()), "== 0")


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("Case.objects.all()", ["Case.objects.all"]),
        ("Communication.objects.filter(case=1)", ["Communication.objects.filter"]),
        ("Communication.objects.readable_by(user)", []),
        ("Case.objects.filter(pk=1).visible_to(request.user)", ["Case.objects.filter"]),
        ("Case.objects.visible_to(request.user)", []),
        ("Case.objects.search(request.user, 'x')", []),
    ],
)
def test_a_view_that_asks_nobody_is_found(source, expression, found):
    assert source(expression) == found


def test_a_reading_that_is_allowed_is_read_somewhere():
    """An exception that nothing needs any more is one that somebody will use."""
    views = "".join(
        path.read_text()
        for app in scoped.APPS
        for pattern in ("*views.py", "views/*.py")
        for path in (ROOT / app).glob(pattern)
    )

    assert {text for text in scoped.ALLOWED if f"{text}(" not in views} == set()


# Locks, the bill of materials, settings of a deployment --------------------------------------------------------------


def test_every_requirement_is_pinned_by_version_and_hash(figure):
    locks = [path for path in lint.LOCKS if path.suffix == ".txt"]
    assert len(locks) == 5
    figure("requirements without a version or hash", sum(len(lint.unhashed(path)) for path in locks), "== 0")


@pytest.mark.parametrize(
    "line", ["django==5.2\n", "django>=5 \\\n    --hash=sha256:00\n", "./wheel.whl\n", "django @ https://x/y\n"]
)
def test_a_requirement_that_anybody_could_replace_is_found(tmp_path, line):
    path = tmp_path / "base.txt"
    path.write_text(f"# Locked.\nasgiref==1.0 \\\n    --hash=sha256:00\n    # via django\n{line}")

    assert len(lint.unhashed(path)) == 1


def test_bill_of_materials_names_all_that_is_shipped_and_nothing_else(figure, monkeypatch):
    bill = sbom.bill()
    names = {sbom.plain(part["name"]) for part in bill["components"] if part["purl"].startswith("pkg:pypi/")}
    # Some of the lock is for other systems and not installed here.
    elsewhere = sbom.shipped() - names
    lock = sbom.LOCK.read_text()

    assert all(f"{name}==" in lock and ";" in lock.partition(f"\n{name}==")[2].partition("\n")[0] for name in elsewhere)
    assert names <= sbom.shipped()
    assert "pytest" not in names
    assert "django" in names
    assert {part["name"] for part in bill["components"]} >= set(
        json.loads(sbom.FRONT_END.read_text())["packages"][""]["dependencies"]
    )
    assert bill["bomFormat"] == "CycloneDX"
    assert all({"name", "version", "purl"} <= part.keys() for part in bill["components"])
    assert bill == sbom.bill()
    figure("components in the bill of materials", len(bill["components"]), ">= 60")


def checked(tmp_path, **changed):
    home = {"LIAISON_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "liaison.settings"}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=kept | home | PRODUCTION | changed, capture_output=True, text=True)


def test_settings_of_a_deployment_pass_the_checks(tmp_path):
    done = checked(tmp_path)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "said"), [({"DEBUG": "1"}, "W018"), ({"HTTPS": "0"}, "W012"), ({"SECRET_KEY": "short"}, "W009")]
)
def test_settings_that_are_too_weak_fail_the_checks(tmp_path, changed, said):
    done = checked(tmp_path, **changed)

    assert done.returncode != 0
    assert f"security.{said}" in done.stderr


def test_a_pickled_message_is_refused():
    """Who writes to the queue must not run code in the worker."""
    assert set(app.conf.accept_content) == {"json"}
    with pytest.raises(ContentDisallowed):
        loads(b"cos\nsystem\n.", "application/x-python-serialize", "binary", accept=app.conf.accept_content)


def test_lint_ends_with_an_error_for_each_gate_of_its_own(monkeypatch, capsys, tmp_path):
    planted = tmp_path / "planted.txt"
    planted.write_text("django==5.2\n")
    monkeypatch.setattr(lint, "COMMANDS", {})
    monkeypatch.setattr(lint, "LOCKS", [planted])
    monkeypatch.setattr(scoped, "complaints", lambda: ["cases/views.py:1 reads Case.objects.all"])

    with pytest.raises(SystemExit, match="Failed: locks, scope"):
        lint.main()


def test_lint_runs_every_tool():
    assert lint.COMMANDS.keys() == {"style", "format", "templates", "floors", "migrations"}
    assert Path(lint.TOOLS / "ruff").exists()
