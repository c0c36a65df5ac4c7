"""A case becomes ready in a real browser: every check by its own button, then the joint session is booked."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Session, Wording
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory
from tests.factories.readiness import reach, wording


@pytest.fixture
def officer(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def case(officer):
    """An officer who leads the process themselves, and two sides that were reached."""
    case = CaseFactory(area=officer.areas_served.get().area, opened_by=officer, assigned_to=officer, contacting=True)
    FacilitatorFactory(case=case, user=officer, kind="officer")
    for role, name in (("initiating", "Gurpreet S."), ("responding", "Daniel O.")):
        reach(PartyFactory(case=case, role=role, contact__name=name))
    for kind in Wording.Kind.values:
        wording(kind)
    return case


def declare(page, name):
    page.get_by_role("link", name=re.compile(f"Declare.*Ofc. R. Test declared on conflicts with {name}")).click()
    page.get_by_label(name).check()
    page.get_by_label("No conflict of interest").check()
    page.get_by_role("button", name="Declare").click()
    page.get_by_text(f"Declared on {name}").wait_for()


def inform(page, name):
    page.get_by_role("link", name=re.compile(f"Record the notice.*{name}")).click()
    page.get_by_label("Read aloud and talked through").check()
    page.get_by_role("button", name="Record the notice").click()
    page.get_by_text(f"Recorded: {name} was given the notice.").wait_for()


def screen(page, name):
    page.get_by_role("link", name=re.compile(f"Screen.*{name}")).click()
    page.get_by_label("We talked alone").check()
    page.get_by_label("Suitable", exact=True).check()
    page.get_by_role("button", name="Save the screening").click()
    page.get_by_text(f"{name} is screened: suitable.").wait_for()


def consent(page, name, said_by=None):
    """A side agrees, or a guardian says so for them."""
    page.get_by_role("link", name=re.compile(f"Record the consent.*: {said_by or name} ")).click()
    page.get_by_label("Agreed to take part").check()
    page.get_by_label("They know that it is voluntary").check()
    page.get_by_label("Signed on paper").check()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_text(f"Recorded for {name}: agreed to take part.").wait_for()


def book(page, case, kind="Joint session", names=("Gurpreet S.", "Daniel O.")):
    page.goto(f"{case.get_absolute_url()}appointments/new/")
    page.get_by_label(kind).check()
    day = timezone.localdate() + timedelta(days=5)
    for part in ("Day", "Month", "Year"):
        page.get_by_label(part, exact=True).fill(str(getattr(day, part.lower())))
    page.get_by_label("Time", exact=True).fill("14:00")
    page.get_by_label("Place or way to meet").fill("Library")
    for name in names:
        page.get_by_label(name).check()
    page.get_by_role("button", name="Book the appointment").click()


def test_every_check_has_its_button_and_the_last_one_opens_the_gate(staff_context, officer, case):
    """With script; a circle goes the same way without it."""
    page = staff_context(officer, width=1280).new_page()
    page.goto(case.get_absolute_url())
    for name in ("Gurpreet S.", "Daniel O."):
        for act in (declare, inform, screen, consent):
            expect(page.get_by_role("heading", name="Not ready for a joint session")).to_be_visible()
            act(page, name)
    expect(page.get_by_role("heading", name="Ready for a joint session")).to_be_visible()

    book(page, case)
    page.get_by_text("Joint session is booked.").wait_for()
    assert Session.objects.get().kind == Session.Kind.JOINT


def test_a_sign_of_violence_in_a_screening_stops_everything(staff_context, officer, case, console):
    page = staff_context(officer, js=False).new_page()
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name=re.compile("Screen.*Gurpreet S.")).click()
    page.get_by_label("We talked alone").check()
    page.get_by_label("Afraid of the other party").check()
    page.get_by_label("Violence or control between partners").check()
    page.get_by_label("Not suitable for a joint session").check()
    page.get_by_role("button", name="Save the screening").click()
    page.get_by_text("Gurpreet S. is screened: not suitable for a joint session.").wait_for()

    book(page, case)
    page.get_by_role("alert").get_by_text("Offer a referral to victim support instead").wait_for()
    assert not Session.objects.exists()
    assert "409" in console.pop()
