"""Every post of the product, spoiled in every way we know: no error of ours, no trace of what was refused, no echo."""

import zlib

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz import nasty, watch
from tests.fuzz.rows import ROWS

pytestmark = pytest.mark.django_db
# With the storms of `nasty.VALUES` a form gets 500 posts in full.
LENIENT = settings(
    deadline=None, database=None, phases=[Phase.generate, Phase.shrink], print_blob=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_post(row, world, size):
    body = row.body(world)
    with watch.bound_forms() as forms:
        done = watch.judge(world, row, nasty.Post(nasty.flat(body)))
    # A row whose own body is refused would prove nothing by refusing spoiled ones.
    assert done is not row.key, row.name
    names = watch.names_of(forms)

    for turn in range(size(ci=1, full=len(nasty.VALUES)) if names or body else 1):
        watch.judge(world, row, nasty.storm(body, names, turn + zlib.crc32(row.name.encode())))
    watch.judge(world, row, nasty.long(body, names))

    @seed(zlib.crc32(row.name.encode()))
    @settings(LENIENT, max_examples=size(ci=3, full=150) if names else size(ci=1, full=25))
    @given(nasty.posts(body, names, world.foreign_values))
    def spoiled(post):
        watch.judge(world, row, post)

    spoiled()
