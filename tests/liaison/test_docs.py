"""What the documents say is what the code does, as far as a machine can tell."""

import re
from pathlib import Path

import pytest

from tests.liaison.test_compose import names_settings_read

ROOT = Path(__file__).resolve().parents[2]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def variables_of_readme(text):
    """The names in the first column of the settings' table."""
    table = text.partition("| Variable |")[2].partition("\n\n")[0]
    return {name for row in table.splitlines()[2:] for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}


def differences(text):
    # LIAISON_HOME is read before the environment's file can be, BIND by the supervisor alone.
    return variables_of_readme(text) ^ (names_settings_read() | {"LIAISON_HOME", "BIND"})


def test_readme_names_every_setting():
    assert differences((ROOT / "README.md").read_text()) == set()


def test_readme_planted_misspelling_is_caught():
    text = (ROOT / "README.md").read_text().replace("`REDIS_URL`", "`REDIS_ULR`")

    assert differences(text) == {"REDIS_URL", "REDIS_ULR"}


@pytest.mark.parametrize("adr", ADRS, ids=[a.stem for a in ADRS])
def test_adr_is_short_and_whole(adr):
    text = adr.read_text()

    assert len(text.splitlines()) < 60
    assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == []


def test_documents_link_to_files_that_exist():
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")

    assert broken == []
