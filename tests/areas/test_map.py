"""The map of areas: light, complete, without gaps, and each area a link."""

import re

import pytest
import shapely
from django.core.management import call_command
from django.template.loader import render_to_string

from areas.map import MOST_BYTES, area_map, svg_paths
from areas.models import Area
from tests.areas.test_load_areas import FILES
from tests.factories.areas import AreaFactory, square

STEP = re.compile(r"-?\d+")


def address(area):
    return f"/somewhere/{area.reference}/"


def polygon(path):
    """The outer ring of the first part of a path, in the units of the sheet."""
    first = path.split("z")[0]
    numbers = [int(number) for number in STEP.findall(first)]
    x, y = numbers[:2]
    points = [(x, y)]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return shapely.Polygon(points)


@pytest.mark.parametrize(("name", "level", "field", "count"), FILES)
def test_map_of_a_real_city_is_light_and_whole(db, real_data, name, level, field, count):
    call_command("load_areas", str(real_data(name)), level=level, name_field=field, commit=True, verbosity=0)

    areas = Area.objects.current()
    drawn = area_map(areas, address=address)
    html = render_to_string("areas/_map.html", {"map": drawn, "locate": True})

    assert len(drawn.links) == count
    assert len(html.encode()) < 60_000
    assert html.count("<a href=") == count
    assert sum(len(link.drawn.path) for link in drawn.links) < MOST_BYTES
    assert {link.drawn.name for link in drawn.links} == set(areas.values_list("name", flat=True))


def test_simplified_areas_cover_the_ground_of_the_real_ones(db, real_data):
    name, level, field, _ = FILES[3]
    call_command("load_areas", str(real_data(name)), level=level, name_field=field, commit=True, verbosity=0)

    height, drawn = svg_paths(list(Area.objects.current()))

    found = [polygon(one.path) for one in drawn]
    together = shapely.union_all([one.buffer(0) for one in found]).area
    # What all cover together is what each covers, added up: no overlaps; and the city has no holes but its lakes.
    assert sum(one.area for one in found) == pytest.approx(together, rel=0.002)
    ground = shapely.union_all([area.shape for area in Area.objects.with_shapes()])
    west, south, east, north = ground.bounds
    assert together / (600 * height) == pytest.approx(ground.area / ((east - west) * (north - south)), rel=0.02)


def test_north_is_up_and_east_is_right(db):
    for name, place in (("SW", (0, 0)), ("SE", (9, 0)), ("NW", (0, 9))):
        AreaFactory(name=name, shape=square(*place))

    drawn = {link.drawn.name: polygon(link.drawn.path).centroid for link in area_map_of_all().links}

    assert drawn["SE"].x > drawn["SW"].x
    assert drawn["NW"].y < drawn["SW"].y


def area_map_of_all(**options):
    return area_map(Area.objects.current(), address=address, **options)


def test_one_level_is_drawn_that_of_the_chosen_area_or_the_fullest(db):
    precinct = AreaFactory(name="Precinct", level="precinct", shape=square(0, width=2))
    AreaFactory.create_batch(2, level="beat", shape=square(0))
    AreaFactory(level="beat")

    assert (area_map_of_all().level, len(area_map_of_all().links)) == ("beat", 2)
    chosen = area_map_of_all(chosen=precinct)
    assert [(link.drawn.name, link.chosen) for link in chosen.links] == [("Precinct", True)]


def test_areas_without_shapes_have_no_map(db):
    AreaFactory()

    assert area_map_of_all() is None


def test_speck_stays_on_the_map(db):
    AreaFactory(name="City", shape=square(0, width=50))
    AreaFactory(name="Speck", shape=square(50, width=0.001, height=0.001))

    assert all(link.drawn.path.startswith("M") for link in area_map_of_all().links)


def test_name_is_written_where_it_fits(db):
    AreaFactory(name="Wide", shape=square(0, width=5, height=5))
    AreaFactory(name="A name that fits nowhere", shape=square(5))

    labels = {link.drawn.name: link.drawn.label for link in area_map_of_all().links}

    assert labels["Wide"] is not None
    assert labels["A name that fits nowhere"] is None


def test_names_are_text_and_never_markup(db):
    AreaFactory(name='<script>alert(1)</script>"', shape=square())

    html = render_to_string("areas/_map.html", {"map": area_map_of_all()})

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_map_is_remembered_until_a_shape_changes(db, django_assert_num_queries):
    area = AreaFactory(shape=square())
    areas = list(Area.objects.current())
    before = svg_paths(areas)
    with django_assert_num_queries(0):
        assert svg_paths(areas) is before

    area.draw(square(0, width=3))
    area.save()

    assert svg_paths(list(Area.objects.current())) != before
