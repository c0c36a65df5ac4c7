"""Somebody leaves, or is gone at once: no open case is left without an owner who knows of it."""

import pytest
from django.utils import timezone

from accounts.models import Duty
from cases import actions as case_actions
from cases import rules as case_rules
from desk import actions, tasks
from desk.forms import HandOverForm
from notices.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory


@pytest.fixture
def leaver(area):
    return UserFactory(officer=True, areas=[area], name="Ofc. C. Leaver")


@pytest.fixture
def cases(area, leaver):
    return [CaseFactory(area=area, assigned_to=leaver, opened_by=leaver) for _ in range(2)]


def left_tasks():
    return {task.ref: task for task in Task.objects.open().filter(key__contains="left:")}


def test_disabling_makes_one_task_for_each_open_case(staff, leaver, cases, area):
    CaseFactory(area=area, closed=True, assigned_to=leaver)
    assert actions.disable(person=leaver, by=staff.coordinator) == 2
    leaver.refresh_from_db()
    assert not leaver.is_active
    found = left_tasks()
    assert found.keys() == {case.reference for case in cases}
    assert {(task.role, task.area, task.owner) for task in found.values()} == {("supervisor", area, None)}
    assert found[cases[0].reference].link == f"/cases/{cases[0].reference}/assign/"
    assert cases[0].title not in found[cases[0].reference].text


def test_the_supervisor_on_duty_owns_them(staff, leaver, cases, area):
    UserFactory(supervisor=True, areas=[area])
    Duty.objects.create(area=area, day=timezone.localdate(), supervisor=staff.supervisor)
    actions.disable(person=leaver, by=staff.coordinator)
    assert {task.owner for task in left_tasks().values()} == {staff.supervisor}


def test_without_a_supervisor_coordinators_own_them(leaver, cases):
    coordinator = UserFactory(coordinator=True)
    actions.disable(person=leaver, by=coordinator)
    assert {(task.role, task.owner, task.area) for task in left_tasks().values()} == {("coordinator", None, None)}


def test_assigning_the_case_ends_its_task(staff, leaver, cases):
    actions.disable(person=leaver, by=staff.coordinator)
    case_actions.assign(case=cases[0], officer=staff.officer, by=staff.supervisor)
    assert left_tasks().keys() == {cases[1].reference}


def test_a_facilitator_who_is_gone_leaves_a_task_too(staff, area):
    case = CaseFactory(area=area, assigned_to=staff.officer)
    FacilitatorFactory(case=case, user=staff.mediator)
    actions.disable(person=staff.mediator, by=staff.coordinator)
    assert left_tasks()[case.reference].link == case.get_absolute_url()


def test_the_worker_tells_of_accounts_disabled_elsewhere_once(staff, leaver, cases):
    leaver.disable(by=staff.coordinator)
    assert left_tasks() == {}
    tasks.hand_on_cases()
    tasks.hand_on_cases()
    assert len(left_tasks()) == 2


def test_the_worker_leaves_active_people_alone(staff, leaver, cases):
    tasks.hand_on_cases()
    assert left_tasks() == {}


def address(person):
    return f"/desk/leaving/{person.reference}/cases/"


def test_cases_are_handed_over_one_by_one(sign_in, staff, leaver, cases, text_of):
    client = sign_in(staff.supervisor)
    page = client.get(address(leaver))
    assert text_of(page).count("Not yet") == 2
    assert "Ofc. C. Leaver" not in page.content.decode().partition("<select")[2]
    response = client.post(address(leaver), {cases[0].reference: staff.colleague.reference}, follow=True)
    assert "1 case was handed over." in text_of(response)
    assert text_of(response).count("Not yet") == 1
    for case, officer in zip(cases, (staff.colleague, leaver), strict=True):
        case.refresh_from_db()
        assert case.assigned_to == officer


def test_what_is_owed_to_a_case_goes_with_it(sign_in, staff, leaver, cases):
    case_actions.assign(case=cases[0], officer=leaver, by=staff.supervisor)
    sign_in(staff.supervisor).post(address(leaver), {cases[0].reference: staff.colleague.reference})
    assert {task.owner for task in Task.objects.open().filter(ref=cases[0].reference)} == {staff.colleague}


def test_a_successor_who_does_not_serve_the_area_is_refused(sign_in, staff, leaver, cases):
    response = sign_in(staff.supervisor).post(address(leaver), {cases[0].reference: staff.officer_elsewhere.reference})
    assert response.status_code == 200
    cases[0].refresh_from_db()
    assert cases[0].assigned_to == leaver


def test_a_successor_who_is_disabled_at_that_moment_is_given_nothing(staff, leaver, cases):
    data = {cases[0].reference: staff.colleague.reference, cases[1].reference: staff.officer.reference}
    form = HandOverForm(data, cases=cases, person=leaver)
    assert form.is_valid()
    staff.colleague.disable(by=staff.coordinator)

    assert form.chosen() == {cases[1]: staff.officer}


def test_only_cases_that_the_supervisor_may_open_are_offered(sign_in, staff, leaver, cases, area, text_of):
    sealed = CaseFactory(area=area, sealed=True, assigned_to=leaver)
    client = sign_in(staff.supervisor)
    assert sealed.reference not in text_of(client.get(address(leaver)))
    client.post(address(leaver), {sealed.reference: staff.colleague.reference})
    sealed.refresh_from_db()
    assert sealed.assigned_to == leaver


def test_at_the_end_the_coordinators_are_asked(sign_in, staff, leaver):
    client = sign_in(staff.supervisor)
    assert "Ask a coordinator" in client.get(address(leaver)).content.decode()
    client.post(f"/desk/leaving/{leaver.reference}/done/")
    client.post(f"/desk/leaving/{leaver.reference}/done/")
    task = Task.objects.get(key__startswith="desk.leaving:")
    assert (task.role, task.link) == ("coordinator", f"/desk/leaving/{leaver.reference}/")


def test_a_coordinator_sees_how_many_cases_are_left_and_no_more(sign_in, staff, leaver, cases, text_of):
    client = sign_in(staff.coordinator)
    page = text_of(client.get(f"/desk/leaving/{leaver.reference}/"))
    assert "2 open cases still count on them" in page
    assert cases[0].reference not in page
    response = client.post(f"/desk/leaving/{leaver.reference}/", follow=True)
    assert "2 cases became reminders of their supervisors" in text_of(response)
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert client.get(f"/desk/leaving/{leaver.reference}/").status_code == 404


WHO = {
    "officer": (404, 404),
    "supervisor": (200, 403),
    "supervisor_elsewhere": (200, 403),
    "coordinator": (403, 200),
    "mediator": (404, 404),
    "analyst": (404, 404),
    "records_officer": (404, 404),
    "victim_advocate": (404, 404),
    "nobody": (404, 404),
}


@pytest.mark.parametrize(("role", "answers"), WHO.items())
def test_who_may_hand_over_and_who_may_end(sign_in, staff, leaver, cases, role, answers):
    client = sign_in(getattr(staff, role))
    addresses = (address(leaver), f"/desk/leaving/{leaver.reference}/")
    assert tuple(client.get(one).status_code for one in addresses) == answers


def test_somebody_who_leaves_hands_over_themselves(sign_in, leaver, cases, staff):
    client = sign_in(leaver)
    assert client.get(address(leaver)).status_code == 200
    client.post(address(leaver), {cases[0].reference: staff.colleague.reference})
    cases[0].refresh_from_db()
    assert cases[0].assigned_to == staff.colleague
    assert case_rules.can_assign(leaver, cases[1])
    assert client.get(f"/desk/leaving/{leaver.reference}/").status_code == 403


def test_a_case_they_may_open_but_not_assign_is_not_given_away(sign_in, staff, leaver, cases, elsewhere):
    """A supervisor of another area who facilitates a case may open it; who works on it next is not theirs to say."""
    FacilitatorFactory(case=cases[0], user=staff.supervisor_elsewhere, kind="officer")
    client = sign_in(staff.supervisor_elsewhere)
    client.post(address(leaver), {cases[0].reference: staff.colleague.reference})
    cases[0].refresh_from_db()
    assert cases[0].assigned_to == leaver
