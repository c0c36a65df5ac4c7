"""Row history: every change with old and new values, who and under which request; only disposal can touch it."""

import pghistory
import pytest
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

from core import history
from notices.models import Contact
from tests.core.test_versions import edited
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory

ROLES = ["default", "disposal"]


def test_change_through_a_page_says_who_and_under_which_request(client, db):
    case = CaseFactory()
    client.force_login(case.opened_by)
    url = reverse("cases:case_edit", args=[case.reference])
    opened = client.get(url)

    client.post(url, edited(opened, title="Another title"), headers={"X-Request-ID": "abc-12345"})

    change, made = history.changes(case)
    assert change.fields["title"] == (case.title, "Another title")
    assert (change.what, change.by, change.request) == ("update", case.opened_by.name, "abc-12345")
    assert (made.what, made.by) == ("insert", "")
    assert "reference" not in change.fields


def test_deleted_row_keeps_its_history(db):
    contact = Contact.objects.create(name="Ana Example")
    pk = contact.pk
    Contact.objects.filter(pk=pk).update(name="Ana Beispiel")
    contact.delete()

    assert [change.what for change in history.changes_of(Contact, pk)] == ["delete", "update", "insert"]


def test_changes_of_many_events_ask_for_people_once(db, django_assert_num_queries):
    contact = Contact.objects.create(name="Ana Example")
    for number in range(20):
        with pghistory.context(user=UserFactory().pk):
            Contact.objects.filter(pk=contact.pk).update(name=f"Ana {number}")

    with django_assert_num_queries(2):
        assert len({change.by for change in history.changes(contact)}) == 21


@pytest.mark.django_db(databases=ROLES)
@pytest.mark.parametrize("statement", ["DELETE FROM notices_contactevent", "UPDATE notices_contactevent SET name = ''"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_rewrites_history_by_the_way(role, statement):
    """The application has no right to; disposal has, and is stopped by the trigger unless it says what it does."""
    Contact.objects.using(role).create(name="Ana Example")

    with pytest.raises(DatabaseError), transaction.atomic(using=role), connections[role].cursor() as cursor:
        cursor.execute(statement)
