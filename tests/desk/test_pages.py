"""The shell and the plain pages of the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from core.models import Heartbeat
from desk import rail
from tests.factories.cases import CaseFactory
from tests.factories.notices import TaskFactory

ROLES = ("officer", "supervisor", "mediator", "coordinator", "analyst", "records_officer", "victim_advocate", "nobody")
PAGES = ("/desk/", "/desk/search/", "/desk/new/", "/desk/menu/", "/desk/keys/", "/desk/drafts/")


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_of_the_rail_opens_and_nothing_else_is_offered(sign_in, staff, role):
    """What a person is offered they may open, and what they may open of the rail's pages they are offered."""
    user = getattr(staff, role)
    client = sign_in(user)
    offered = {entry["url"] for group in rail.groups_for(user) for entry in group["entries"]}
    places = [place for _, places in rail.GROUPS for place in places]
    answers = {rail.address(place.url_name): client.get(rail.address(place.url_name)).status_code for place in places}
    assert len(answers) == len(places) == 19
    opened = {url for url, status in answers.items() if status == 200}
    assert offered <= opened
    # A list that is empty for them is no page of their work.
    assert opened - offered <= {"/cases/", "/organizations/"}


@pytest.mark.parametrize("role", ROLES)
def test_everything_that_is_offered_to_begin_can_be_begun(sign_in, staff, role):
    user = getattr(staff, role)
    client = sign_in(user)
    assert {client.get(entry["url"]).status_code for entry in rail.new_for(user)} <= {200}
    assert {client.get(rail.entry(place, "")["url"]).status_code for place in rail.NEWS} <= {200, 403}


@pytest.mark.parametrize("role", ROLES)
def test_the_rail_is_short(staff, role):
    assert sum(len(group["entries"]) for group in rail.groups_for(getattr(staff, role))) <= 14


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_the_plain_pages(sign_in, staff, role, page):
    assert sign_in(getattr(staff, role)).get(page).status_code == 200


def test_every_page_of_the_desk_asks_who_one_is(client, db):
    urls = [pattern.pattern for pattern in get_resolver("desk.urls").url_patterns]
    addresses = [f"/desk/{str(url).replace('<str:reference>', 'U-26-7K4QF')}" for url in urls]
    assert len(addresses) == 12
    answers = {client.get(address).headers.get("Location", "").split("?")[0] for address in addresses}
    assert answers == {"/accounts/login/"}


def test_the_current_page_is_marked_once_in_the_rail_and_once_below(sign_in, staff):
    page = sign_in(staff.officer).get("/desk/").content.decode()
    assert page.count('aria-current="page"') == 2


def test_the_bell_counts_what_is_late_or_due_today(sign_in, staff):
    for days in (-1, 0, 1):
        TaskFactory(owner=staff.officer, due_at=timezone.now() + timedelta(days=days))
    TaskFactory(owner=staff.officer, snoozed_until=timezone.now() + timedelta(days=1))
    assert "2 reminders" in sign_in(staff.officer).get("/desk/keys/").content.decode()


def test_coordinators_alone_are_told_that_the_engine_stands_still(sign_in, staff):
    Heartbeat.objects.create(name="notices.tick", at=timezone.now() - timedelta(hours=1))
    said = "The reminder engine has stopped"
    assert said in sign_in(staff.coordinator).get("/desk/keys/").content.decode()
    assert said not in sign_in(staff.officer).get("/desk/keys/").content.decode()


def test_public_pages_pay_nothing_for_the_shell(client, db):
    client.get("/about/privacy/")
    with CaptureQueriesContext(connection) as found:
        client.get("/about/privacy/")
    assert [query["sql"] for query in found if "notices_task" in query["sql"]] == []


def test_the_shell_costs_few_queries(sign_in, staff):
    client = sign_in(staff.officer)
    client.get("/desk/keys/")
    with CaptureQueriesContext(connection) as found:
        client.get("/desk/keys/")
    # Session, user, roles, areas (two), and one for the number at the bell.
    assert len(found) <= 6


def test_a_contact_is_logged_by_choosing_the_case(sign_in, staff, area):
    case = CaseFactory(area=area, assigned_to=staff.officer)
    other = CaseFactory(area=area, assigned_to=staff.colleague)
    client = sign_in(staff.officer)
    page = client.get("/desk/new/contact/").content.decode()
    assert f'href="/cases/{case.reference}/contacts/new/"' in page
    assert other.reference not in page
    assert client.get(f"/cases/{case.reference}/contacts/new/").status_code == 200
