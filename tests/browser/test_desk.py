"""The desk in a real browser: the keys, and the whole of it without script."""

import re
from datetime import time, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory
from tests.factories.notices import ContactFactory, TaskFactory


@pytest.fixture
def area(transactional_db):
    return AreaFactory(name="Eastgate")


@pytest.fixture
def officer(area):
    return UserFactory(name="Ofc. A. One", officer=True, supervisor=True, areas=[area])


@pytest.fixture
def case(area, officer):
    """A case with something of everything: a late task, one due this week, appointments on both sides of now."""
    case = CaseFactory(area=area, assigned_to=officer, opened_by=officer, title="Drums at night, Test Court")
    PartyFactory(case=case, contact=ContactFactory(name="Drusilla Drums"))
    for clock in (time(0, 1), time(23, 58)):
        SessionFactory(case=case, day=timezone.localdate(), clock=clock, staff=[officer])
    for days, text in ((-2, "Call them back"), (2, "Ask for dates")):
        due = timezone.now() + timedelta(days=days)
        TaskFactory(owner=officer, ref=case.reference, link=case.get_absolute_url(), text=text, due_at=due)
    return case


def test_the_keys_lead_where_the_page_of_keys_says(staff_context, officer, case):
    page = staff_context(officer).new_page()
    page.goto("/desk/keys/")
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("log contact " + case.reference.lower())
    page.keyboard.press("Enter")
    page.get_by_role("link", name=f"Log contact, {case.reference}").click()
    page.wait_for_url(f"**/cases/{case.reference}/contacts/new/")
    page.goto("/desk/new/")
    for keys, address in (
        (("g", "d"), "/desk/"),
        (("g", "m"), "/cases/"),
        (("?",), "/desk/keys/"),
        (("n",), "/desk/new/"),
    ):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"**{address}")
    page.keyboard.press("/")
    page.keyboard.type(case.reference)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.reference}/")


def test_a_task_is_done_in_place_and_taken_back(staff_context, officer, case):
    page = staff_context(officer).new_page()
    page.goto("/desk/")
    page.get_by_role("button", name=re.compile("Done.*Call them back")).click()
    page.get_by_role("button", name=re.compile("Undo.*Call them back")).click()
    page.get_by_role("button", name=re.compile("Done.*Call them back")).wait_for()
    expect(page).to_have_url(re.compile("/desk/$"))


def test_the_day_can_be_worked_without_script(staff_context, live_server, officer, case):
    page = staff_context(officer, js=False, width=390).new_page()
    page.goto("/desk/")
    page.get_by_role("button", name=re.compile("Done.*Call them back")).click()
    expect(page).to_have_url(f"{live_server.url}/desk/")
    page.get_by_text("Done: Call them back").wait_for()
    page.locator(".tabbar").get_by_role("link", name="Menu").click()
    page.get_by_role("link", name="Dashboard").click()
    page.locator("#area").select_option(label="Eastgate")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("See them.*Open caseload")).click()
    expect(page).to_have_url(re.compile("/cases/"))
    page.locator("#q").fill("drusilla")
    page.locator("#q").press("Enter")
    page.get_by_role("link", name="Drusilla Drums").click()
    expect(page).to_have_url(re.compile(f"/cases/{case.reference}/$"))


def test_cases_are_handed_over_without_script(staff_context, officer, case, area):
    successor = UserFactory(name="Ofc. B. Two", officer=True, areas=[area])
    page = staff_context(officer, js=False).new_page()
    page.goto(f"/desk/leaving/{officer.reference}/cases/")
    page.get_by_label(f"Who takes over {case.reference}").select_option(label="Ofc. B. Two")
    page.get_by_role("button", name="Hand over the chosen cases").click()
    page.get_by_text("1 case was handed over.").wait_for()
    case.refresh_from_db()
    assert case.assigned_to == successor


def test_my_day_is_spanish_where_the_visitor_chose_it(staff_context, live_server, officer, case):
    context = staff_context(officer)
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "es", "url": live_server.url}])
    page = context.new_page()
    page.goto("/desk/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
