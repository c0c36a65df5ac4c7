"""Tables for spreadsheets: streamed, readable by Excel, and never a formula whatever somebody typed into a field."""

import csv
import unicodedata

from django.http import StreamingHttpResponse

BOM = "\ufeff"
# What begins a formula in some spreadsheet, with the look-alikes that one of them folds into these.
FORMULA = frozenset("=+-@|%\u2212\u2012\u2013\u2014")


def safe(value):
    """The text of one cell. What a spreadsheet would run gets an apostrophe, which spreadsheets show as text.

    Leading white space, control and invisible characters are dropped first: spreadsheets skip them when they look
    for a formula. Full-width forms count as what they look like.
    """
    text = "" if value is None else str(value).replace("\x00", "")
    start = 0
    while start < len(text) and unicodedata.category(text[start])[0] in "ZC":
        start += 1
    text = text[start:]
    return f"'{text}" if text and unicodedata.normalize("NFKC", text[0])[:1] in FORMULA else text


class Echo:
    """A file that hands each line straight back."""

    @staticmethod
    def write(line):
        return line


def lines(header, rows):
    """The table line by line: a byte order mark, the header, the rows, each cell safe."""
    writer = csv.writer(Echo())
    yield BOM
    yield writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def download(name, header, rows):
    """An answer that saves the table as a file while it is still being read from the database."""
    answer = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
