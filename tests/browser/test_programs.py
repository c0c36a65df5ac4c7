"""Attendance is taken on a phone at the door; a child is enrolled once a guardian agreed. It works without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from events.models import Attendance, Pairing
from tests.browser.pages_seen import barriers, seen, too_wide
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.events import EnrollmentFactory, MentorFactory, ProgramFactory, ProgramSessionFactory
from tests.matrix import actors
from tests.pages.listing import Page


@pytest.fixture
def lead(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def program(lead):
    return ProgramFactory(name="Youth Academy", lead=lead, area=lead.areas_served.get().area)


def test_a_guardian_agrees_a_child_is_enrolled_and_marked_at_a_session_on_a_phone(staff_context, program, lead):
    session = ProgramSessionFactory(program=program, event__title_en="First evening")
    page = staff_context(lead, width=390, js=False).new_page()
    page.goto(program.get_absolute_url())
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("What they want to be called").fill("Milo")
    page.get_by_label("12 to 14").check()
    page.get_by_role("button", name="Write them down").click()
    expect(page.get_by_text("A parent or guardian has to agree first").first).to_be_visible()
    expect(page.get_by_role("button", name="Enroll", exact=True)).to_have_count(0)

    page.get_by_role("link", name="Note the consent").click()
    page.get_by_label("Parent or guardian").fill("Ana Lima")
    day = timezone.localdate()
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_label("Signed on paper").check()
    page.get_by_role("button", name="Note the consent").click()
    page.get_by_role("button", name="Enroll", exact=True).click()
    expect(page.get_by_text("They are enrolled.")).to_be_visible()

    page.goto(program.get_absolute_url())
    page.get_by_role("link", name="Who came").click()
    page.get_by_role("group", name="Milo").get_by_label("Present").check()
    page.get_by_role("button", name="Save the attendance").click()
    expect(page.get_by_text("The attendance is saved.")).to_be_visible()
    assert list(Attendance.objects.values_list("session", "mark")) == [(session.pk, "present")]


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_pages_of_a_program_have_no_barriers(staff_context, program, lead, width, theme):
    """With more than the world of the tables holds: several sessions, marks of each kind, two mentors."""
    people = [EnrollmentFactory(program=program) for _each in range(3)]
    EnrollmentFactory(program=program, asked=True)
    for days in range(1, 7):
        session = ProgramSessionFactory(program=program, event__day=timezone.localdate() - timedelta(days=days))
        for one, mark in zip(people, ("present", "absent", "excused"), strict=True):
            Attendance.objects.create(session=session, enrollment=one, mark=mark, by=lead)
    mentor = MentorFactory(program=program, cleared=True)
    MentorFactory(program=program)
    Pairing.objects.create(mentor=mentor, enrollment=people[0], made_by=lead)
    tab, url = staff_context(lead, width=width, theme=theme).new_page(), program.get_absolute_url()
    last = program.sessions.order_by("pk").last()
    places = ["", "enrollments/", "attendance/", "mentors/", f"enrollments/{people[0].handle}/"]
    for place in [*places, f"sessions/{last.handle}/attendance/", "edit/"]:
        page = Page(place, actors.OFFICER, url + place)
        tab.goto(page.url)
        found = barriers(tab, page) + seen(tab, page, width) + too_wide(tab)
        tab.set_viewport_size({"width": width, "height": 900})
        assert (place, found) == (place, [])
