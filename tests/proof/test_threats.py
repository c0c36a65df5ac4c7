"""docs/THREATS.md: every attack has a control and tests that exist; one without a control says with what it comes."""

import ast
import re

import pytest

from liaison.lint import ROOT

PAGE = (ROOT / "docs" / "THREATS.md").read_text()
LINK = re.compile(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)")


def tables(text):
    """(heading, cells of a row) of every row of every table."""
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|") and not line.startswith(("|---", "| Attack |")):
            yield heading, [cell.strip() for cell in line.strip("|").split("|")]


def collected(path):
    """The names of the tests in a file, as pytest collects them: functions at its top that begin with test_."""
    body = ast.parse((ROOT / path).read_text()).body if (ROOT / path).exists() else []
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def faults(text):
    """What is wrong with the page."""
    for heading, cells in tables(text):
        is_open = heading.startswith("Open")
        if len(cells) != (2 if is_open else 3) or not all(cells):
            yield f"“{cells[0]}” lacks a cell"
        elif not is_open:
            links = LINK.findall(cells[2])
            if LINK.sub("", cells[2]).strip(" ·") or not links:
                yield f"“{cells[0]}” names no test, or something else"
            yield from (f"{path}::{name} does not exist" for name, path in links if name not in collected(path))


def test_every_attack_has_tests_that_exist(figure):
    assert list(faults(PAGE)) == []
    rows = [heading.startswith("Open") for heading, _cells in tables(PAGE)]
    figure("attacks with a control and a test", rows.count(False), ">= 46")
    figure("attacks with no control yet, named with what they come with", rows.count(True), ">= 1")
    figure("tests named in THREATS.md", len(set(LINK.findall(PAGE))), ">= 75")


@pytest.mark.parametrize(
    "row",
    [
        "| Nobody tests this | A control | |",
        "| Told and not linked | A control | test_openings |",
        "| Gone | A control | [test_that_is_gone](../tests/proof/test_audit.py) |",
        "| Elsewhere | A control | [test_every_tampering_of_the_owner_is_named](../tests/proof/test_gone.py) |",
    ],
)
def test_a_row_without_a_test_is_found(row):
    assert len(list(faults(f"## Planted\n{row}\n"))) == 1
