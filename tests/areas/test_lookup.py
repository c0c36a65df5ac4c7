"""Point to area: every inner point finds its own area, and any point finds what shapely finds."""

import json
import random
import statistics
import time
from datetime import date, timedelta

import pytest
import shapely
from django.core.management import call_command
from django.utils import timezone
from shapely.geometry import shape

from areas.lookup import area_at
from areas.models import Area
from tests.areas.test_load_areas import FILES
from tests.factories.areas import SIDE, SOUTH, WEST, AreaFactory, square


@pytest.fixture
def loaded(db, real_data):
    """`loaded(file, level, field)` are the areas of a real file, with their shapes."""

    def make(name, level, field):
        call_command("load_areas", str(real_data(name)), level=level, name_field=field, commit=True, verbosity=0)
        return list(Area.objects.with_shapes().filter(level=level))

    return make


@pytest.mark.parametrize(("name", "level", "field", "count"), FILES)
def test_inner_points_of_real_areas_find_their_own(loaded, name, level, field, count):
    areas = loaded(name, level, field)

    lost = [area.name for area in areas if area_at(area.inner_longitude, area.inner_latitude, level=level) != area]

    assert len(areas) == count
    assert lost == []


def test_random_points_find_what_shapely_finds_in_the_file(loaded, real_data):
    name, level, field, _ = FILES[3]
    loaded(name, level, field)
    drawn = {
        feature["properties"][field]: shape(feature["geometry"])
        for feature in json.loads(real_data(name).read_text())["features"]
    }
    west, south, east, north = shapely.total_bounds(list(drawn.values()))
    chance = random.Random(140)
    points = [(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(1000)]

    found, times = [], []
    for longitude, latitude in points:
        begun = time.perf_counter()
        area = area_at(longitude, latitude)
        times.append(time.perf_counter() - begun)
        found.append(area and area.name)

    expected = [
        next((name for name, one in drawn.items() if one.covers(shapely.Point(point))), None) for point in points
    ]
    assert found == expected
    assert 300 < sum(name is not None for name in found) < 1000
    assert statistics.median(times) < 0.02


def test_point_outside_is_nowhere(db):
    AreaFactory(shape=square())

    assert area_at(WEST - SIDE, SOUTH) is None
    for nonsense in (float("nan"), float("inf"), 181, -1e308):
        assert area_at(nonsense, 0) is None
        assert area_at(0, nonsense) is None


def test_point_on_a_border_always_finds_the_same_area(db):
    first = AreaFactory(name="West", shape=square(0))
    AreaFactory(name="East", shape=square(1))

    assert {area_at(WEST + SIDE, SOUTH + SIDE / 3) for _ in range(20)} == {first}
    # Nothing lies between two areas that touch, however the point is rounded.
    assert area_at(WEST + SIDE + 4e-8, SOUTH + SIDE / 2) is not None
    assert area_at(WEST, SOUTH) == first


def test_of_several_areas_the_smallest_is_found(db):
    AreaFactory(name="Precinct", level="precinct", shape=square(0, width=4))
    beat = AreaFactory(name="Beat", level="beat", shape=square(0))
    longitude, latitude = WEST + SIDE / 2, SOUTH + SIDE / 2

    assert area_at(longitude, latitude) == beat
    assert area_at(longitude, latitude, level="precinct").name == "Precinct"
    assert area_at(longitude, latitude, level="sector") is None


def test_day_decides_which_area_was_in_force(db):
    today = timezone.localdate()
    AreaFactory(name="Old", shape=square(), valid_to=today - timedelta(days=1))
    AreaFactory(name="New", shape=square(), valid_from=today)
    longitude, latitude = WEST + SIDE / 2, SOUTH + SIDE / 2

    assert area_at(longitude, latitude).name == "New"
    assert area_at(longitude, latitude, day=date(2020, 1, 1)).name == "Old"


def test_shape_that_changed_is_not_remembered(db):
    area = AreaFactory(shape=square(0))
    assert area_at(WEST + SIDE / 2, SOUTH + SIDE / 2) == area

    area.draw(square(5))
    area.save()

    assert area_at(WEST + SIDE / 2, SOUTH + SIDE / 2) is None
    assert area_at(WEST + SIDE * 5.5, SOUTH + SIDE / 2) == area


def test_known_shapes_are_asked_for_once(db, django_assert_num_queries):
    AreaFactory(shape=square())
    area_at(WEST + SIDE / 2, SOUTH + SIDE / 2)

    with django_assert_num_queries(1):
        area_at(WEST + SIDE / 3, SOUTH + SIDE / 2)
