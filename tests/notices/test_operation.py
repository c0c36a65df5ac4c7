"""The engine watched: the page of coordinators, the banner, the command, and what is said once it is back."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, Heartbeat
from notices import delivery, health, regular
from notices.models import Notice, Task
from tests.factories.accounts import UserFactory
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(client, db):
    client.force_login(UserFactory(coordinator=True), backend=BACKEND)
    return client


def dead(**fields):
    fields = {"state": Notice.State.DEAD, "reason": "tries", "attempts": 8, "ended_at": timezone.now()} | fields
    return NoticeFactory(**fields)


def test_page_shows_lag_and_states_and_no_record(desk):
    NoticeFactory(due_at=timezone.now() - timedelta(minutes=42))
    failed = dead()
    blocked = NoticeFactory(state=Notice.State.BLOCKED, reason="stopped", ended_at=timezone.now())
    Heartbeat.beat("core.purge")

    page = desk.get(reverse("notices:operation")).content.decode()

    for words in ("42 minutes", "core.purge", "they asked us to stop", "it failed too many times"):
        assert words in page
    for notice in (failed, blocked):
        assert notice.ref not in page
        assert notice.contact.name not in page
        assert notice.contact.email not in page


@pytest.mark.parametrize("role", ["officer", "supervisor", "analyst", "records_officer", "mediator", None])
def test_page_is_for_coordinators(client, db, role):
    client.force_login(UserFactory(**({role: True} if role else {})), backend=BACKEND)
    notice = dead()

    assert client.get(reverse("notices:operation")).status_code == 403
    for name in ("notice_retry", "notice_give_up"):
        assert client.post(reverse(f"notices:{name}", args=[notice.handle])).status_code == 403
        assert client.get(reverse(f"notices:{name}", args=[notice.handle])).status_code == 405


def test_page_asks_as_much_for_three_as_for_one(desk, django_assert_max_num_queries):
    counts = []
    for _ in range(3):
        dead(owner=UserFactory())
        with django_assert_max_num_queries(25) as queries:
            desk.get(reverse("notices:operation"))
        counts.append(len(queries))

    assert len(set(counts[1:])) == 1, counts


def test_dead_letter_is_sent_again(desk, mail_server):
    notice = dead(contact=ContactFactory())

    desk.post(reverse("notices:notice_retry", args=[notice.handle]))
    delivery.deliver()

    notice.refresh_from_db()
    assert notice.state == "sent"
    assert AuditEntry.objects.filter(act="notice.retry").count() == 1


def test_dead_letter_is_given_up(desk):
    notice = dead()

    desk.post(reverse("notices:notice_give_up", args=[notice.handle]))

    notice.refresh_from_db()
    assert (notice.state, notice.reason) == ("void", "given_up")


def test_sent_notice_is_not_sent_again_by_the_button(desk, mail_server):
    notice = NoticeFactory(state=Notice.State.SENT, sent_at=timezone.now(), ended_at=timezone.now())

    desk.post(reverse("notices:notice_retry", args=[notice.handle]))

    notice.refresh_from_db()
    assert notice.state == "sent"


def test_engine_is_stopped_when_nothing_ticks(db):
    assert not health.engine_stopped()
    NoticeFactory(due_at=timezone.now() - timedelta(minutes=31))
    assert health.engine_stopped()

    Heartbeat.beat(health.TICK)
    assert not health.engine_stopped()
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert health.engine_stopped()


def test_engine_that_is_back_tells_the_coordinators_once(db, mail_server):
    coordinators = [UserFactory(coordinator=True) for _ in range(2)]
    UserFactory(officer=True)
    Heartbeat.objects.create(name=health.TICK, at=timezone.now() - timedelta(hours=1))

    regular.tick()
    regular.tick()

    assert sorted(recipients[0] for recipients, _ in mail_server.mails) == sorted(c.email for c in coordinators)
    assert Task.objects.owed_by(coordinators[0]).count() == 1
    assert not health.engine_stopped()


def test_command_tells_while_the_worker_is_away(db, mail_server):
    coordinator = UserFactory(coordinator=True)
    NoticeFactory()
    Heartbeat.objects.create(name=health.TICK, at=timezone.now() - timedelta(hours=1))

    for _ in range(2):
        with pytest.raises(CommandError, match="stands still"):
            call_command("engine_check", tell=True)

    assert [recipients for recipients, _ in mail_server.mails] == [[coordinator.email]]


def test_command_says_that_the_engine_runs(db, capsys):
    Heartbeat.beat(health.TICK)

    call_command("engine_check")

    assert "The engine runs" in capsys.readouterr().out


def test_failures_of_a_day_are_one_task_of_the_coordinators(db):
    coordinator = UserFactory(coordinator=True)
    dead()
    dead(ended_at=timezone.now() - timedelta(days=3))

    for _ in range(2):
        health.tell_of_failures()

    assert Task.objects.owed_by(coordinator).count() == 1


def test_tick_sends_and_beats(db, mail_server):
    NoticeFactory()

    regular.tick()

    assert len(mail_server.mails) == 1
    assert Heartbeat.objects.get().name == "notices.tick"
