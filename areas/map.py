"""The map of one level of areas as an SVG made here: shapes a phone can load, each a link.

It stands beside a list with the same links, so nobody needs it; it is for those who know the city by its shape.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import shapely

from areas.models import Area

WIDTH = 600
# Points are left out until all paths together weigh less than this.
MOST_BYTES = 40_000
FIRST_TOLERANCE = 0.7
# What a name takes on the map, in its units; on a phone 20 units are 12 pixels.
LETTER_WIDTH, CAPITAL_WIDTH, LINE_HEIGHT = 11, 13, 22


@dataclass(frozen=True)
class Drawn:
    """One area on the map: its path, and where its name fits, if it does."""

    reference: str
    name: str
    path: str
    label: tuple[int, int] | None


@dataclass(frozen=True)
class Link:
    """An area on the map, and where it leads."""

    drawn: Drawn
    address: str
    chosen: bool


@dataclass(frozen=True)
class AreaMap:
    """What `areas/_map.html` shows: one level, as wide as WIDTH and as high as the city wants."""

    level: str
    height: int
    links: list[Link]
    width: int = WIDTH


def area_map(areas, *, address, chosen=None):
    """The map of the level with the most areas among those given, or None where none of them has a shape.

    `areas` is a QuerySet of areas in force, `address(area)` where an area leads, `chosen` the one that is marked.
    """
    drawable = [area for area in areas if area.geometry_key]
    if chosen is not None and chosen.geometry_key:
        level = chosen.level
    else:
        levels = [area.level for area in drawable]
        level = max(sorted(set(levels)), key=levels.count, default=None)
    shown = [area for area in drawable if area.level == level]
    if not shown:
        return None
    height, drawn = svg_paths(shown)
    links = [Link(one, address(area), area == chosen) for one, area in zip(drawn, shown, strict=True)]
    return AreaMap(level, height, links)


def svg_paths(areas):
    """(height, [Drawn in the order of the areas]) of areas that have shapes; remembered until a shape changes."""
    return _drawing(tuple((area.pk, area.geometry_key, area.reference, area.name) for area in areas))


@lru_cache(maxsize=16)
def _drawing(keys):
    shape_of = {area.pk: area.shape for area in Area.objects.with_shapes().filter(pk__in=[key[0] for key in keys])}
    height, plane = _on_the_sheet([shape_of[pk] for pk, *_ in keys])
    simple, paths = _light_enough(plane)
    taken = []
    return height, [
        Drawn(reference, name, path, _label(shape, name, taken))
        for (_, _, reference, name), shape, path in zip(keys, simple, paths, strict=True)
    ]


def _on_the_sheet(found):
    """Degrees become units of the sheet: north is up, and a kilometer is as long east as it is north."""
    west, south, east, north = shapely.total_bounds(found)
    narrower = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrower, (north - south) * 0.6, 1e-9)
    height = max(1, math.ceil((north - south) * scale))
    margin = (WIDTH - (east - west) * narrower * scale) / 2
    factor = (narrower * scale, -scale)
    return height, [
        shapely.transform(one, lambda points: (points - (west, north)) * factor + (margin, 0)) for one in found
    ]


def _light_enough(plane):
    """Simplified shapes and their paths. Areas that share a border keep sharing it, so no gaps open."""
    tolerance = FIRST_TOLERANCE
    while True:
        simple = shapely.coverage_simplify(plane, tolerance)
        simple = [after if not after.is_empty else before for before, after in zip(plane, simple, strict=True)]
        paths = [_path(shape) for shape in simple]
        if sum(map(len, paths)) <= MOST_BYTES or tolerance > WIDTH / 10:
            return simple, paths
        tolerance *= 1.6


def _path(shape):
    rings = [ring for polygon in shapely.get_parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    drawn = [text for text in map(_ring, rings) if text]
    # An area too small for the sheet stays a dot, or it could not be chosen there.
    return "".join(drawn) or _dot(shape)


def _ring(ring):
    """A ring in whole units, each point told by its distance from the last; "" where nothing is left of it."""
    points = []
    for x, y in ring.coords:
        point = (round(x), round(y))
        if not points or point != points[-1]:
            points.append(point)
    if len(set(points)) < 3:
        return ""
    steps = [f"{x - a} {y - b}" for (a, b), (x, y) in zip(points, points[1:-1], strict=False)]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def _dot(shape):
    inner = shape.representative_point()
    return f"M{round(inner.x)} {round(inner.y)}h2v2h-2z"


def _label(shape, name, taken):
    """The middle of the name where it fits into the area and covers no other name, else None."""
    half_wide = len(name) * (CAPITAL_WIDTH if name.isupper() else LETTER_WIDTH) / 2
    half_high = LINE_HEIGHT / 2
    middle = shape.representative_point()
    spot = shapely.box(middle.x - half_wide, middle.y - half_high, middle.x + half_wide, middle.y + half_high)
    if shape.intersection(spot).area < 0.95 * spot.area or any(spot.intersects(other) for other in taken):
        return None
    taken.append(spot)
    return round(middle.x), round(middle.y)
