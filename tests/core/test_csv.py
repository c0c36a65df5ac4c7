"""Tables for spreadsheets: whatever is typed into a field, no cell is a formula."""

import csv as reader
import io
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import csv

STARTS = "=+-@|%＝＋－＠﹢﹣﹦﹫−"
SKIPPED = " \t\r\n\x00\x07\u00a0\u200b\u2060\u3000\ufeff"
BEFORE = st.text(SKIPPED, max_size=4)


def begins_a_formula(cell):
    """What a careless spreadsheet would see: white space and invisible characters skipped, full-width folded."""
    seen = "".join(c for c in cell if unicodedata.category(c)[0] not in "ZC")
    return unicodedata.normalize("NFKC", seen[:1])[:1] in csv.FORMULA if seen else False


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), st.builds(lambda a, b, c: a + b + c, BEFORE, st.sampled_from(STARTS), st.text())))
def test_no_cell_begins_a_formula(text):
    assert not begins_a_formula(csv.safe(text))


def test_ten_thousand_cells_begin_no_formula():
    chance = random.Random(11)
    pieces = [*STARTS, *SKIPPED, "a", "1", "'", '"', "é", "中"]
    cells = ["".join(chance.choices(pieces, k=chance.randrange(1, 7))) for _ in range(10_000)]

    assert sum(map(begins_a_formula, cells)) > 1_000
    assert not any(begins_a_formula(csv.safe(cell)) for cell in cells)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("\t =cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("＝1", "'＝1"),
        ("-5", "'-5"),
        ("Fence, 2 m", "Fence, 2 m"),
        ("O'Neil", "O'Neil"),
        (None, ""),
        (0, "0"),
    ],
)
def test_what_a_cell_shows(typed, shown):
    assert csv.safe(typed) == shown


def test_a_file_reads_back_as_it_was():
    rows = [["Müller, “Kestrel”", 'says "no"'], ["two\nlines", "=1"]]
    text = "".join(csv.lines(["Name", "Note"], rows))

    assert text.startswith("\ufeff")
    read = list(reader.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read == [["Name", "Note"], rows[0], ["two\nlines", "'=1"]]
