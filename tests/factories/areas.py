"""Areas, rooms and files of boundaries for tests."""

import json

import factory
from shapely.geometry import box, mapping

from areas import shapes
from areas.models import Area, Venue

# The middle of an ocean: nothing real lies there.
WEST, SOUTH, SIDE = -40.0, 37.0, 0.01


def square(column=0, row=0, *, width=1, height=1):
    """A box of a grid of about a kilometer, as the shape that an area keeps."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapes.tidy(mapping(box(west, south, west + width * SIDE, south + height * SIDE)))[0]


class AreaFactory(factory.django.DjangoModelFactory):
    """An area in force without a shape; `shape=square(2, 0)` draws it."""

    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Test area {n}")
    level = "neighborhood"
    shape = None

    @classmethod
    def _create(cls, model_class, *args, shape, **fields):
        area = model_class(**fields)
        if shape is not None:
            area.draw(shape)
        area.save()
        return area


class VenueFactory(factory.django.DjangoModelFactory):
    """A neutral room in use."""

    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Test room {n}")
    area = factory.SubFactory(AreaFactory)
    neutral = True


def feature(name, shape, **properties):
    """One GeoJSON feature. `shape` is a shapely shape, a GeoJSON dict or None."""
    geometry = mapping(shape) if hasattr(shape, "geom_type") else shape
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


def write_boundaries(path, features, **members):
    """A GeoJSON file of these features at a path."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return path
