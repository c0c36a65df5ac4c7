"""Cases in a real browser: by keyboard, without script, on a phone."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases import actions, scheduling
from cases.models import Case, ContactAttempt, Session
from core.models import Draft
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.lists import deliver_lists


@pytest.fixture
def officer(transactional_db):
    deliver_lists()
    area = AreaFactory(name="Eastgate")
    return UserFactory(name="Ofc. R. Test", officer=True, supervisor=True, areas=[area])


@pytest.fixture
def case(officer):
    """A case in full: both sides, a supporter, tries and a contact, an appointment, an officer."""
    area = officer.areas_served.get().area
    case = CaseFactory(area=area, title="Noise between floors, Kestrel Court", place="Kestrel Court", opened_by=officer)
    actions.assign(case=case, officer=officer, by=officer)
    one = PartyFactory(case=case, contact__name="Gurpreet S.", contact__may_call=True)
    other = PartyFactory(case=case, responding=True, contact__name="Daniel O.", access_needs="Step-free room")
    PartyFactory(case=case, role="supporter", beside=one, contact__name="Asha S.")
    for party, result in ((one, "spoke"), (other, "no_answer")):
        actions.log_contact(attempt=ContactAttempt(case=case, party=party, way="call", result=result), by=officer)
    session = Session(case=case, kind="pre_meeting", day=timezone.localdate() + timedelta(days=3), clock=time(14))
    session.place = "Library, room 2"
    scheduling.book_session(session=session, parties=[one], staff=[officer], by=officer)
    case.refresh_from_db()
    return case


def fill_case(page, title):
    page.get_by_label("Short name").fill(title)
    page.get_by_label("Referred by").select_option("walk_in")
    page.get_by_label("Dispute").select_option("noise")
    page.get_by_label("Area", exact=True).select_option("Eastgate")


@pytest.mark.parametrize("js", [True, False])
def test_errors_are_told_at_the_top_and_mended(staff_context, officer, js):
    page = staff_context(officer, js=js, width=390).new_page()
    page.goto("/cases/new/")
    page.get_by_role("button", name="Create case").click()
    alert = page.get_by_role("alert")
    alert.get_by_role("link", name="Enter a short name for the case").click()
    if js:
        expect(page.locator("#id_title")).to_be_focused()
    else:
        expect(page).to_have_url(re.compile("#id_title$"))

    fill_case(page, "Noise after midnight, Test Court")
    page.get_by_role("button", name="Create case").click()
    page.get_by_role("heading", name="Noise after midnight, Test Court").wait_for()
    assert Case.objects.count() == 1


def test_a_case_is_logged_by_keyboard_alone(staff_context, officer):
    page = staff_context(officer).new_page()
    page.goto("/cases/")
    page.get_by_role("link", name="New case").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Short name").focus()
    page.keyboard.type("Fence line, Heron Row")
    # The link to what each source means lies before the sources.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Walk")
    for label, typed in (("Dispute", "Neighbors: b"), ("Area", "East")):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(typed)
    page.get_by_label("Short name").focus()
    page.keyboard.press("Enter")
    page.get_by_text("is logged.").wait_for()

    case = Case.objects.get()
    assert (case.title, case.source, case.dispute) == ("Fence line, Heron Row", "walk_in", "boundary")


def test_the_place_asks_whether_it_is_the_same(staff_context, officer, case):
    page = staff_context(officer).new_page()
    page.goto("/cases/new/")
    page.get_by_label("Area", exact=True).select_option("Eastgate")
    place = page.get_by_role("textbox", name="Place (optional)")
    place.fill("Kestrel")
    place.press("Tab")

    page.locator("#similar").get_by_role("link", name=case.reference).wait_for()


@pytest.mark.parametrize("js", [True, False])
def test_a_draft_is_kept_and_comes_back(staff_context, officer, js):
    page = staff_context(officer, js=js).new_page()
    page.goto("/cases/new/")
    page.get_by_label("Short name").fill("Half a case")
    page.get_by_label("High risk").check()
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved at").wait_for()

    page.goto("/cases/new/")
    expect(page.get_by_label("Short name")).to_have_value("Half a case")
    expect(page.get_by_label("High risk")).to_be_checked()
    assert Draft.objects.count() == 1


def test_the_list_is_filtered_as_one_chooses_and_the_address_is_the_filter(staff_context, officer, case):
    CaseFactory(area=case.area, title="Barking, Fenwick Close", dispute="pets", risk="high")
    page = staff_context(officer).new_page()
    page.goto("/cases/")
    page.get_by_label("Dispute").select_option("pets")
    page.get_by_role("link", name=case.title).wait_for(state="detached")

    expect(page).to_have_url(re.compile("dispute=pets"))
    expect(page.get_by_role("link", name="Barking, Fenwick Close")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("link", name=case.title)).to_have_count(0)
    page.get_by_role("link", name="take away this filter").click()
    page.get_by_role("link", name=case.title).wait_for()


@pytest.mark.parametrize("js", [True, False])
def test_the_timeline_changes_its_tab(staff_context, officer, case, js):
    page = staff_context(officer, js=js).new_page()
    page.goto(case.get_absolute_url())
    timeline = page.locator("#timeline")
    timeline.get_by_role("link", name="Contacts").click()
    timeline.get_by_text("Case logged").wait_for(state="detached")

    expect(timeline.get_by_text("Call, Gurpreet S.: Spoke with them")).to_have_count(1)


def test_a_contact_is_logged_in_four_answers_on_a_phone(staff_context, officer, case):
    page = staff_context(officer, width=390, js=False).new_page()
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name="Log contact", exact=True).click()
    page.get_by_label("With whom").select_option("Daniel O.")
    page.get_by_label("Call", exact=True).check()
    page.get_by_label("Spoke with them").check()
    page.get_by_label("Note").fill("Can come after 17:00")
    page.get_by_role("button", name="Log the contact").click()

    page.get_by_text("Logged: Call, Spoke with them.").wait_for()
    page.get_by_text("This way is against their safe-contact rules").wait_for()
    assert case.contact_log.filter(party__contact__name="Daniel O.", result="spoke", against_rules=True).count() == 1


def test_a_joint_session_is_refused_in_words(staff_context, officer, case, console):
    page = staff_context(officer).new_page()
    page.goto(f"{case.get_absolute_url()}appointments/new/")
    page.get_by_label("Joint session").check()
    day = timezone.localdate() + timedelta(days=5)
    for part in ("Day", "Month", "Year"):
        page.get_by_label(part, exact=True).fill(str(getattr(day, part.lower())))
    page.get_by_label("Time", exact=True).fill("14:00")
    page.get_by_label("Place or way to meet").fill("Library")
    page.get_by_role("button", name="Book the appointment").click()

    alert = page.get_by_role("alert")
    alert.get_by_text("Gurpreet S. (Initiating party) was screened, alone: missing.").wait_for()
    expect(page.get_by_label("Time", exact=True)).to_have_value("14:00")
    assert case.sessions.count() == 1
    assert "409" in console.pop()


def test_sealing_breaking_and_the_banner(staff_context, officer, case):
    other = UserFactory(name="Sgt. B. Test", supervisor=True, areas=[case.area])
    case.set_access(Case.Access.SEALED, by=officer)
    page = staff_context(other).new_page()
    page.goto(case.get_absolute_url())
    expect(page.get_by_text(case.title)).to_have_count(0)
    page.get_by_label("Reason").fill("The officer is ill and the court asks.")
    page.get_by_role("button", name="Open this sealed case").click()

    page.get_by_role("heading", name=case.title).wait_for()
    expect(page.get_by_text("You opened this sealed case.")).to_have_count(1)
