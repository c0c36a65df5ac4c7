"""The kernel's smallest promises: references, folding, audit entries of one transaction."""

from itertools import chain, count

import pytest
from django.db import IntegrityError, connection

from core import audit
from core.models import AuditEntry
from core.references import new_reference, tidy
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory


@pytest.mark.parametrize(
    ("written", "plain"), [("Peña", "pena"), ("ÁRBOL", "arbol"), ("São Łódź", "sao lodz"), ("e\u0301cole", "ecole")]
)
def test_fold_forgives_accents_and_case(db, written, plain):
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_fold(%s)", [written])

        assert cursor.fetchone() == (plain,)


def test_reference_as_typed_is_tidied():
    assert tidy(" m-26-o1l9z ") == "M-26-0119Z"
    assert len(new_reference("M")) == 10


def test_a_reference_that_is_taken_is_drawn_again(db, monkeypatch):
    person, case = UserFactory(), CaseFactory()
    taken = [person.reference, "U-26-FRESH", case.reference, "M-26-FRESH"]
    drawn = chain(taken, (f"X-26-{number:05}" for number in count()))
    monkeypatch.setattr("accounts.models.user.new_reference", lambda letter: next(drawn))
    monkeypatch.setattr("core.references.new_reference", lambda letter: next(drawn))

    assert UserFactory().reference == "U-26-FRESH"
    assert CaseFactory(area=case.area, opened_by=person).reference == "M-26-FRESH"
    with pytest.raises(IntegrityError):
        UserFactory(email=person.email)


def test_audit_entry_carries_its_transaction(db):
    entry = audit.record("worker", "outbox.claim", count=3)
    entry.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")

        assert cursor.fetchone() == (entry.xid,)
    assert AuditEntry.objects.values_list("actor", "act", "facts", "chain").get() == (
        "worker",
        "outbox.claim",
        {"count": 3},
        1,
    )
