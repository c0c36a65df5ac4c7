"""What nobody types and somebody sends: values, and the ways to wrap them into the body of a post."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from hypothesis import strategies as st

MEGABYTE = "é" * 500_000
# None of these may ever stand in a page as it was sent.
RAW = (
    "<script>fuzz(1)</script>",
    '"><img src=x onerror=fuzz(2)>',
    "' onmouseover='fuzz(3)",
    '" onfocus="fuzz(4)',
    "</textarea><svg onload=fuzz(5)>",
)
# A form layout is compiled as a template: what it computes shows that a value got into it.
TEMPLATE, COMPUTED = "{{ 191918|add:7 }}", "191925"
TEXTS = (
    *("", " ", "\x00", "a\x00b", "\u202egnp.exe", "\u200f\u061c\u2066", "\ud800", "\udfff\ud800", "e\u0301" * 300),
    *("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\ufeff", "\u2028", "\r\nBcc: other@example.org", "٣", "１２"),
    *("unknown", "None", "on", "[]", "{}", '{"id": 1}', "[" * 2_000, "../../etc/passwd", "=1+1", "' OR 1=1 --", "%"),
    *("//evil.example", "https://evil.example/", "javascript:fuzz(6)", "/\\evil.example", "A" * 5_000, "{% fuzz %}"),
)
NUMBERS = ("0", "-1", "1", "2147483648", "9" * 30, "-" + "9" * 19, "1e400", "NaN", "Infinity", "1_000", "0x10", "1.5")
TIMES = (
    *("0001-01-01", "9999-12-31", "10000-01-01", "2027-02-29", "2028-02-29", "2027-03-14", "2026-11-01", "1900-01-01"),
    *("0000-00-00", "2027-13-45", "02:30", "01:30", "24:00", "00:00", "99:99", "2027-03-14T02:30", "2027-W01-1"),
)
VALUES = (*RAW, TEMPLATE, *TEXTS, *NUMBERS, *TIMES)
FILE = b"\x00\xff\xfe<script>fuzz(1)</script>"
TRANSPORTS = ("form", "form", "form", "multipart", "files", "broken", "json", "latin", "nothing")
# Fields that no form asks for: what a hand-made post would try to set.
UNASKED = ("id", "pk", "case", "contact", "state", "opened_by", "assigned_to", "user", "is_active", "access", "version")


class File(str):
    """The content of a file that a form asks for; a form with one is always sent in parts."""

    __slots__ = ()


@dataclass(frozen=True)
class Post:
    """Fields in their order, some of them twice, and how they are wrapped."""

    fields: tuple
    transport: str = "form"

    def wrapped(self):
        """The bytes of the body and their content type."""
        return getattr(self, f"_{self.transport}")()

    def _form(self):
        if any(isinstance(value, File) for _name, value in self.fields):
            return self._multipart()
        pairs = (f"{escaped(name)}={escaped(value)}" for name, value in self.fields)
        return "&".join(pairs).encode(), "application/x-www-form-urlencoded"

    def _multipart(self, ending="--fuzz--\r\n", file=""):
        head = "--fuzz\r\nContent-Disposition: form-data"
        parts = [
            f'{head}; name="{quote_plus(name)}"{file or as_file(value)}\r\n\r\n'.encode()
            + value.encode(errors="surrogatepass")
            for name, value in self.fields
        ]
        return b"\r\n".join([*parts, ending.encode()]), "multipart/form-data; boundary=fuzz"

    def _files(self):
        """A file in place of every value."""
        return self._multipart(file='; filename="../x.html"\r\nContent-Type: text/html')

    def _broken(self):
        """A body that ends in the middle of a part."""
        return self._multipart(ending="--fuzz\r\nContent-Disposition: form-data; name=")

    def _json(self):
        return b'{"title": "\\ud800", "id": 1', "application/json"

    def _latin(self):
        """Bytes that are no UTF-8, in a charset that they are not."""
        return b"title=\xff\xfe%ff&%00=%00&=", "application/x-www-form-urlencoded; charset=utf-7"

    def _nothing(self):
        return b"", "application/x-www-form-urlencoded"


def as_file(value):
    """What a browser says of a file before it sends it."""
    return '; filename="x.ics"\r\nContent-Type: text/calendar' if isinstance(value, File) else ""


def escaped(text):
    """As in an address, with lone surrogates as the bytes that a careless program makes of them."""
    return quote_plus(text, encoding="utf-8", errors="surrogatepass")


def values(foreign=()):
    """One value of a field."""
    return st.one_of(
        st.sampled_from(VALUES),
        st.sampled_from([*foreign, *VALUES[:3]]),
        st.text(st.characters(), max_size=40),
        st.integers().map(str),
        st.dates().map(str),
    )


def flat(body):
    """A body as pairs of texts."""
    lists = ((name, value if isinstance(value, list) else [value]) for name, value in body.items())
    texts = ((name, value) for name, entries in lists for value in entries)
    return tuple((name, value if isinstance(value, File) else str(value)) for name, value in texts)


def posts(body, names, foreign):
    """The body that would be accepted, with some of its fields spoiled, doubled, left out or added."""
    names = sorted({*names, *body})
    some = st.dictionaries(st.sampled_from([*names, *UNASKED]), st.lists(values(foreign), max_size=3), max_size=4)
    all_of_them = st.fixed_dictionaries({name: values(foreign).map(lambda value: [value]) for name in names})

    def spoiled(changes, transport):
        return Post(flat(body | changes), transport)

    return st.builds(spoiled, st.one_of(some, some, some, all_of_them), st.sampled_from(TRANSPORTS))


def storm(body, names, turn):
    """Every field spoiled at once; each turn gives each field another of the values, so that all come to all."""
    spoiled = {name: VALUES[(place + turn) % len(VALUES)] for place, name in enumerate(sorted({*names, *body}))}
    return Post(flat(spoiled))


def long(body, names):
    """A megabyte in the field that takes the longest text."""
    name = max(sorted({*names, *body}), key=lambda name: len(str(body.get(name, "")))) if body or names else "title"
    return Post(flat(body | {name: MEGABYTE}), "multipart")


def queries(names, foreign):
    """A query string."""
    pairs = st.lists(st.tuples(st.sampled_from(names), values(foreign)), max_size=5)
    return pairs.map(lambda fields: "&".join(f"{escaped(name)}={escaped(value)}" for name, value in fields))
