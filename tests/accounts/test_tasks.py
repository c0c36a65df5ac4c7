"""The hourly rounds: accounts nobody uses, and sessions that ran out."""

import datetime

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import ask_about_unused_accounts, clear_ended_sessions
from notices.models import Task
from tests.factories.accounts import UserFactory

NOW = timezone.now()


def days_ago(days):
    return NOW - datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("joined", "seen", "disabled", "asked"),
    [
        (400, 89, False, False),
        (400, 91, False, True),
        (400, 91, True, False),
        (91, None, False, True),
        (10, None, False, False),
    ],
)
def test_unused_accounts_are_asked_about(db, joined, seen, disabled, asked):
    person = UserFactory(joined_at=days_ago(joined), disabled=disabled)
    person.last_login = days_ago(seen) if seen else None
    person.save()
    for _ in range(2):
        ask_about_unused_accounts()

    assert [task.ref for task in Task.objects.all()] == ([person.reference] if asked else [])


def test_asked_task_names_no_person_and_falls_to_coordinators(db):
    person = UserFactory(joined_at=days_ago(100))
    coordinator = UserFactory(coordinator=True)
    ask_about_unused_accounts()

    task = Task.objects.get()
    assert person.name not in task.text
    assert Task.objects.owed_by(coordinator).get() == task


def test_a_later_silence_is_asked_about_anew(db, time_machine):
    person = UserFactory(joined_at=days_ago(100))
    ask_about_unused_accounts()
    person.last_login = NOW
    person.save()
    time_machine.move_to(NOW + datetime.timedelta(days=91))
    ask_about_unused_accounts()

    assert Task.objects.count() == 2


def test_ended_sessions_are_cleared(db, time_machine):
    store = SessionStore()
    store.create()
    clear_ended_sessions()
    assert Session.objects.count() == 1

    time_machine.move_to(NOW + datetime.timedelta(hours=13))
    clear_ended_sessions()
    assert Session.objects.count() == 0
