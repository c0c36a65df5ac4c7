"""Reminders, the page of the operation and the page that stops mails, in a real browser, with and without script."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from core.models import Heartbeat
from notices.models import Notice, OptOut, Task
from notices.stop import unsubscribe_url
from tests.factories.accounts import UserFactory
from tests.factories.notices import NoticeFactory, TaskFactory

DONE = re.compile("Done.*Call back about the hall")


@pytest.fixture
def coordinator(transactional_db):
    user = UserFactory(name="Ofc. R. Test", officer=True, coordinator=True)
    TaskFactory(
        owner=user, text="Call back about the hall", ref="M-26-AAAAA", due_at=timezone.now() - timedelta(days=2)
    )
    TaskFactory(owner=user, text="Ask the library for the room", due_at=timezone.now() + timedelta(days=1))
    NoticeFactory(state=Notice.State.DEAD, reason="tries", attempts=8, ended_at=timezone.now())
    NoticeFactory(state=Notice.State.BLOCKED, reason="stopped", ended_at=timezone.now(), owner=user)
    Heartbeat.beat("notices.tick")
    return user


@pytest.fixture
def stop_path(live_server):
    return unsubscribe_url("resident@example.org").removeprefix(settings.PUBLIC_URL)


@pytest.mark.parametrize("js", [True, False])
def test_reminder_is_done_and_taken_back_by_keyboard(staff_context, coordinator, js):
    page = staff_context(coordinator, js=js).new_page()
    page.goto("/reminders/")
    done = page.get_by_role("button", name=DONE)
    done.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Done: Call back about the hall").wait_for()
    assert Task.objects.filter(state="done").count() == 1

    if js:
        expect(page.locator(":focus")).to_have_text(re.compile("^\\s*Undo"))
        page.keyboard.press("Enter")
    else:
        page.get_by_role("link", name="Undo").click()
        page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name=DONE).wait_for()
    assert Task.objects.filter(state="done").count() == 0


@pytest.mark.parametrize("js", [True, False])
def test_reminder_is_put_off(staff_context, coordinator, js):
    page = staff_context(coordinator, js=js, width=390).new_page()
    page.goto("/reminders/")
    page.get_by_text("Put off: Call back about the hall").click()
    page.locator("li", has_text="Call back about the hall").get_by_role("button", name="Monday").click()
    page.get_by_role("status").filter(has_text="Put off until Monday").wait_for()

    assert Task.objects.asleep().count() == 1


def test_mail_is_stopped_without_script_and_in_spanish(open_context, transactional_db, stop_path):
    page = open_context(js=False, locale="es-ES", width=390).new_page()
    page.goto(stop_path)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.locator("main button").click()
    page.get_by_role("status").wait_for()

    assert OptOut.objects.count() == 1
