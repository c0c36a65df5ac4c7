"""Several queries in one statement answer what each of them answers alone."""

from datetime import time

import pytest
from django.db import connection

from areas.models import Area
from cases.hanging import everything
from cases.models import Session
from core.gathering import KEY, REFERENCE, together
from notices.models import Contact
from tests.factories.cases import CaseFactory, ContactAttemptFactory, PartyFactory, SessionFactory
from tests.factories.notices import ContactFactory, TaskFactory


def test_each_query_gets_its_own_answer(db, django_assert_num_queries):
    ContactFactory(name="Ana", hours_from=time(17, 30))
    ContactFactory(name="Ben", reconfirm_on=None)
    people = Contact.objects.order_by("name").values("name", "hours_from", "reconfirm_on")

    with django_assert_num_queries(1):
        found = together(people=people, first=people[:1], nobody=Contact.objects.none().values("name"))

    assert found == {"people": list(people), "first": list(people[:1]), "nobody": []}


def test_moments_and_days_are_what_the_orm_gives(db):
    session = SessionFactory()
    columns = ("reference", "day", "clock", "starts_at", "booked_at", "canceled_at")

    found = together(sessions=Session.objects.values(*columns))

    assert found["sessions"] == [{name: getattr(session, name) for name in columns}]


@pytest.mark.parametrize("count", [1, 3])
def test_a_record_gets_its_own_rows_and_no_others(count, db, django_assert_num_queries):
    case, other = CaseFactory(), CaseFactory()
    for of in [case] * count + [other]:
        party = PartyFactory(case=of)
        ContactAttemptFactory(case=of, party=party)
        SessionFactory(case=of, parties=[party])
        TaskFactory(ref=of.reference, owner=of.opened_by)
    everything.of(other)

    with django_assert_num_queries(1):
        found = everything.of(case)

    assert {name: len(found[name]) for name in ("parties", "sessions", "log", "tasks")} == dict.fromkeys(
        ("parties", "sessions", "log", "tasks"), count
    )
    assert {row["case_id"] for row in found["parties"]} == {case.pk}
    assert found["names"] == [
        {"area__name": case.area.name, "assigned_to__name": None, "opened_by__name": case.opened_by.name}
    ]


def test_a_connection_plans_the_statement_of_records_once(db):
    def planned():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT (%'"
            )
            return [calls for (calls,) in cursor]

    before = sum(planned())
    for case in (CaseFactory(), CaseFactory(pk=2**40)):
        everything.of(case)

    [calls] = planned()
    assert calls == before + 2


def test_no_record_has_what_stands_for_its_key(db):
    assert KEY < 0
    assert not Area.objects.filter(reference=REFERENCE).exists()
    assert len(REFERENCE) > Area._meta.get_field("reference").max_length
