"""The supervisor's numbers: right, scoped, and each the number of rows behind its link."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk import dashboard
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory
from tests.factories.notices import TaskFactory


def days_ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def caseload(area, elsewhere, staff):
    """Nine cases that the supervisor may open, and two they may not."""
    part = AreaFactory(name="Eastgate Yard", parent=area)
    for days in (1, 5, 20):
        CaseFactory(area=area, assigned_to=staff.officer, received_at=days_ago(days))
    for days in (2, 40):
        CaseFactory(area=part, assigned_to=staff.colleague, received_at=days_ago(days))
    CaseFactory(area=part, received_at=days_ago(3))
    CaseFactory(area=area, on_hold=True, assigned_to=staff.officer, received_at=days_ago(60))
    CaseFactory(area=area, closed=True, assigned_to=staff.officer, received_at=days_ago(90))
    late = CaseFactory(area=area, contacting=True, assigned_to=staff.officer, received_at=days_ago(4))
    TaskFactory(ref=late.reference, owner=staff.officer, due_at=days_ago(1))
    TaskFactory(ref=late.reference, owner=staff.officer, due_at=days_ago(2))
    CaseFactory(area=area, sealed=True, assigned_to=staff.officer, received_at=days_ago(50))
    CaseFactory(area=elsewhere, received_at=days_ago(50))


def numbers(user, chosen=""):
    page = dashboard.page(user, chosen)
    return {measure.name: (measure.value, measure.part) for measure in page["measures"]}


def test_the_numbers_are_those_of_the_cases_they_may_open(staff, caseload):
    assert numbers(staff.supervisor) == {
        "Open caseload": (8, ""),
        "Unassigned": (1, ""),
        "No contact for 14 days": (2, "1 for 30 days or more"),
        "Something overdue": (1, ""),
        "Checks overridden": (0, ""),
    }
    assert numbers(staff.supervisor_elsewhere)["Open caseload"] == (1, "")


def test_ages_are_a_median_and_a_ninetieth_percentile(staff, caseload):
    open_measure = dashboard.page(staff.supervisor, "")["measures"][0]
    # Of 1, 2, 3, 4, 5, 20, 40 and 60 days: (4 + 5) / 2, and 40 + (60 - 40) * 0.3.
    assert open_measure.words == "Half are older than 4 days, one in ten is older than 46."


def test_an_empty_unit_has_no_ages(staff):
    measure = dashboard.page(staff.supervisor, "")["measures"][0]
    assert (measure.value, measure.words) == (0, "")


def test_an_area_may_be_chosen_and_holds_the_areas_below_it(staff, caseload, area):
    part = area.children.get()
    assert numbers(staff.supervisor, part.reference)["Open caseload"] == (3, "")
    assert numbers(staff.supervisor, area.reference)["Open caseload"] == (8, "")


def test_an_area_they_do_not_serve_is_not_chosen(staff, caseload, elsewhere):
    page = dashboard.page(staff.supervisor, elsewhere.reference)
    assert page["area"] is None
    assert page["found"].open == 8


def listed(client, url):
    """How many rows the list behind a link says it has."""
    page = client.get(url).content.decode()
    return int(re.search(r"(\d+) cases? that you may open", page)[1])


@pytest.mark.parametrize("chosen", [False, True])
def test_every_number_is_the_length_of_its_list(sign_in, staff, caseload, area, chosen):
    client = sign_in(staff.supervisor)
    page = client.get("/desk/supervisor/", {"area": area.reference} if chosen else {}).content.decode()
    main = page[page.index('id="h-stages"') :]
    linked = re.findall(r'<a href="(/cases/\?[^"]+)">(\d+)(?: for 30 days or more)?</a>', main)
    values = re.findall(r'class="value">(\d+) .*?class="foot"><a href="(/cases/\?[^"]+)"', main, re.DOTALL)
    bars = re.findall(r'<a class="plain" href="(/cases/\?[^"]+)">.*?<span class="n strong">(\d+)<', main)
    found = [*linked, *((url, number) for number, url in values), *bars]
    assert len(found) >= 4 + 3 + 4 + 2
    wrong = [(url, number) for url, number in found if listed(client, unescape(url)) != int(number)]
    assert wrong == []


def test_officers_stand_by_name_and_have_no_score(sign_in, staff, caseload, text_of):
    page = text_of(sign_in(staff.supervisor).get("/desk/supervisor/"))
    assert page.index("Ofc. A. One") < page.index("Ofc. B. Two")
    assert "Officers are not ranked" in page
    assert "%" not in page


def test_each_measure_says_what_it_counts(sign_in, staff, caseload):
    page = sign_in(staff.supervisor).get("/desk/supervisor/").content.decode()
    assert page.count("<summary>Definition") == 5


@pytest.mark.parametrize(
    "role",
    ["officer", "mediator", "coordinator", "analyst", "records_officer", "victim_advocate", "nobody"],
)
def test_only_supervisors_have_it(sign_in, staff, role):
    assert sign_in(getattr(staff, role)).get("/desk/supervisor/").status_code == 403


def test_the_queries_of_the_dashboard_do_not_grow(sign_in, staff, area):
    client, counted = sign_in(staff.supervisor), []
    for count in (1, 3):
        for _ in range(count):
            part = AreaFactory(parent=area)
            CaseFactory(area=part, assigned_to=UserFactory(officer=True, areas=[part]), received_at=days_ago(20))
        client.get("/desk/supervisor/")
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/supervisor/")
        counted.append(len(found))
    assert counted[0] == counted[1] <= 20
