"""What staff owe: once per key, done and put off with a press, to the supervisor when nobody did it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from areas.models import Area
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices import escalation
from notices.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.notices import TaskFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def officer(db):
    return UserFactory(officer=True)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer, backend=BACKEND)
    return client


def url(name, task):
    return reverse(f"notices:task_{name}", args=[task.handle])


def test_owed_twice_with_one_key_is_one_task(officer):
    first = Task.objects.owe("k", text="One", owner=officer)

    assert Task.objects.owe("k", text="Two", owner=officer) == first
    assert Task.objects.get().text == "One"


def test_task_without_anybody_falls_to_the_coordinators(db):
    assert Task.objects.owe("k", text="x" * 300).role == "coordinator"
    assert len(Task.objects.get().text) == 200


def test_done_is_done_once_and_can_be_taken_back(desk, officer):
    task = TaskFactory(owner=officer)

    assert desk.post(url("done", task)).status_code == 302
    assert desk.post(url("done", task)).status_code == 409
    task.refresh_from_db()
    assert (task.state, task.ended_by) == ("done", officer)
    assert AuditEntry.objects.filter(act="task.done", actor=officer.email).count() == 1

    desk.post(url("undo", task))
    task.refresh_from_db()
    assert (task.state, task.ended_by) == ("open", None)


def test_void_task_cannot_be_done(officer):
    task = TaskFactory(owner=officer, ref="M-26-AAAAA")
    Task.objects.void_for("M-26-AAAAA", "trial")
    task.refresh_from_db()

    with pytest.raises(MoveNotAllowed):
        task.finish(by=officer)


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"until": "1"}, "2026-11-21"),
        ({"until": "3"}, "2026-11-23"),
        ({"until": "monday"}, "2026-11-23"),
        ({"day_day": "1", "day_month": "12", "day_year": "2026"}, "2026-12-01"),
        ({"day_day": "20", "day_month": "11", "day_year": "2026"}, None),
        ({"day_day": "31", "day_month": "11", "day_year": "2026"}, None),
        ({}, None),
    ],
)
def test_put_off(desk, officer, fields, day):
    task = TaskFactory(owner=officer)
    with time_machine.travel("2026-11-20T17:00:00+00:00"):
        desk.force_login(officer, backend=BACKEND)
        answer = desk.post(url("snooze", task), fields)
        task.refresh_from_db()

        assert answer.status_code == (302 if day else 422)
        assert (task.snoozed_until and timezone.localtime(task.snoozed_until).date().isoformat()) == day
        assert Task.objects.owed_by(officer).awake().exists() is not bool(day)


def test_message_after_done_offers_undo(desk, officer):
    task = TaskFactory(owner=officer)

    page = desk.post(url("done", task), {"next": reverse("notices:task_list")}, follow=True).content.decode()

    assert f'<a href="{url("detail", task)}">Undo</a>' in page


def test_script_gets_the_row_as_it_is_now(desk, officer):
    task = TaskFactory(owner=officer)

    html = desk.post(url("done", task), headers={"HX-Request": "true"}).content.decode()

    assert html.lstrip().startswith(f'<li id="task-{task.handle}">')
    assert url("undo", task) in html
    assert "<html" not in html


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 302), ("role here", 302), ("role elsewhere", 404), ("other role", 404), ("nobody", 302)],
)
def test_task_done_permissions(client, db, who, status):
    here, there = (Area.objects.create(name=name, level="beat") for name in ("Here", "There"))
    task = TaskFactory(role="supervisor", area=here) if who != "owner" else TaskFactory(owner=UserFactory())
    user = {
        "owner": lambda: task.owner,
        "role here": lambda: UserFactory(supervisor=True, areas=[here]),
        "role elsewhere": lambda: UserFactory(supervisor=True, areas=[there]),
        "other role": lambda: UserFactory(officer=True, areas=[here]),
        "nobody": lambda: None,
    }[who]()
    if user:
        client.force_login(user, backend=BACKEND)

    assert client.post(url("done", task)).status_code == status
    task.refresh_from_db()
    assert task.state == ("done" if user and status == 302 else "open")


@pytest.mark.parametrize("tab", ["open", "overdue", "snoozed", "done"])
def test_list_by_tab(desk, officer, tab):
    now = timezone.now()
    tasks = {
        "overdue": TaskFactory(owner=officer, text="Late thing", due_at=now - timedelta(days=2)),
        "open": TaskFactory(owner=officer, text="Coming thing", due_at=now + timedelta(days=2)),
        "snoozed": TaskFactory(owner=officer, text="Resting thing", snoozed_until=now + timedelta(days=2)),
        "done": TaskFactory(owner=officer, text="Finished thing"),
        "other": TaskFactory(owner=UserFactory(), text="Another's thing"),
    }
    tasks["done"].finish(by=officer)

    page = desk.get(reverse("notices:task_list"), {"show": tab}).content.decode()

    shown = {name for name, task in tasks.items() if str(task.handle) in page}
    assert shown == ({tab, "overdue"} if tab == "open" else {tab})


def test_list_of_no_tab_is_not_found(desk):
    assert desk.get(reverse("notices:task_list"), {"show": "everything"}).status_code == 404


def test_list_asks_as_much_for_three_as_for_one(desk, officer, django_assert_max_num_queries):
    counts = []
    # The first page of a session asks for what later ones remember.
    desk.get(reverse("notices:task_list"))
    for size in (1, 3, 50):
        TaskFactory.create_batch(size - Task.objects.count(), owner=officer)
        with django_assert_max_num_queries(20) as queries:
            desk.get(reverse("notices:task_list"))
        counts.append(len(queries))

    assert len(set(counts)) == 1, counts


def test_text_of_a_task_is_escaped(desk, officer):
    TaskFactory(owner=officer, text="<script>alert(1)</script>")

    assert "<script>alert" not in desk.get(reverse("notices:task_list")).content.decode()


def test_overdue_task_goes_to_the_supervisor_once(officer):
    area = Area.objects.create(name="Here", level="beat")
    supervisor = UserFactory(supervisor=True, areas=[area])
    task = TaskFactory(owner=officer, area=area, ref="M-26-AAAAA", escalate_at=timezone.now() - timedelta(hours=1))

    assert escalation.escalate_overdue() == 1
    assert escalation.escalate_overdue() == 0

    raised = Task.objects.owed_by(supervisor).get()
    assert raised.words.endswith(task.text)
    task.refresh_from_db()
    task.finish(by=officer)
    raised.refresh_from_db()
    assert raised.state == "void"


def test_of_several_supervisors_the_one_on_duty_answers(officer):
    area = Area.objects.create(name="Here", level="beat")
    one, two = (UserFactory(supervisor=True, areas=[area]) for _ in range(2))
    for number in range(2):
        TaskFactory(key=f"k{number}", owner=officer, area=area, escalate_at=timezone.now())
        if number:
            area.duties.create(day=timezone.localdate(), supervisor=two)
        escalation.escalate_overdue()

    owed = Task.objects.filter(key__startswith="escalated:").order_by("id")
    assert [(task.owner, task.role) for task in owed] == [(None, Role.SUPERVISOR), (two, "")]
    assert one.pk != two.pk


def test_where_nobody_supervises_the_coordinators_answer(officer):
    coordinator = UserFactory(coordinator=True)
    UserFactory(coordinator=True)
    TaskFactory(owner=officer, area=Area.objects.create(name="Here", level="beat"), escalate_at=timezone.now())

    escalation.escalate_overdue()

    assert Task.objects.owed_by(coordinator).count() == 1
