"""What is built and not kept: catalogs, and steps that run only when what they read has changed."""

import gettext

import pytest

from liaison import build, catalogs, lint

CATALOG = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Good morning"
msgstr "Buenos días"

msgid "%(count)d case"
msgid_plural "%(count)d cases"
msgstr[0] "%(count)d caso"
msgstr[1] "%(count)d casos"

#, fuzzy
msgid "Good evening"
msgstr "Buenas"
"""


def test_catalogs_are_compiled_once(tmp_path):
    source = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOG)

    assert catalogs.compile_all(tmp_path) == [source.with_suffix(".mo")]
    assert catalogs.compile_all(tmp_path) == []

    with source.with_suffix(".mo").open("rb") as file:
        spanish = gettext.GNUTranslations(file)
    assert spanish.gettext("Good morning") == "Buenos días"
    assert spanish.ngettext("%(count)d case", "%(count)d cases", 2) == "%(count)d casos"
    assert spanish.gettext("Good evening") == "Good evening"


def test_step_runs_when_its_inputs_changed_or_its_result_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    given, made, mark = tmp_path / "given", tmp_path / "made", tmp_path / "mark"
    given.write_text("1")
    ran = []

    def step():
        ran.append(given.read_text())
        made.touch()

    build.once(mark, [given], step, made)
    build.once(mark, [given], step, made)
    assert ran == ["1"]

    given.write_text("2")
    build.once(mark, [given], step, made)
    assert ran == ["1", "2"]

    made.unlink()
    build.once(mark, [given], step, made)
    assert ran == ["1", "2", "2"]


def test_lock_files_name_no_address():
    assert [line for path in lint.LOCKS for line in lint.addresses(path)] == []
    assert len(lint.LOCKS) == 6


@pytest.mark.parametrize("line", ["--index-url https://index.example/simple", '"resolved": "https://r.example/a.tgz"'])
def test_address_in_a_lock_file_is_caught(tmp_path, line):
    planted = tmp_path / "base.txt"
    planted.write_text(f"django==5.2\n{line}\n")

    assert lint.addresses(planted) == [f"{planted.relative_to(tmp_path.parent)}:2 names an address"]
