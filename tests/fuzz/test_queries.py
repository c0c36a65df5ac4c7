"""Every page of the product, asked for with query strings and addresses that nobody means."""

import zlib

import pytest
from django.urls import reverse
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import nasty, watch
from tests.fuzz.pages import ASKS, COMMON, PAGES, WRITTEN_BY_READING
from tests.fuzz.rows import ROWS
from tests.fuzz.test_forms import LENIENT

pytestmark = pytest.mark.django_db
# Forms whose page reads nothing from its address are tried by their posts.
READ = [*PAGES, *(row for row in ROWS if row.name in ASKS)]


def asked(world, row, url):
    """Read a page, and fail if the answer or what it left behind is wrong."""
    with watch.undone() as touched:
        answer = watch.browser(world, row.who).get(url)
        assert answer.status_code < 500 or row.name == "readyz", answer.status_code
        watch.must_not_echo(answer)
        watch.must_have_left_nothing(world, answer, touched(), without=WRITTEN_BY_READING.get(row.name, ()))
        return answer


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_query(row, world, size):
    names = [*ASKS.get(row.name, ()), *COMMON]
    url = row.url(world)
    plain = asked(world, row, url)
    # A page that cannot be read as it stands would prove nothing.
    assert plain.status_code in (200, 302), plain.status_code

    @seed(zlib.crc32(row.name.encode()))
    @settings(LENIENT, max_examples=(size(ci=4, full=120) if row.name in ASKS else size(ci=1, full=25)))
    @given(nasty.queries(names, world.foreign_values))
    def spoiled(query):
        asked(world, row, f"{url.partition('?')[0]}?{query}")

    spoiled()


def test_addresses(world, size):
    """Parts of an address that mean nothing, or somebody else's thing, are not found or not understood."""
    parts = [
        row for row in [*PAGES, *ROWS] if ":" in row.name and any(isinstance(part, str) for part in row.args(world))
    ]
    # Coordinators administer all staff, so that of others is theirs to know.
    theirs = [value for value in world.foreign_values if not value.isdigit() and not value.startswith("U-")]
    short = [value for value in nasty.VALUES if len(value) < 200 and value not in ("", ".", "..")]

    @seed(0)
    @settings(LENIENT, max_examples=size(ci=40, full=2_000))
    @given(st.sampled_from(parts), st.sampled_from([*short, *theirs]))
    def strange(row, value):
        # Records officers read what was changed in any record.
        assume(not (row.name == "core:history_detail" and value in theirs))
        # Organizations belong to nobody: whoever may edit one may edit every other.
        assume(not (row.name.startswith("partners:") and value.startswith("O-")))
        args = row.args(world)
        place = max(place for place, part in enumerate(args) if isinstance(part, str))
        marked = reverse(row.name, args=[*args[:place], "PLACE", *args[place + 1 :]])
        answer = asked(world, row, marked.replace("PLACE", nasty.escaped(value).replace("+", "%20")))
        assert answer.status_code in (302, 400, 403, 404, 405, 410), (row.name, value, answer.status_code)

    strange()
    assert len(parts) >= 50
