"""A youth circle in a real browser: whether it fits, everybody met before it, a guardian, and who speaks after whom."""

import re

import pytest
from playwright.sync_api import expect

from cases.models import Consent, Session, Wording
from tests.browser.test_readiness import book, consent, declare, inform, screen
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory
from tests.factories.readiness import reach, wording

HARMED, RESPONSIBLE, MOTHER = "Marta", "Kofi", "Adwoa"


@pytest.fixture
def officer(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def case(officer):
    """The officer keeps the circle. A minor answers for what was done, and a parent stands by them."""
    area = officer.areas_served.get().area
    case = CaseFactory(area=area, opened_by=officer, assigned_to=officer, process="restorative", contacting=True)
    FacilitatorFactory(case=case, user=officer, kind="officer")
    reach(PartyFactory(case=case, role="harmed", contact__name=HARMED))
    minor = PartyFactory(case=case, role="responsible", is_minor=True, contact__name=RESPONSIBLE)
    reach(minor)
    PartyFactory(case=case, role="guardian", beside=minor, contact__name=MOTHER)
    for kind in Wording.Kind.values:
        wording(kind)
    return case


def decide(page):
    page.get_by_role("link", name=re.compile("Decide.*A circle fits")).click()
    page.get_by_label("Partly").check()
    page.get_by_label("Both sides know that it is voluntary").check()
    page.get_by_label("A circle fits").check()
    page.get_by_role("button", name="Save the decision").click()
    page.get_by_text("Decided: a circle fits.").wait_for()


def meet(page, case, name):
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name=re.compile(f"Record the meeting.*{name}")).click()
    for true in ("They are ready", "They are willing", "They are able", "It is not likely"):
        page.get_by_label(true).check()
    page.get_by_role("button", name="Record the meeting").click()
    page.get_by_text(f"Recorded for {name}: ready for a circle.").wait_for()


def plan(page, case):
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name=re.compile("Plan the circle")).click()
    for place, name in enumerate((HARMED, MOTHER, RESPONSIBLE), start=1):
        page.get_by_label(re.compile(f"^{name},")).fill(str(place))
    page.get_by_label("The order was chosen together with the person harmed").check()
    page.get_by_label("Rounds").fill("What happened?\nWho was touched by it?\nWhat repairs it?")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("The plan of the circle is saved.")).to_be_visible()


def test_a_youth_circle_with_a_guardian(staff_context, officer, case, console):
    page = staff_context(officer, js=False, width=390).new_page()
    page.goto(case.get_absolute_url())
    for name in (HARMED, RESPONSIBLE):
        for act in (declare, inform, screen, consent):
            act(page, name)
    decide(page)
    for name in (HARMED, RESPONSIBLE, MOTHER):
        meet(page, case, name)
    plan(page, case)
    # The guardian is still missing, and without them nothing is booked.
    book(page, case, "Circle or conference", (HARMED, RESPONSIBLE, MOTHER))
    expect(page.get_by_role("alert").get_by_text(f"{MOTHER} consented for {RESPONSIBLE}")).to_be_visible()
    assert not Session.objects.exists()
    assert "409" in console.pop()

    page.goto(case.get_absolute_url())
    consent(page, RESPONSIBLE, said_by=MOTHER)
    expect(page.get_by_role("heading", name="Ready for a joint session")).to_be_visible()
    book(page, case, "Circle or conference", (HARMED, RESPONSIBLE, MOTHER))
    expect(page.get_by_text("Circle or conference is booked.")).to_be_visible()
    assert Session.objects.get().kind == Session.Kind.CIRCLE
    assert Consent.objects.get(guardian__contact__name=MOTHER).party.contact.name == RESPONSIBLE
    page.goto(f"{case.get_absolute_url()}circle/")
    expect(page.get_by_role("list").get_by_text(re.compile(f"^({HARMED}|{MOTHER}|{RESPONSIBLE})$"))).to_have_text(
        [HARMED, MOTHER, RESPONSIBLE]
    )
