"""A task is read in the language of who opens it, whatever the language of who caused it."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts import tasks as account_tasks
from accounts.models import UNUSED_AFTER
from cases import owed
from desk import actions as desk_actions
from liaison.scoped import APPS
from notices import aside
from notices.escalation import escalate_overdue
from notices.models import Notice, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory
from tests.factories.notices import NoticeFactory

ROOT = Path(__file__).parents[2]
RENDERING = {"gettext", "ngettext", "pgettext", "npgettext"}


def read_in(language, task):
    task.refresh_from_db()
    with translation.override(language):
        return task.words


@pytest.mark.parametrize("causer", ["en", "es"])
def test_numbers_and_names_are_filled_in_when_it_is_read(db, causer):
    case, person = CaseFactory(assigned=True), UserFactory(name="Ofc. R. Imani")
    with translation.override(causer):
        owed.contact_again(case, 14)
        gone = desk_actions.ask_to_disable(person=person, by=person)

    silent = Task.objects.get(key__startswith="cases.silent:")
    assert (silent.text, silent.values) == ("No contact for %(days)s days", {"days": 14})
    assert (read_in("en", silent), read_in("es", silent)) == (
        "No contact for 14 days",
        "Sin contacto desde hace 14 días",
    )
    assert read_in("en", gone) == "Ofc. R. Imani has handed over: disable the account"
    assert read_in("es", gone) != read_in("en", gone)


@pytest.mark.parametrize("causer", ["en", "es"])
def test_words_inside_a_text_are_translated_too(db, causer):
    notice = NoticeFactory(channel="sms", owner=UserFactory())
    with translation.override(causer):
        task = aside.owe_task(notice, Notice.Reason.STOPPED)

    assert task.values["reason"] == {"text": "they asked us to stop"}
    assert "(Text message) was not sent: they asked us to stop." in read_in("en", task)
    assert "stop" not in read_in("es", task)
    assert "%(" not in read_in("es", task)


def test_what_was_not_done_in_time_is_told_in_the_readers_language(db):
    case = CaseFactory(assigned=True)
    owed.contact_again(case, 14)
    Task.objects.update(escalate_at=timezone.now() - timedelta(hours=1))
    with translation.override("es"):
        assert escalate_overdue() == 1

    late = Task.objects.get(key__startswith="escalated:")
    assert read_in("en", late) == "Not done in time: No contact for 14 days"
    assert "Sin contacto desde hace 14 días" in read_in("es", late)


def test_rounds_at_night_store_no_language(db):
    person = UserFactory()
    type(person).objects.filter(pk=person.pk).update(joined_at=timezone.now() - UNUSED_AFTER - timedelta(days=1))
    with translation.override("es"):
        account_tasks.ask_about_unused_accounts()

    task = Task.objects.get(key__startswith="accounts.unused:")
    assert read_in("en", task) == f"No sign-in for 90 days: disable {person.reference} or ask them"


def test_days_and_words_are_kept_as_what_they_are(db):
    values = {"day": date(2026, 11, 2), "way": gettext_lazy("E-mail"), "n": 3, "name": "100 % Ana"}
    with translation.override("es"):
        task = Task.objects.owe("x", text="On %(day)s by %(way)s, %(n)s times, %(name)s", values=values)

    task.refresh_from_db()
    assert task.values == {"day": {"day": "2026-11-02"}, "way": {"text": "E-mail"}, "n": 3, "name": "100 % Ana"}
    assert read_in("en", task) == "On 2 November by E-mail, 3 times, 100 % Ana"


def test_a_text_without_values_may_hold_a_percent_sign(db):
    assert Task.objects.owe("x", text="50 % of the rooms are booked").words == "50 % of the rooms are booked"


# The gate: nothing that owes a task renders its text first -------------------------------------------------------
def rendered_before_owing(source):
    """The functions of a module that call `owe` and a gettext that renders at once, however it was imported."""
    tree = ast.parse(source)
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = {alias.asname or alias.name for node in imported for alias in node.names if alias.name in RENDERING}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            owes = any(getattr(call, "attr", getattr(call, "id", "")) == "owe" for call in calls)
            if owes and any(isinstance(call, ast.Name) and call.id in names for call in calls):
                yield function.name


def test_no_text_of_a_task_is_rendered_before_it_is_stored():
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    owing = [path for path in modules if ".owe(" in path.read_text() or " owe(" in path.read_text()]

    assert len(owing) >= 10
    assert {str(path): found for path in owing if (found := list(rendered_before_owing(path.read_text())))} == {}


@pytest.mark.parametrize("name", ["gettext as _", "gettext", "ngettext"])
def test_the_gate_sees_a_rendered_text(name):
    called = name.rpartition(" ")[2]
    source = f"""
from django.utils.translation import {name}
def tell(case):
    text = {called}("Look at %(case)s") % {{"case": case}}
    Task.objects.owe("key", text=text)
"""
    assert list(rendered_before_owing(source)) == ["tell"]
    assert list(rendered_before_owing(source.replace(f"import {name}", f"import gettext_noop as {called}"))) == []
