"""Shapes of areas: reading foreign GeoJSON, mending it, and what is computed from it. No rows here, only geometry.

Coordinates are longitude and latitude (WGS 84) in degrees, kept to seven decimals, which is about one centimeter.
"""

import math

import shapely
from shapely import MultiPolygon, STRtree
from shapely.errors import ShapelyError
from shapely.geometry import shape

DECIMALS = 7
METERS_NORTH = 110_574
METERS_EAST = 111_320
# Shapes closer than this touch; two of them are neighbors where they touch for longer than a corner does.
TOUCH_METERS = 15
BORDER_METERS = 60
# The ellipsoid of WGS 84.
EQUATOR = 6_378_137.0
ECCENTRICITY = 0.081_819_190_842_622
POLYGONS = ("Polygon", "MultiPolygon")


class Unusable(Exception):
    """A geometry that cannot become an area; says why in words that fit after a name and a colon."""


class NotDegrees(Unusable):
    """A geometry whose coordinates are no longitudes and latitudes."""


def tidy(raw):
    """Make a GeoJSON geometry the MultiPolygon that is kept: (shape, what had to be mended or "").

    Flat, rounded, valid, outer rings counterclockwise (RFC 7946). Raises Unusable.
    """
    drawn = _read(raw)
    broken = "" if drawn.is_valid else shapely.is_valid_reason(drawn)
    found = _rounded(drawn)
    mended = _only_polygons(shapely.make_valid(found, method="structure", keep_collapsed=False))
    # What was mended may leave parts side by side that share a line, which a MultiPolygon may not.
    whole = mended if mended.is_valid else shapely.union_all(shapely.get_parts(mended))
    if whole.is_empty or not whole.area:
        raise Unusable("has a shape without any ground")
    west, south, east, north = whole.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise NotDegrees("lies outside of longitude and latitude: its coordinates are of another system")
    many = MultiPolygon(shapely.get_parts(whole).tolist())
    return shapely.orient_polygons(many), _mended(broken, found, many)


def _read(raw):
    if not isinstance(raw, dict) or raw.get("type") not in (*POLYGONS, "GeometryCollection"):
        kind = raw.get("type") if isinstance(raw, dict) else None
        raise Unusable(f"is a {kind}, not an area" if isinstance(kind, str) else "has a shape that is no GeoJSON")
    try:
        found = _only_polygons(shapely.force_2d(shape(raw)))
    # Foreign files hold lists of every depth and kind where rings should be, and shapely fails on each in its own way.
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, ShapelyError) as error:
        raise Unusable("has coordinates that cannot be read") from error
    if found.is_empty:
        raise Unusable("has an empty shape")
    # Written this way round, the comparison fails for "not a number" too.
    if not abs(shapely.get_coordinates(found)).max() < math.inf:
        raise Unusable("has coordinates that are no numbers")
    return found


def _rounded(found):
    return shapely.transform(found, lambda points: points.round(DECIMALS))


def _only_polygons(found):
    """The parts that cover ground; lines and points are left out."""
    if found.geom_type in POLYGONS:
        return found
    kinds = (*POLYGONS, "GeometryCollection")
    parts = [_only_polygons(part) for part in shapely.get_parts(found) if part.geom_type in kinds]
    polygons = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return shapely.union_all(polygons) if polygons else MultiPolygon()


def _mended(broken, before, after):
    if not broken:
        return ""
    drawn = before.area
    change = abs(after.area - drawn) / drawn if drawn else 1
    return f"{broken.replace('[', ' at ').replace(']', '')}; mending changed its ground by {change:.1%}"


def geojson(many):
    """A MultiPolygon as the dict that the database gives back."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[list(point) for point in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
            for polygon in many.geoms
        ],
    }


def square_kilometers(found):
    """The ground a shape covers, on the ellipsoid of WGS 84, by an equal-area projection.

    Borders run straight on a map in degrees, as RFC 7946 has it, not along great circles.
    """
    return shapely.transform(found, _equal_areas).area / 1_000_000


def _equal_areas(points):
    placed = points.copy()
    for index, (longitude, latitude) in enumerate(points.tolist()):
        placed[index] = _equal_area(longitude, latitude)
    return placed


def _equal_area(longitude, latitude):
    """Lambert's cylindrical equal-area projection of the ellipsoid, in meters."""
    sine = math.sin(math.radians(latitude))
    flattened = ECCENTRICITY * sine
    north = (1 - ECCENTRICITY**2) * (sine / (1 - flattened**2) + math.atanh(flattened) / ECCENTRICITY) / 2
    return EQUATOR * math.radians(longitude), EQUATOR * north


def shared(one, other):
    """The ground two shapes share, as a part of the smaller one: 0 to 1."""
    smaller = min(one.area, other.area)
    return one.intersection(other).area / smaller if smaller else 0.0


def sameness(one, other):
    """The ground two shapes share, as a part of all that they cover together: 1 where they are the same."""
    together = one.union(other).area
    return one.intersection(other).area / together if together else 0.0


def meeting(ones, others):
    """Pairs (index in ones, index in others) of shapes that meet, in order."""
    if not ones or not others:
        return []
    left, right = STRtree(others).query(ones, predicate="intersects")
    return sorted(zip(left.tolist(), right.tolist(), strict=True))


def neighbors(found):
    """Pairs of indices of shapes that share a border, not just a corner; small gaps between them are forgiven."""
    if not found:
        return []
    plane = _in_meters(found)
    left, right = STRtree(plane).query(plane, predicate="dwithin", distance=TOUCH_METERS)
    grown = {}
    pairs = []
    for one, other in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if one < other:
            if other not in grown:
                grown[other] = plane[other].buffer(TOUCH_METERS)
            if plane[one].boundary.intersection(grown[other]).length >= BORDER_METERS:
                pairs.append((one, other))
    return pairs


def _in_meters(found):
    """The shapes on a plane that is true to meters around their middle: good for a city, not for a continent."""
    west, south, east, north = shapely.total_bounds(found)
    factor = (METERS_EAST * math.cos(math.radians((south + north) / 2)), METERS_NORTH)
    return [shapely.transform(one, lambda points: (points - (west, south)) * factor) for one in found]
