from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Draft
from desk import day
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory
from tests.factories.notices import TaskFactory

NOON = timezone.make_aware(datetime(2026, 11, 18, 12, 0))


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


def test_late_today_and_this_week_stand_apart(noon, sign_in, staff, text_of):
    for days, text in ((-2, "Late one"), (0, "Today's one"), (3, "Week's one"), (9, "Far one")):
        TaskFactory(owner=staff.officer, text=text, due_at=NOON + timedelta(days=days))
    TaskFactory(owner=staff.colleague, text="Somebody else's")
    TaskFactory(owner=staff.officer, text="Asleep", snoozed_until=NOON + timedelta(days=1))
    owed = day.owed(staff.officer)
    assert [row.text for row in owed.now] == ["Late one", "Today's one"]
    assert [row.text for row in owed.week] == ["Week's one"]
    assert (owed.overdue, owed.today, owed.coming, owed.all) == (1, 1, 1, 4)
    page = text_of(sign_in(staff.officer).get("/desk/"))
    assert "1 overdue , 1 due today , 1 more this week" in page
    assert "2 days late Late one" in page
    assert "Asleep" not in page
    assert "Far one" not in page


def test_a_task_of_a_role_is_on_the_desks_of_those_who_hold_it_there(sign_in, staff, area, text_of):
    TaskFactory(role="supervisor", area=area, text="Assign an officer")
    assert "Assign an officer" in text_of(sign_in(staff.supervisor).get("/desk/"))
    for person in (staff.supervisor_elsewhere, staff.officer, staff.coordinator):
        assert "Assign an officer" not in text_of(sign_in(person).get("/desk/"))


def test_the_now_line_stands_between_what_began_and_what_comes(noon, staff, area):
    case = CaseFactory(area=area, assigned_to=staff.officer, opened_by=staff.officer)
    for clock in (time(9, 30), time(11, 30), time(14, 0)):
        SessionFactory(case=case, day=NOON.date(), clock=clock, staff=[staff.officer])
    SessionFactory(case=case, day=NOON.date() + timedelta(days=1), staff=[staff.officer])
    rows = day.appointments(staff.officer)
    assert ["now" if "now" in row else f"{timezone.localtime(row['appointment'].starts_at):%H:%M}" for row in rows] == [
        "09:30",
        "11:30",
        "now",
        "14:00",
    ]
    assert [row.get("over") for row in rows] == [True, False, None, False]


@pytest.mark.parametrize(
    ("hour", "shown"),
    [
        (17, ["", ""]),
        (23, ["", "", "Tomorrow"]),
        (2, ["Yesterday", "", "", ""]),
    ],
)
def test_the_day_of_a_night_shift_crosses_midnight(staff, area, hour, shown):
    """At 02:00 of the next day the evening before is still on the page, and at 23:00 the hours that follow."""
    case = CaseFactory(area=area, assigned_to=staff.officer, opened_by=staff.officer)
    today = NOON.date() + timedelta(days=1 if hour == 2 else 0)
    for days, clock in ((-1, time(9)), (-1, time(22)), (0, time(3)), (0, time(17, 30)), (1, time(1)), (1, time(8))):
        SessionFactory(case=case, day=today + timedelta(days=days), clock=clock, staff=[staff.officer])
    if hour == 2:
        SessionFactory(case=case, day=today, clock=time(23), staff=[staff.officer])
    now = timezone.make_aware(datetime.combine(today, time(hour)))
    rows = [row for row in day.appointments(staff.officer, now) if "appointment" in row]
    assert [row["day"] for row in rows] == shown


def test_an_analyst_reads_totals_of_the_unit_and_no_small_one(sign_in, area, text_of):
    analyst = UserFactory(analyst=True)
    for number in range(12):
        CaseFactory(area=area, closed=number > 9, received_at=timezone.now() - timedelta(days=number))
    page = text_of(sign_in(analyst).get("/desk/"))
    assert "Open cases 10 Received in the last 12 months 12" in page
    assert "Closed in the last 12 months Withheld: fewer than 10 cases" in page


def test_totals_are_for_analysts_alone(sign_in, staff, area, text_of):
    for person in (staff.officer, staff.coordinator):
        assert "The unit in numbers" not in text_of(sign_in(person).get("/desk/"))


def test_an_appointment_tells_how_its_parties_may_be_reached(noon, sign_in, staff, area, text_of):
    case = CaseFactory(area=area, assigned_to=staff.officer, opened_by=staff.officer)
    party = PartyFactory(case=case, contact__name="Asha S.", contact__no_safe_phone=True, needs_interpreter=True)
    SessionFactory(case=case, day=NOON.date(), clock=time(14), staff=[staff.officer], parties=[party])
    page = text_of(sign_in(staff.officer).get("/desk/"))
    assert "Asha S. No safe phone" in page
    assert "Needs an interpreter" in page


def test_an_appointment_of_a_case_one_may_not_open_any_more_is_not_shown(noon, sign_in, staff, area, text_of):
    case = CaseFactory(area=area, sealed=True, opened_by=staff.officer)
    SessionFactory(case=case, day=NOON.date(), clock=time(14, 0), staff=[staff.officer])
    assert "No appointment today" in text_of(sign_in(staff.officer).get("/desk/"))


def test_my_cases_are_those_i_lead_longest_since_contact_first(noon, sign_in, staff, area, text_of):
    for days, title in ((2, "Recent"), (20, "Silent")):
        CaseFactory(area=area, assigned_to=staff.officer, title=title, received_at=NOON - timedelta(days=days))
    CaseFactory(area=area, assigned_to=staff.colleague, title="Another's")
    CaseFactory(area=area, assigned_to=staff.officer, title="Over", closed=True)
    assert [row["line"].title for row in day.my_cases(staff.officer)] == ["Silent", "Recent"]
    page = text_of(sign_in(staff.officer).get("/desk/"))
    assert page.index("Silent") < page.index("Recent")
    assert "Another's" not in page


def test_a_mediator_finds_own_cases_alone_and_begins_none(sign_in, staff, area, text_of):
    mine, other = CaseFactory(area=area, title="Led by me"), CaseFactory(area=area, title="Led by nobody")
    FacilitatorFactory(case=mine, user=staff.mediator)
    page = text_of(sign_in(staff.mediator).get("/desk/"))
    assert mine.reference in page
    assert other.reference not in page
    assert "New case" not in page
    assert "Log contact" in page


@pytest.mark.parametrize(
    ("role", "pages", "absent"),
    [
        ("coordinator", ["Staff", "Operation", "Public texts"], ["Audit", "Dashboard", "Mediation"]),
        ("analyst", ["Areas", "Venues"], ["Staff", "Mediation", "Organizations", "Audit"]),
        ("records_officer", ["Audit", "Retention", "Requests by people"], ["Staff", "Mediation"]),
        ("victim_advocate", ["Organizations", "Areas"], ["Mediation", "Audit"]),
        ("nobody", ["Areas", "Venues"], ["Mediation", "Audit", "Staff", "Organizations"]),
    ],
)
def test_others_find_the_pages_of_their_work(sign_in, staff, text_of, role, pages, absent):
    page = text_of(sign_in(getattr(staff, role)).get("/desk/"))
    assert "My cases" not in page
    assert [name for name in pages if name not in page] == []
    assert [name for name in absent if name in page] == []


def test_drafts_lead_back_to_their_form(sign_in, staff):
    Draft.objects.create(user=staff.officer, form="cases:case_create", path="/cases/new/")
    Draft.objects.create(user=staff.officer, form="unsent", subject="/cases/x/", path="/cases/x/")
    Draft.objects.create(user=staff.colleague, form="cases:case_edit", path="/cases/y/edit/")
    client = sign_in(staff.officer)
    for address in ("/desk/", "/desk/drafts/"):
        page = client.get(address).content.decode()
        assert '<a class="strong" href="/cases/new/">New case</a>' in page
        assert '<a class="strong" href="/my/unsent/">Typed when your session ended</a>' in page
        assert "/cases/y/edit/" not in page


def test_a_draft_can_be_thrown_away(sign_in, staff):
    Draft.objects.create(user=staff.officer, form="cases:case_create", path="/cases/new/")
    client = sign_in(staff.officer)
    fields = {"form": "cases:case_create", "subject": "", "next": "/desk/drafts/"}
    assert client.post("/drafts/discard/", fields).url == "/desk/drafts/"
    assert not Draft.objects.exists()


def test_done_and_back_to_my_day_without_script(sign_in, staff):
    task = TaskFactory(owner=staff.officer)
    response = sign_in(staff.officer).post(f"/reminders/{task.handle}/done/", {"next": "/desk/"}, follow=True)
    assert response.redirect_chain == [("/desk/", 302)]
    task.refresh_from_db()
    assert task.state == "done"


def fill(staff, area, count):
    for _ in range(count):
        case = CaseFactory(area=area, assigned_to=staff.officer, opened_by=staff.officer)
        SessionFactory(case=case, day=timezone.localdate(), clock=time(23, 59), staff=[staff.officer])
        TaskFactory(owner=staff.officer, due_at=timezone.now() - timedelta(days=1))
        TaskFactory(owner=staff.officer, due_at=timezone.now() + timedelta(days=2))
        Draft.objects.create(user=staff.officer, form=f"f{Draft.objects.count()}", path="/x/")


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_queries_of_my_day_do_not_grow(sign_in, staff, area):
    client, counted = sign_in(staff.officer), []
    for count in (1, 2):
        fill(staff, area, count)
        counted.append(queries(client, "/desk/"))
    assert counted[0] == counted[1] <= 14
