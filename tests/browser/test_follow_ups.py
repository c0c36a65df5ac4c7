"""Whether an agreement held, from the officer's desk to two phones without an account, and back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Case, FollowUpLink
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, PartyFactory


@pytest.fixture
def officer(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def case(officer):
    area = officer.areas_served.get().area
    case = CaseFactory(area=area, opened_by=officer, assigned_to=officer, state="in_process")
    for role, name in (("initiating", "Gurpreet S."), ("responding", "Daniel O.")):
        PartyFactory(case=case, role=role, contact__name=name)
    return case


@pytest.fixture
def desk(staff_context, officer):
    return staff_context(officer).new_page()


def agree(page, case, *promises):
    """Record a full agreement and what each side promised: (who, what, in how many days, amount)."""
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name=re.compile("Record.*Agreements")).click()
    page.get_by_label("Full agreement").check()
    page.get_by_role("button", name="Record the agreement").click()
    for who, what, days, amount in promises:
        page.get_by_label(who).check()
        page.get_by_label("Does what, in their own words").fill(what)
        day = timezone.localdate() + timedelta(days=days)
        for part, value in (("Month", day.month), ("Day", day.day), ("Year", day.year)):
            page.get_by_label(part, exact=True).fill(str(value))
        page.get_by_label("Amount").fill(amount)
        page.get_by_role("button", name="Add the term").click()
        expect(page.get_by_text(what, exact=True)).to_be_visible()


def answer(open_context, case, name, says, **context):
    """One side answers on a phone without script, by the link that was made for them."""
    link = FollowUpLink.objects.get(follow_up__days=30, party__contact__name=name, follow_up__agreement__case=case)
    page = open_context(width=390, js=False, **context).new_page()
    page.goto(f"/answer/{link.code.lower()}/")
    for group, choice in says:
        page.get_by_role("group", name=re.compile(group)).get_by_label(choice, exact=True).check()
    page.locator("main button[type=submit]").click()
    return page


def test_a_noise_dispute_comes_to_an_agreement_that_both_say_holds(desk, case, open_context):
    agree(desk, case, ("Daniel O.", "No drums after ten", 10, ""))
    kept = [("No drums after ten", "Kept"), ("Does the agreement hold", "It holds"), ("treated fairly", "Entirely")]
    thanks = answer(open_context, case, "Gurpreet S.", kept)
    expect(thanks.get_by_role("heading", name="Thank you")).to_be_visible()
    gracias = answer(open_context, case, "Daniel O.", [("Se cumple el acuerdo", "Se cumple")], locale="es-US")
    expect(gracias.get_by_role("heading", name="Gracias")).to_be_visible()

    desk.reload()
    desk.get_by_role("link", name="Follow-up after 30 days").click()
    expect(desk.get_by_text("Held, say all sides")).to_have_count(2)
    expect(desk.get_by_text("5 of 5")).to_be_visible()
    case.refresh_from_db()
    assert case.state == Case.State.FOLLOW_UP


def test_a_payment_plan_that_is_broken_opens_the_case_again(desk, case, open_context):
    agree(desk, case, ("Daniel O.", "First half of the rent", 5, "400"), ("Daniel O.", "Second half", 25, "400"))
    desk.goto(f"{case.get_absolute_url()}close/")
    desk.get_by_label("Agreement", exact=True).check()
    desk.get_by_role("button", name=re.compile("Close")).click()
    broken = [("Second half", "Not kept"), ("Does the agreement hold", "It does not hold")]
    answer(open_context, case, "Gurpreet S.", broken)

    desk.goto(case.get_absolute_url())
    desk.get_by_role("link", name="Full agreement").click()
    desk.get_by_role("link", name="Follow-up after 30 days").click()
    desk.get_by_role("link", name=re.compile("Enter their answer.*Daniel O.")).click()
    desk.get_by_label("By phone").check()
    desk.get_by_role("group", name=re.compile("Does the agreement hold")).get_by_label("It holds", exact=True).check()
    desk.get_by_role("button", name="Save their answer").click()
    expect(desk.get_by_text("The sides disagree")).to_be_visible()
    desk.get_by_role("link", name="Reopen the case").click()
    desk.get_by_label("Why").fill("The sides disagree whether the rent was paid")
    desk.get_by_role("button", name=re.compile("Reopen")).click()
    expect(desk.get_by_text("The sides disagree whether the rent was paid")).to_be_visible()

    case.refresh_from_db()
    assert (case.is_closed, case.reopened_count) == (False, 1)
