"""Which area a point lies in. The point is forgotten: nothing here stores or logs it."""

from functools import lru_cache

import shapely

from areas.models import Area

# Borders are kept to seven decimals of a degree, about a centimeter; a point so close to one lies on it.
ON_THE_BORDER = 1e-7


@lru_cache(maxsize=2048)
def _prepared(pk, geometry_key):
    """An area's shape, made ready for many questions. The key changes with the shape, so no memory is ever stale."""
    shape = Area.objects.with_shapes().get(pk=pk).shape
    shapely.prepare(shape)
    return shape


def area_at(longitude, latitude, *, level=None, day=None):
    """The area in force on a day (today) around a point in degrees, or None.

    Where several fit, because no level was named, areas overlap or the point lies on a border, the smallest is taken,
    and of two as small the one known longer: the same question always has the same answer.
    """
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        return None
    point = shapely.Point(longitude, latitude)
    found = []
    for area in _near(longitude, latitude, level, day):
        shape = _prepared(area.pk, area.geometry_key)
        if shapely.dwithin(shape, point, ON_THE_BORDER):
            found.append((not shape.covers(point), shape.area, area.pk, area))
    return min(found, key=lambda fit: fit[:3])[3] if found else None


def _near(longitude, latitude, level, day):
    """The areas whose box holds the point: the database answers that, and a handful is left."""
    near = Area.objects.current(day).filter(
        west__lte=longitude + ON_THE_BORDER,
        east__gte=longitude - ON_THE_BORDER,
        south__lte=latitude + ON_THE_BORDER,
        north__gte=latitude - ON_THE_BORDER,
    )
    return near.filter(level=level) if level else near
