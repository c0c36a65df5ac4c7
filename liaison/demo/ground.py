"""The ground of the demo city: neighborhoods that tile it without gap or overlap, somewhere in the open ocean."""

import random

from shapely import Polygon

COLUMNS, ROWS = 4, 2
WEST, SOUTH = -40.06, 36.97
WIDTH, HEIGHT = 0.03, 0.028
STEPS = 6


def _corners(rng):
    """The grid's corners, pushed about a little, so that nothing looks ruled."""
    return {
        (x, y): (
            WEST + WIDTH * (x + rng.uniform(-0.18, 0.18)),
            SOUTH + HEIGHT * (y + rng.uniform(-0.18, 0.18)),
        )
        for x in range(COLUMNS + 1)
        for y in range(ROWS + 1)
    }


def _side(rng, start, end):
    """A crooked line between two corners. Both neighbors use the same one, so they touch and never overlap."""
    (ax, ay), (bx, by) = start, end
    line = [start]
    for step in range(1, STEPS):
        along = step / STEPS
        line.append(
            (
                round(ax + (bx - ax) * along + rng.uniform(-0.0012, 0.0012), 6),
                round(ay + (by - ay) * along + rng.uniform(-0.0012, 0.0012), 6),
            )
        )
    return [*line, end]


def tiles(seed):
    """{(column, row): polygon} of the whole grid."""
    rng = random.Random(seed)
    corners = {place: (round(x, 6), round(y, 6)) for place, (x, y) in _corners(rng).items()}
    across = {(x, y): _side(rng, corners[x, y], corners[x + 1, y]) for x in range(COLUMNS) for y in range(ROWS + 1)}
    upward = {(x, y): _side(rng, corners[x, y], corners[x, y + 1]) for x in range(COLUMNS + 1) for y in range(ROWS)}
    found = {}
    for x in range(COLUMNS):
        for y in range(ROWS):
            ring = across[x, y][:-1] + upward[x + 1, y][:-1] + across[x, y + 1][:0:-1] + upward[x, y][:0:-1]
            found[x, y] = Polygon(ring)
    return found
