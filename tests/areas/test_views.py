"""Pages about places: everybody on the staff reads them, coordinators change them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from areas.models import Area, Booking, Succession, Venue
from core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.areas import SIDE, SOUTH, WEST, AreaFactory, VenueFactory, square

OFFICER = {"officer": True}
COORDINATOR = {"coordinator": True}


@pytest.fixture
def sign_in(client, db):
    def make(**traits):
        user = UserFactory(**traits)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return user

    return make


def edit_of(area, **changes):
    """What the form of an area posts."""
    fields = {"name": area.name, "aliases": "\n".join(area.aliases), "code": area.code, "version": area.version}
    return fields | {"parent": "", "population": "", "population_year": "", "population_source": ""} | changes


def room(**changes):
    return {"name": "Library", "area": AreaFactory().pk, "neutral": "on", "active": "on"} | changes


def test_every_page_of_places_stands(client, sign_in):
    sign_in(coordinator=True)
    area = AreaFactory(shape=square(), population=1200, population_year=2025, population_source="Count")
    venue = VenueFactory(area=area)

    for address in (
        reverse("areas:area_list"),
        area.get_absolute_url(),
        reverse("areas:area_edit", args=[area.reference]),
        reverse("areas:venue_list"),
        venue.get_absolute_url(),
        reverse("areas:venue_create"),
        reverse("areas:venue_edit", args=[venue.reference]),
    ):
        html = client.get(address).content.decode()
        assert 'data-shell="staff"' in html, address
        assert html.count("<h1") == 1, address


@pytest.mark.parametrize(
    ("page", "who", "status"),
    [
        ("area_list", OFFICER, 200),
        ("area_list", {"analyst": True}, 200),
        ("area_list", None, 302),
        ("venue_list", None, 302),
        ("venue_create", OFFICER, 403),
        ("venue_create", {"supervisor": True}, 403),
        ("venue_create", COORDINATOR, 200),
    ],
)
def test_who_opens_which_page(client, sign_in, page, who, status):
    if who:
        sign_in(**who)

    assert client.get(reverse(f"areas:{page}")).status_code == status


@pytest.mark.parametrize("page", ["area_detail", "area_edit", "venue_detail", "venue_edit"])
def test_unknown_reference_is_not_there(client, sign_in, page):
    sign_in(coordinator=True)

    assert client.get(reverse(f"areas:{page}", args=["A-26-XXXXX"])).status_code == 404


@pytest.mark.parametrize(("who", "status"), [(OFFICER, 403), ({"supervisor": True}, 403), (COORDINATOR, 302)])
def test_who_changes_areas_and_rooms(client, sign_in, who, status):
    sign_in(**who)
    area, venue = AreaFactory(), VenueFactory()

    answers = [
        client.post(reverse("areas:area_edit", args=[area.reference]), edit_of(area, name="Other")),
        client.post(reverse("areas:venue_edit", args=[venue.reference]), room(name="Other", version=1)),
        client.post(reverse("areas:venue_create"), room()),
    ]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert Area.objects.filter(name="Other").exists() is (status == 302)
    assert Venue.objects.filter(name__in=["Other", "Library"]).count() == (2 if status == 302 else 0)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_list_of_areas_asks_as_often_for_many(client, sign_in, count):
    sign_in(officer=True)
    parent = AreaFactory(level="precinct", shape=square(0, width=9))
    for column in range(count):
        AreaFactory(parent=parent, shape=square(column))

    def asked():
        """What the page asks about areas; what its shell asks is tested where the shell is."""
        with CaptureQueriesContext(connection) as queries:
            html = client.get(reverse("areas:area_list")).content.decode()
        assert html.count("/areas/A-") >= count
        return [query["sql"] for query in queries if 'FROM "areas_area"' in query["sql"]]

    first, second = asked(), asked()

    # Shapes are read for the map alone, once; rows of the list never bring theirs.
    assert (len(first), len(second)) == (5, 4)
    assert len([sql for sql in first if '"areas_area"."geometry",' in sql]) == 1
    assert not [sql for sql in second if '"geometry",' in sql]


def test_list_filters_by_level_name_and_time(client, sign_in):
    sign_in(officer=True)
    AreaFactory(name="Alma", level="beat", aliases=["Peña Corner"])
    AreaFactory(name="Mill Row", level="precinct")
    AreaFactory(name="Bygone", level="beat", valid_to=date(2020, 1, 1))

    def names(**query):
        html = client.get(reverse("areas:area_list"), query).content.decode()
        return {name for name in ("Alma", "Mill Row", "Bygone") if name in html}

    assert names() == {"Alma", "Mill Row"}
    assert names(level="precinct") == {"Mill Row"}
    assert names(show="former") == {"Bygone"}
    assert names(q="pena") == {"Alma"}
    assert names(q="a\x00lm") == {"Alma"}
    assert names(q="nothing") == set()
    assert names(level="nonsense", page="x") == {"Alma", "Mill Row"}


def test_area_page_tells_its_facts_and_relations(client, sign_in):
    sign_in(officer=True)
    precinct = AreaFactory(name="Harborside", level="precinct")
    old = AreaFactory(name="Bygone", valid_to=date(2020, 1, 1))
    area = AreaFactory(name="Alma", code="07", parent=precinct, shape=square(), aliases=["Soul"])
    Area.objects.filter(pk=area.pk).update(population=6840, population_year=2025, population_source="City count")
    area.neighbors.add(AreaFactory(name="Eastgate"))
    Succession.objects.create(predecessor=old, successor=area)
    VenueFactory(name="Library", area=area)

    html = client.get(area.get_absolute_url()).content.decode()

    for told in ("Harborside", "Bygone", "Eastgate", "Soul", "07", "6,840 (2025, City count)", "(1.0 km²)", "Library"):
        assert told in html
    assert 'aria-current="true"' in html
    assert "No longer in force" in client.get(old.get_absolute_url()).content.decode()


def test_edit_keeps_the_old_name_and_writes_no_values_into_the_audit(client, sign_in):
    user = sign_in(coordinator=True)
    area, parent = AreaFactory(name="Commerical"), AreaFactory(level="precinct")

    client.post(
        reverse("areas:area_edit", args=[area.reference]),
        edit_of(area, name="Commercial", aliases="Downtown\n\n downtown \nCenter", parent=parent.pk),
    )

    area.refresh_from_db()
    assert (area.name, area.aliases) == ("Commercial", ["Commerical", "Downtown", "Center"])
    assert (area.parent, area.version) == (parent, 2)
    entry = AuditEntry.objects.get(act="area.edit")
    facts = {"fields": ["aliases", "name", "parent"]}
    assert (entry.actor, entry.reference, entry.facts) == (user.email, area.reference, facts)


def test_area_is_part_of_no_area_below_it(client, sign_in):
    sign_in(coordinator=True)
    area = AreaFactory(level="precinct")
    child = AreaFactory(level="beat", parent=area)

    answer = client.post(reverse("areas:area_edit", args=[area.reference]), edit_of(area, parent=child.pk))

    assert answer.status_code == 200
    area.refresh_from_db()
    assert area.parent is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Taken"}, "Another area of this level has this name"),
        ({"name": ""}, "This field is required"),
        ({"population": "900"}, "Enter the year"),
        ({"population": "900", "population_year": "2020"}, "Enter the source"),
        ({"aliases": "x" * 121}, "Enter at most 50 names"),
    ],
)
def test_edit_says_what_is_wrong(client, sign_in, changes, sentence):
    sign_in(coordinator=True)
    area = AreaFactory(name="Alma")
    AreaFactory(name="Taken")

    answer = client.post(reverse("areas:area_edit", args=[area.reference]), edit_of(area, **changes))

    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)


def test_edit_of_an_older_text_is_refused_with_both(client, sign_in):
    sign_in(coordinator=True)
    area = AreaFactory(name="Alma")
    opened = edit_of(area, name="Second")
    client.post(reverse("areas:area_edit", args=[area.reference]), edit_of(area, name="First"))

    answer = client.post(reverse("areas:area_edit", args=[area.reference]), opened)

    assert answer.status_code == 409
    assert "First" in answer.content.decode()
    assert "Second" in answer.content.decode()


def test_room_is_added_once_however_often_the_button_is_pressed(client, sign_in):
    sign_in(coordinator=True)
    posted = room(idempotency_key="8c2b7c70-2f3a-4a38-9a0e-5a30ae6a4b11")

    answers = [client.post(reverse("areas:venue_create"), posted) for _ in range(2)]

    assert {answer.url for answer in answers} == {Venue.objects.get().get_absolute_url()}


def test_room_in_a_former_area_can_be_saved(client, sign_in):
    sign_in(coordinator=True)
    venue = VenueFactory(area=AreaFactory(valid_to=date(2020, 1, 1)))

    client.post(
        reverse("areas:venue_edit", args=[venue.reference]), room(area=venue.area_id, name="Still here", version=1)
    )

    assert Venue.objects.get().name == "Still here"


def test_rooms_are_filtered_by_what_people_need(client, sign_in):
    sign_in(officer=True)
    VenueFactory(name="Station", neutral=False, step_free=True)
    VenueFactory(name="Hall", step_free=True, address="Quayside 4")
    VenueFactory(name="Attic", active=False)

    def names(**query):
        html = client.get(reverse("areas:venue_list"), query).content.decode()
        return {name for name in ("Station", "Hall", "Attic") if name in html}

    assert names() == {"Station", "Hall"}
    assert names(neutral="1") == {"Hall"}
    assert names(step_free="1") == {"Station", "Hall"}
    assert names(show="all") == {"Station", "Hall", "Attic"}
    assert names(q="quay") == {"Hall"}


def test_room_tells_when_it_is_taken_and_not_what_for(client, sign_in):
    sign_in(officer=True)
    venue, begins = VenueFactory(), timezone.now() + timedelta(days=2)
    Booking.objects.book(ref="S-26-SECRT", starts_at=begins, ends_at=begins + timedelta(hours=1), venue=venue)

    html = client.get(venue.get_absolute_url()).content.decode()

    assert f"{timezone.localtime(begins):%H:%M}" in html
    assert "S-26-SECRT" not in html


# What anybody may ask


def test_anybody_may_ask_which_area_lies_around_a_point(client, db):
    area = AreaFactory(name="Alma", shape=square())
    posted = {"longitude": WEST + SIDE / 2, "latitude": SOUTH + SIDE / 2}

    answer = client.post(reverse("areas:at"), posted)

    assert answer.json() == {"area": {"reference": area.reference, "name": "Alma", "level": "neighborhood"}}
    assert client.post(reverse("areas:at"), posted | {"level": "beat\x00"}).json() == {"area": None}
    assert client.post(reverse("areas:at"), {"longitude": 0, "latitude": 0}).json() == {"area": None}
    assert not client.cookies


@pytest.mark.parametrize("posted", [{}, {"longitude": "x", "latitude": 1}, {"longitude": "nan", "latitude": "1e999"}])
def test_nonsense_for_a_position_finds_nothing(client, db, posted):
    answer = client.post(reverse("areas:at"), posted)

    assert answer.status_code == 400 or answer.json() == {"area": None}


def test_position_is_neither_taken_from_an_address_nor_kept(client, db, django_assert_num_queries, caplog):
    AreaFactory(shape=square())
    assert client.get(reverse("areas:at"), {"longitude": 1, "latitude": 2}).status_code == 405
    before = AuditEntry.objects.count()
    caplog.clear()

    client.post(reverse("areas:at"), {"longitude": "-39.99512345", "latitude": "37.00512345"})

    assert AuditEntry.objects.count() == before
    assert not [record for record in caplog.records if "39.99" in str(record.__dict__)]


def test_position_is_rounded_before_it_is_looked_up(client, db):
    AreaFactory(name="Alma", shape=square())

    # 30 meters outside, which rounding to a hundred meters does not see.
    answer = client.post(reverse("areas:at"), {"longitude": WEST - 0.0004, "latitude": SOUTH + SIDE / 2})

    assert answer.json()["area"]["name"] == "Alma"
