"""manage.py load_areas: every feature of a file is counted once, and nothing that was known is lost."""

import json
import math
import threading
import time
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box, mapping, shape

from areas import shapes
from areas.models import Area, Succession
from core.models import AuditEntry
from tests.factories.areas import AreaFactory, feature, square, write_boundaries

FILES = [
    ("areas/seattle/spd-beats.geojson", "beat", "name", 51),
    ("areas/seattle/spd-mcpp-areas.geojson", "neighborhood", "NAME", 61),
    ("areas/seattle/spd-precincts.geojson", "precinct", "name", 5),
    ("areas/toronto/neighbourhood_crime_rates.geojson", "neighborhood", "Neighbourh", 140),
]
BOWTIE = {"type": "Polygon", "coordinates": [[[-40, 37], [-39.99, 37.01], [-39.99, 37], [-40, 37.01], [-40, 37]]]}


def load(path, *, commit=True, level="beat", name_field="name", **options):
    """The lines that the command printed."""
    out = StringIO()
    call_command("load_areas", str(path), level=level, name_field=name_field, commit=commit, stdout=out, **options)
    return out.getvalue().splitlines()


def last(features, new=0, changed=0, unchanged=0, refused=0, vanished=0):
    counts = f"{new} new, {changed} changed, {unchanged} unchanged, {refused} refused"
    return f"{features} features: {counts}. {vanished} vanished."


@pytest.fixture
def boundaries(tmp_path):
    """`boundaries(feature(...), ...)` is the path of a file with these features."""
    return lambda *features, **members: write_boundaries(tmp_path / "areas.geojson", features, **members)


# Real files


@pytest.mark.parametrize(("name", "level", "field", "count"), FILES)
def test_real_file_loads_and_loading_it_again_changes_nothing(db, real_data, name, level, field, count):
    path = real_data(name)
    begun = time.monotonic()

    first = load(path, level=level, name_field=field)
    again = load(path, level=level, name_field=field)

    assert time.monotonic() - begun < 20
    assert first == [last(count, new=count)]
    assert again == [last(count, unchanged=count)]
    areas = Area.objects.with_shapes()
    assert areas.count() == count
    assert all(area.shape.is_valid and area.shape.geom_type == "MultiPolygon" for area in areas)
    assert all(area.shape.geoms[0].exterior.is_ccw for area in areas)
    assert all(area.neighbors.count() for area in areas)


def test_toronto_brings_codes_and_people(db, real_data):
    path = real_data("areas/toronto/neighbourhood_crime_rates.geojson")

    lines = load(
        path,
        level="neighborhood",
        name_field="Neighbourh",
        code_field="Hood_ID",
        population_field="Population",
        population_year=2016,
        population_source="Census",
    )

    assert lines == [last(140, new=140)]
    areas = Area.objects.filter(level="neighborhood")
    assert sum(areas.values_list("population", flat=True)) == 2_731_571
    assert (min(areas.values_list("population", flat=True)), areas.get(code="097").name) == (6577, "Yonge-St.Clair")
    assert set(areas.values_list("population_year", "population_source")) == {(2016, "Census")}


def test_neighborhoods_are_part_of_the_precinct_the_file_names(db, real_data):
    load(real_data("areas/seattle/spd-precincts.geojson"), level="precinct")
    path = real_data("areas/seattle/spd-mcpp-areas.geojson")
    options = {"level": "neighborhood", "name_field": "NAME", "parent_level": "precinct"}

    assert load(path, parent_field="PRECINCT", **options)[-1] == last(61, new=61)
    named = dict(Area.objects.filter(level="neighborhood").values_list("name", "parent__name"))

    assert load(path, parent_field="PRECINCT", **options)[-1] == last(61, unchanged=61)
    assert named["ALASKA JUNCTION"] == "SW"
    load(path, **options)
    drawn = dict(Area.objects.filter(level="neighborhood").values_list("name", "parent__name"))
    # The ground tells the same as the column, so both ways of asking are right.
    assert drawn == named


def test_other_set_of_the_same_city_ends_areas_and_names_their_successors(db, real_data):
    load(real_data("areas/seattle/spd-beats.geojson"), level="sector")
    lines = load(real_data("areas/seattle/spd-precincts.geojson"), level="sector", on=date(2026, 3, 1))

    assert lines[-1] == last(5, new=5, vanished=51)
    assert Area.objects.filter(level="sector", valid_to=date(2026, 2, 28)).count() == 51
    assert Area.objects.filter(level="sector").current().count() == 5
    assert set(Area.objects.former().values_list("successors__name", flat=True)) == {"N", "S", "E", "W", "SW"}
    assert "B1: vanished; replaced by N" in lines


@pytest.mark.django_db(transaction=True)
def test_two_that_load_at_once_load_one_after_the_other(boundaries):
    path = boundaries(*(feature(str(column), square(column)) for column in range(20)))
    told = []

    def run():
        try:
            told.append(load(path)[-1])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(told) == sorted([last(20, new=20), last(20, unchanged=20)])


# What a file says


def test_dry_run_writes_nothing_and_says_the_same(db, boundaries):
    path = boundaries(feature("Alma", square(0)), feature("Mill Row", square(1)))

    assert load(path, commit=False) == ["Nothing was written. Add --commit to write it.", last(2, new=2)]
    assert (Area.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_load_is_audited_with_counts_alone(db, boundaries):
    load(boundaries(feature("Alma", square())))

    entry = AuditEntry.objects.get()
    counts = {"new": 1, "changed": 0, "unchanged": 0, "refused": 0, "vanished": 0}
    assert (entry.act, entry.actor, entry.facts) == ("area.load", "load_areas", counts | {"level": "beat"})


def test_each_trouble_is_told_by_name_and_counted_once(db, boundaries):
    lines = load(
        boundaries(
            feature("Good", square(0)),
            feature("Over", square(0, width=0.5)),
            feature("Nowhere", None),
            feature("Twisted", BOWTIE | {"coordinates": [[[x + 1, y] for x, y in BOWTIE["coordinates"][0]]]}),
            feature("Twin", square(5)),
            feature(" TWIN ", square(6)),
            feature("Spot", {"type": "Point", "coordinates": [-40, 37]}),
            feature("Thread", {"type": "Polygon", "coordinates": [[[-40, 37], [-39, 38], [-40, 37], [-40, 37]]]}),
            feature(None, square(7)),
            {"type": "Feature", "properties": None, "geometry": mapping(square(8))},
            None,
            feature("Feet", box(1_271_000, 224_000, 1_272_000, 225_000)),
            feature("Endless", {"type": "Polygon", "coordinates": [[[-40, 37], [float("inf"), 37], [-39, 38]]]}),
            feature("Letters", {"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"]]]}),
            feature("x" * 121, square(9)),
        )
    )

    assert lines[-1] == last(15, new=3, refused=12)
    assert [line for line in lines if line.startswith("Good and Over: overlap by 0.4")]
    assert "Nowhere (feature 3): refused; it has no shape (--shapeless takes it without one)" in lines
    assert [line for line in lines if line.startswith("Twisted: had an invalid shape, which was mended: Self-inters")]
    assert "Twin (feature 5): refused; it shares its name with 1 other feature of the file" in lines
    assert "TWIN (feature 6): refused; it shares its name with 1 other feature of the file" in lines
    assert "Spot (feature 7): refused; it is a Point, not an area" in lines
    assert "feature 9 (feature 9): refused; it has no name in the field “name”" in lines
    assert "feature 11 (feature 11): refused; it is no GeoJSON feature" in lines
    assert [line for line in lines if line.startswith("Feet (feature 12): refused; it lies outside of longitude")]
    assert set(Area.objects.values_list("name", flat=True)) == {"Good", "Over", "Twisted"}


def test_area_without_shape_is_taken_when_asked_for(db, boundaries):
    lines = load(boundaries(feature("Unallocated", None, people=40)), shapeless=True, population_field="people")

    assert "Unallocated: has no shape: it is on no map and no point is found in it" in lines
    assert Area.objects.values_list("name", "population", "geometry").get() == ("Unallocated", 40, None)


def test_shape_that_a_file_lacks_is_kept(db, boundaries):
    load(boundaries(feature("Alma", square())))

    assert load(boundaries(feature("Alma", None)), shapeless=True)[-1] == last(1, unchanged=1)
    assert Area.objects.get().shape == square()


def test_foreign_shapes_are_tidied(db, boundaries):
    clockwise = {"type": "Polygon", "coordinates": [list(reversed(mapping(square().geoms[0])["coordinates"][0]))]}
    collection = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Point", "coordinates": [0, 0]}, mapping(square(1)), mapping(square(2))],
    }
    high = {"type": "Polygon", "coordinates": [[[-40, 38, 5], [-39.9, 38, 5], [-39.9, 38.1, 5], [-40, 38.1, 5]]]}

    lines = load(boundaries(feature(7, clockwise), feature(8.0, collection), feature("\ufeff Nine\u200b\n", high)))

    assert lines == [last(3, new=3)]
    found = {area.name: area.shape for area in Area.objects.with_shapes()}
    assert set(found) == {"7", "8", "Nine"}
    assert found["7"] == square()
    assert found["8"].equals(square(1, width=2))
    assert not found["Nine"].has_z
    assert all(part.exterior.is_ccw for one in found.values() for part in one.geoms)


def test_counts_of_people_that_are_none_stay_unknown_and_are_told(db, boundaries):
    people = {"a": 12_345, "b": "12,345", "c": "88.0", "d": None, "e": "", "f": -1, "g": "many", "h": 0, "i": 1.5}
    features = [feature(name, square(n), people=count) for n, (name, count) in enumerate(people.items())]

    lines = load(boundaries(*features), population_field="people")

    found = dict(Area.objects.values_list("name", "population"))
    assert found == {"a": 12_345, "b": 12_345, "c": 88, "d": None, "e": None, "f": None, "g": None, "h": 0, "i": None}
    assert [line[0] for line in lines if "no whole number" in line] == ["f", "g", "i"]
    assert [line for line in lines if line.startswith("The population has no year or no source")]


def test_levels_are_not_doubled_by_case(db, boundaries):
    load(boundaries(feature("Alma", square())), level="Beat")

    assert load(boundaries(feature("Alma", square())), level=" beat ")[-1] == last(1, unchanged=1)


# Files that cannot be read


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04\xff\xfe", "It is not text in UTF-8"),
        (b"name,geometry\nAlma,POINT", "It is not JSON"),
        (b"", "It is not JSON"),
        (b"[" * 100_000, "It is not JSON"),
        (b"1" * 5000, "It holds a number that is too long to read."),
        (b"[]", "It is JSON but no GeoJSON FeatureCollection."),
        (b'{"type": "Topology", "objects": {}}', "It is TopoJSON."),
        (b'{"type": "FeatureCollection", "features": {}}', "It is JSON but no GeoJSON FeatureCollection."),
        (b'{"type": "FeatureCollection", "features": []}', "It holds no features."),
        (
            b'{"type": "FeatureCollection", "features": [1], '
            b'"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::2926"}}}',
            "Its coordinates are in urn:ogc:def:crs:EPSG::2926. Save it in longitude and latitude",
        ),
        (
            b'{"type": "Feature", "properties": {"NAME": 1, "A": 2}}',
            "No feature has a field “name”. The file has: A, N",
        ),
        (b'{"type": "Feature", "geometry": null}', "No feature has a field “name”. The file has: no fields at all."),
    ],
)
def test_unreadable_file_is_told_in_one_sentence(db, tmp_path, content, sentence):
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)

    with pytest.raises(CommandError) as told:
        load(path)

    assert str(told.value).startswith(f"{path} was not loaded. {sentence}")
    assert "\n" not in str(told.value)


def test_file_that_is_not_there_is_told(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be opened"):
        load(tmp_path / "nothing.geojson")
    with pytest.raises(CommandError, match="cannot be opened"):
        load(tmp_path)


def test_projected_file_is_refused_whole(db, boundaries):
    features = [feature(str(n), box(n * 1000 + 5000, 0, n * 1000 + 6000, 900)) for n in range(3)]

    with pytest.raises(CommandError, match="coordinates are not degrees. Save it in longitude and latitude"):
        load(boundaries(*features))


def test_byte_order_mark_is_read_over(db, tmp_path, boundaries):
    path = boundaries(feature("Alma", square()), crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert load(path) == [last(1, new=1)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"on": date(2999, 1, 1)}, "--on lies in the future"),
        ({"parent_field": "name"}, "--parent-field needs --parent-level"),
        ({"parent_level": "nothing"}, "There are no areas of the level “nothing”"),
        ({"level": "x" * 41}, "--level takes 1 to 40 characters"),
        ({"successor_percent": 0.0}, "--successor-percent must be above 0"),
        ({"population_year": 2999}, "--population-year must be a year that has begun"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(db, boundaries, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        load(boundaries(feature("Alma", square())), **options)


# A second file


def test_renamed_area_keeps_its_row_and_its_old_name(db, boundaries):
    load(boundaries(feature("Commerical", square(0)), feature("Mill Row", square(1))))
    before = Area.objects.get(name="Commerical")

    lines = load(boundaries(feature("Commercial", square(0)), feature("Mill Row", square(1))))

    assert lines == ["Commercial: renamed; Commerical stays as another name", last(2, changed=1, unchanged=1)]
    before.refresh_from_db()
    assert (before.name, before.aliases) == ("Commercial", ["Commerical"])
    # The old name in a later file is understood, and does not rename the area back.
    again = load(boundaries(feature("COMMERICAL", square(0)), feature("Mill Row", square(1))))
    assert again == ["Commercial: is known here as Commercial", last(2, unchanged=2)]


def test_code_finds_an_area_that_was_renamed_and_redrawn(db, boundaries):
    load(boundaries(feature("Alma", square(0), id="07")), code_field="id")
    row = Area.objects.get()

    lines = load(boundaries(feature("Alma North", square(0, height=1.2), id="07")), code_field="id")

    row.refresh_from_db()
    assert (row.name, row.code, row.aliases, row.version) == ("Alma North", "07", ["Alma"], 2)
    assert lines[-2:] == ["Alma North: changed: shape", last(1, changed=1)]


def test_areas_may_exchange_their_names(db, boundaries):
    load(boundaries(feature("East", square(0), id=1), feature("West", square(1), id=2)), code_field="id")
    load(boundaries(feature("West", square(0), id=1), feature("East", square(1), id=2)), code_field="id")

    assert list(Area.objects.order_by("code").values_list("name", flat=True)) == ["West", "East"]


def test_area_that_vanished_ends_and_its_heirs_are_known(db, boundaries):
    load(boundaries(feature("Big", square(0, width=2)), feature("Small", square(2)), feature("Same", square(3))))
    big, small = Area.objects.get(name="Big"), Area.objects.get(name="Small")

    lines = load(
        boundaries(feature("Left", square(0)), feature("Right", square(1, width=2)), feature("Same", square(3))),
        on=date(2026, 5, 1),
    )

    assert lines[-1] == last(3, new=2, unchanged=1, vanished=2)
    assert "Big: vanished; replaced by Left, Right" in lines
    assert "Small: vanished; replaced by Right" in lines
    for row in (big, small):
        row.refresh_from_db()
        assert row.valid_to == date(2026, 4, 30)
    assert set(Area.objects.current().values_list("name", flat=True)) == {"Left", "Right", "Same"}
    left = Area.objects.get(name="Left")
    assert left.valid_from == date(2026, 5, 1)
    assert set(Area.objects.ids_covering(left)) == {left.pk, big.pk}


def test_sliver_of_ground_makes_no_heir(db, boundaries):
    load(boundaries(feature("Old", square(0))))
    load(boundaries(feature("New", square(0, width=0.95)), feature("Neighbor", square(0.95, width=4))))

    assert set(Succession.objects.values_list("successor__name", flat=True)) == {"New"}


def test_new_area_cut_out_of_one_that_stays_is_its_heir(db, boundaries):
    load(boundaries(feature("Willow", square(0, width=3))))
    load(boundaries(feature("Willow", square(0, width=2)), feature("Willow East", square(2))))

    assert Succession.objects.values_list("predecessor__name", "successor__name").get() == ("Willow", "Willow East")


def test_same_name_on_other_ground_is_another_area(db, boundaries):
    load(boundaries(feature("B1", square(0))))

    assert load(boundaries(feature("B1", square(9))))[-1] == last(1, new=1, vanished=1)
    assert Area.objects.count() == 2


def test_mistake_of_today_was_never_in_force(db, boundaries):
    load(boundaries(feature("Wrong", square(0))), on=timezone.localdate())
    load(boundaries(feature("Right", square(0, width=3))))

    wrong = Area.objects.get(name="Wrong")
    assert wrong.valid_to == wrong.valid_from - timedelta(days=1)
    assert Area.objects.current().get().name == "Right"


def test_refused_feature_keeps_its_area_in_force(db, boundaries):
    load(boundaries(feature("Alma", square(0)), feature("Mill Row", square(1))))
    lines = load(boundaries(feature("Alma", None), feature("Mill Row", square(1))))

    assert lines[-1] == last(2, unchanged=1, refused=1)
    assert "Alma: stays as it is" in lines


def test_part_of_a_level_ends_nothing(db, boundaries):
    load(boundaries(feature("Alma", square(0)), feature("Mill Row", square(1))))
    lines = load(boundaries(feature("Alma", square(0)), feature("Mill Row", square(8))), partial=True)

    assert lines[-1] == last(2, unchanged=1, refused=1)
    assert Area.objects.current().count() == 2


def test_areas_below_a_vanished_one_move_to_its_heir(db, boundaries):
    load(boundaries(feature("P1", square(0, width=2))), level="precinct")
    load(boundaries(feature("a", square(0)), feature("b", square(1))), parent_level="precinct")

    lines = load(boundaries(feature("P2", square(0)), feature("P3", square(1))), level="precinct")

    assert "a (beat): is part of P2 now" in lines
    assert dict(Area.objects.filter(level="beat").values_list("name", "parent__name")) == {"a": "P2", "b": "P3"}


def test_neighbors_share_a_border_and_not_a_corner(db, boundaries):
    names = {(column, row): f"{column}{row}" for column in range(3) for row in range(3)}
    # A gap of a few meters, as sets drawn by hand have them, does not part neighbors.
    drawn = [feature(name, square(column, row, width=0.995)) for (column, row), name in names.items()]
    load(boundaries(*drawn))

    middle = Area.objects.get(name="11")
    assert set(middle.neighbors.values_list("name", flat=True)) == {"01", "21", "10", "12"}
    assert set(Area.objects.get(name="00").neighbors.values_list("name", flat=True)) == {"10", "01"}
    load(boundaries(*drawn[1:]))
    assert not Area.objects.get(name="00").neighbors.exists()


def test_neighbors_of_the_real_beats_are_those_whose_borders_meet(db, real_data):
    load(real_data("areas/seattle/spd-beats.geojson"))
    areas = list(Area.objects.with_shapes())
    drawn = {area.name: area.shape for area in areas}

    expected = {
        (one, other)
        for one in drawn
        for other in drawn
        if one != other and drawn[one].boundary.intersection(drawn[other].boundary).length * 80_000 > 60
    }

    assert set(Area.neighbors.through.objects.values_list("from_area__name", "to_area__name")) == expected


# Any file

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
rings = st.lists(st.tuples(st.floats(-41, -39), st.floats(36, 38)), max_size=7)
geometries = junk | st.builds(
    lambda kind, rings: {"type": kind, "coordinates": [rings] if kind == "MultiPolygon" else rings},
    st.sampled_from(["Polygon", "MultiPolygon", "GeometryCollection", "Point"]),
    st.lists(rings, max_size=3) | junk,
)
features = junk | st.builds(
    lambda name, geometry: {"type": "Feature", "properties": {"name": name}, "geometry": geometry},
    junk | st.sampled_from(["Alma", "alma", "Mill Row", "7"]),
    geometries,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(features, max_size=6))
def test_any_file_is_loaded_in_full_or_refused_in_a_sentence(db, tmp_path, found):
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
    known = Area.objects.count()

    lines = load_or_told(path)

    if "was not loaded." not in lines[-1]:
        assert lines[-1].startswith(f"{len(found)} features: ")
        assert load(path)[-1].startswith(f"{len(found)} features: 0 new, 0 changed, ")
    assert Area.objects.count() >= known


def load_or_told(path):
    try:
        return load(path)
    except CommandError as told:
        return [str(told)]


@settings(max_examples=60, deadline=None)
@given(ring=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=9))
def test_tidied_shape_is_valid_or_unusable(ring):
    try:
        found, _ = shapes.tidy({"type": "Polygon", "coordinates": [ring]})
    except shapes.Unusable:
        return

    assert found.is_valid
    assert found.area > 0
    assert all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in found.geoms)
    assert shape(json.loads(json.dumps(shapes.geojson(found)))) == found


def test_ground_is_measured_on_the_ellipsoid():
    # The surface of WGS 84 is 510,065,621.7 km².
    assert shapes.square_kilometers(box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7, rel=1e-9)
    # A strip between two parallels, summed up ring by ring.
    a, e2, steps = 6_378_137.0, 0.00669437999014, 10_000
    rings = [math.radians(47 + (step + 0.5) / steps) for step in range(steps)]
    strip = sum(math.cos(ring) / (1 - e2 * math.sin(ring) ** 2) ** 2 for ring in rings) * math.radians(1) / steps
    expected = a**2 * (1 - e2) * strip * math.radians(1) / 1e6
    assert shapes.square_kilometers(box(0, 47, 1, 48)) == pytest.approx(expected, rel=1e-7)


def test_area_of_a_name_is_one(db):
    AreaFactory(name="Alma")
    AreaFactory(name="Alma", valid_to=date(2020, 1, 1))
    AreaFactory(name="Alma", level="beat")

    assert Area.objects.filter(name="Alma").count() == 3
