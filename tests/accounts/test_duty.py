"""The duty roster: who may keep it, what a week shows, and that two people do not undo each other."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Duty, Role
from core.models import AuditEntry
from tests.accounts.signing import BACKEND
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory

MONDAY = datetime.date(2026, 11, 16)
WEEK = "/duty/?week=2026-11-18"


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def city(db):
    west, east = AreaFactory(name="West"), AreaFactory(name="East")
    return {
        "west": west,
        "east": east,
        "ana": UserFactory(supervisor=True, areas=[west], name="Sgt. Ana"),
        "ben": UserFactory(supervisor=True, areas=[west, east], name="Sgt. Ben"),
        "coordinator": UserFactory(coordinator=True),
    }


def posted(client, **changes):
    """The whole form as the page shows it, hidden beginnings included, with some choices changed."""
    form = client.get(WEEK).context["form"]
    data = {}
    for field in form:
        data[field.html_name] = data[field.html_initial_name] = field.value() or ""
    return data | changes


def name(area, day=MONDAY):
    return f"duty-{area.pk}-{day.isoformat()}"


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_the_roster(db, role):
    expected = 200 if role in (Role.COORDINATOR, Role.SUPERVISOR) else 403

    assert signed_in(UserFactory(**{role.value: True})).get("/duty/").status_code == expected


def test_duty_is_set_moved_and_cleared(city):
    client, cell = signed_in(city["coordinator"]), name(city["west"])
    client.post(WEEK, posted(client, **{cell: city["ana"].reference}))
    assert Duty.objects.get().supervisor == city["ana"]

    client.post(WEEK, posted(client, **{cell: city["ben"].reference}))
    assert Duty.objects.get().supervisor == city["ben"]

    client.post(WEEK, posted(client, **{cell: ""}))
    assert not Duty.objects.exists()
    assert AuditEntry.objects.filter(act="duty.put").count() == 3


def test_saving_an_unchanged_week_writes_nothing(city):
    client = signed_in(city["coordinator"])
    client.post(WEEK, posted(client))

    assert not AuditEntry.objects.filter(act="duty.put").exists()


def test_two_people_filling_in_different_days_do_not_undo_each_other(city):
    client = signed_in(city["coordinator"])
    tuesday = MONDAY + datetime.timedelta(days=1)
    mine = posted(client, **{name(city["west"]): city["ana"].reference})
    client.post(WEEK, posted(client, **{name(city["west"], tuesday): city["ben"].reference}))
    client.post(WEEK, mine)

    found = dict(Duty.objects.values_list("day", "supervisor__name"))
    assert found == {MONDAY: "Sgt. Ana", tuesday: "Sgt. Ben"}


def test_supervisor_keeps_the_areas_they_serve_and_no_other(city):
    client = signed_in(city["ana"])
    assert [area.name for area, _cells in client.get(WEEK).context["form"].rows()] == ["West"]

    client.post(WEEK, posted(client, **{name(city["east"]): city["ben"].reference}))
    assert not Duty.objects.exists()


def test_only_a_supervisor_who_serves_the_area_can_be_chosen(city):
    client = signed_in(city["coordinator"])
    officer = UserFactory(officer=True, areas=[city["west"]])
    for person in (city["ana"], officer):
        client.post(WEEK, posted(client, **{name(city["east"]): person.reference}))

    assert not Duty.objects.exists()


def test_supervisor_of_a_precinct_covers_its_beats(city):
    beat = AreaFactory(name="W1", parent=city["west"])

    assert Duty.objects.candidates([beat.pk]) == {beat.pk: [city["ana"], city["ben"]]}


@pytest.mark.parametrize("week", ["", "nonsense", "9999-12-31", "0001-01-01"])
def test_nonsense_in_the_address_shows_a_week(city, week):
    assert signed_in(city["coordinator"]).get(f"/duty/?week={week}").status_code == 200


def test_roster_makes_a_fixed_number_of_queries(city):
    client, counted = signed_in(city["coordinator"]), []
    client.get("/my/settings/")
    for _ in range(3):
        UserFactory(supervisor=True, areas=[AreaFactory(), city["west"]])
        with CaptureQueriesContext(connection) as queries:
            client.get(WEEK)
        counted.append(len(queries))

    assert len(set(counted)) == 1
    assert counted[0] <= 14
