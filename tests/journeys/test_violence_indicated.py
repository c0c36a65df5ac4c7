"""A sign of violence stops everything at once: what was booked, what would be sent, and what could be booked anew."""

import re
from datetime import time, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from accounts.models import CalendarFeed
from cases import agreeing, scheduling
from cases.models import Agreement, Case, FollowUp, FollowUpLink, Session
from notices.models import Notice, Task
from notices.tasks import deliver_due
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.readiness import make_ready
from tests.journeys.test_whole_day import fill_moment

NAMES = {"initiating": "Gurpreet S.", "responding": "Daniel O."}


@pytest.fixture
def officer(transactional_db):
    return UserFactory(name="Ofc. R. Test", officer=True, areas=[AreaFactory(name="Eastgate")])


@pytest.fixture
def case(officer):
    """Both sides are ready, something is agreed already, and a joint session is booked with its reminders waiting."""
    case = CaseFactory(area=officer.areas_served.get().area, opened_by=officer, assigned_to=officer, contacting=True)
    sides = [PartyFactory(case=case, role=role, contact__name=name) for role, name in NAMES.items()]
    make_ready(case)
    agreement = Agreement(case=case, kind="partial", agreed_on=timezone.localdate() - timedelta(days=29))
    agreeing.record(agreement=agreement, by=officer)
    soon = timezone.localdate() + timedelta(days=5)
    session = Session(case=case, kind="joint", day=soon, clock=time(14, 0), place="Room 2")
    scheduling.book_session(session=session, parties=sides, staff=[officer], by=officer)
    return case


@pytest.fixture
def desk(staff_context, officer):
    return staff_context(officer).new_page()


def entries(client, officer):
    """The appointments that a calendar would show as taking place."""
    feed = CalendarFeed.objects.filter(user=officer).first() or CalendarFeed.objects.make(officer)
    answer = client.get(reverse("links:calendar", args=[feed.token]))
    events = Calendar.from_ical(getattr(answer, "content", None) or answer.body()).walk("VEVENT")
    return [event["UID"] for event in events if event["STATUS"] == "CONFIRMED"]


def still_going(client, case, officer):
    """What would still bring the sides together, or remind them of it by itself."""
    meetings = [session for session in case.sessions.planned() if session.is_together]
    yield from ("a joint session is planned" for _session in meetings)
    sessions = case.sessions.values("reference")
    waiting = Notice.objects.waiting().filter(contact__party__case=case, ref__in=sessions)
    yield from sorted({f"{name} is to be reminded" for name in waiting.values_list("contact__name", flat=True)})
    yield from ("a calendar shows it" for _entry in entries(client, officer))


STANDS = [
    "a joint session is planned", "Daniel O. is to be reminded", "Gurpreet S. is to be reminded", "a calendar shows it",
]  # fmt: skip


def tick_the_sign(page, case):
    page.goto(reverse("cases:case_edit", args=[case.reference]))
    page.get_by_label("Violence between partners or in the family is indicated").check()
    page.get_by_role("button", name="Save the case").click()
    expect(page.get_by_text("No message says so: tell each party.")).to_be_visible()


def come_due(case):
    """The day of every message to a party has come, and the outbox is emptied."""
    to_parties = Notice.objects.filter(contact__party__case=case)
    to_parties.waiting().update(due_at=timezone.now() - timedelta(minutes=1))
    deliver_due()
    return to_parties


def test_ticking_the_sign_calls_off_the_meeting_and_every_message(desk, case, officer, mailoutbox):
    assert list(still_going(desk.request, case, officer)) == STANDS
    tick_the_sign(desk, case)

    assert list(still_going(desk.request, case, officer)) == []
    assert [(one.state, one.canceled_by) for one in case.sessions.all()] == [("canceled", officer)]
    notices = come_due(case)
    assert set(notices.values_list("state", flat=True)) == {"void"}
    # The follow-up of the agreement was owed to them too.
    assert set(notices.values_list("kind", flat=True)) == {"cases.session", "cases.follow_up"}
    addresses = set(case.parties.values_list("contact__email", flat=True))
    assert [mail.to for mail in mailoutbox if addresses & set(mail.to)] == []
    told = Task.objects.open().filter(key__startswith="cases.tell:", ref=case.reference)
    assert {task.owner for task in told} == {officer}
    assert told.count() == len(NAMES)


def test_help_is_offered_and_paper_and_links_warn(desk, case, settings):
    tick_the_sign(desk, case)

    expect(desk.get_by_text("Offer help to whoever may be in danger, alone and by a safe way")).to_be_visible()
    expect(desk.get_by_role("link", name=settings.AGENCY["survivor_line"])).to_be_visible()
    desk.get_by_role("link", name="Log that you offered it").click()
    expect(desk.get_by_role("heading", name="Log a contact")).to_be_visible()
    party = case.parties.get(role="responding")
    desk.goto(reverse("cases:letter_list", args=[case.reference, party.handle]))
    expect(desk.get_by_text("A letter can be read by others")).to_be_visible()
    follow_up = FollowUp.objects.get(agreement__case=case, days=30)
    side = [case.reference, follow_up.handle, party.handle]
    desk.goto(reverse("cases:follow_up_hear", args=side))
    expect(desk.get_by_text("A letter can be read by others")).to_be_visible()
    desk.goto(reverse("cases:follow_up_link", args=side))
    expect(desk.get_by_text("no link works")).to_be_visible()
    link = FollowUpLink.objects.get(follow_up=follow_up, party=party)
    expect(desk.get_by_text(link.code)).to_have_count(0)
    assert desk.request.get(reverse("links:follow_up", args=[link.token])).status == 410


def test_no_joint_session_is_booked_any_more_by_form_or_by_hand(desk, case, console):
    tick_the_sign(desk, case)
    address = reverse("cases:session_book", args=[case.reference])
    desk.goto(address)
    desk.get_by_label("Joint session", exact=True).check()
    fill_moment(desk, timezone.localtime() + timedelta(days=7))
    desk.get_by_label("Place or way to meet").fill("Room 2")
    for name in NAMES.values():
        desk.get_by_label(name).check()
    desk.get_by_role("button", name="Book the appointment").click()
    missing = re.compile("No sign of violence between partners or in the family: missing")
    expect(desk.get_by_text(missing).first).to_be_visible()
    console[:] = [said for said in console if "409" not in said]

    posted = {
        "kind": "joint", "day": (timezone.localdate() + timedelta(days=7)).isoformat(), "clock": "14:00",
        "minutes": 60, "place": "Room 2", "parties": list(case.parties.values_list("pk", flat=True)),
        "csrfmiddlewaretoken": desk.locator("main input[name=csrfmiddlewaretoken]").first.input_value(),
    }  # fmt: skip
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = desk.request.post(address, data=urlencode(posted, doseq=True), headers=typed)
    assert answer.status == 409
    assert "missing" in answer.text()
    assert not case.sessions.planned().exists()
    # Each side alone may still be met.
    posted |= {"kind": "caucus", "parties": posted["parties"][:1]}
    assert desk.request.post(address, data=urlencode(posted, doseq=True), headers=typed).ok
    assert [session.kind for session in case.sessions.planned()] == ["caucus"]


def test_a_sign_that_stops_nothing_is_found(case, officer, client):
    """The planted failure: the sign is in the row, and nothing was done about it."""
    Case.objects.filter(pk=case.pk).update(violence_indicated=True)
    assert list(still_going(client, case, officer)) == STANDS
