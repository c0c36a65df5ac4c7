"""States: literal moves, one winner of a race, an entry in the audit for the winner alone."""

import threading

import pytest
from django.db import connection, transaction

from core.models import AuditEntry, PersonRequest
from core.states import MoveNotAllowed
from tests.factories.accounts import UserFactory

ROUNDS, RACERS = 10, 4


def received(**fields):
    row = PersonRequest(kind="copy", proof="Seen", **fields)
    row.receive(by=UserFactory(records_officer=True))
    return row


@pytest.mark.django_db(transaction=True)
def test_of_racing_moves_one_wins():
    second = UserFactory(supervisor=True)
    for _ in range(ROUNDS):
        row = received()
        won, lost = [], []

        def race(pk=row.pk, won=won, lost=lost):
            try:
                PersonRequest.objects.get(pk=pk).approve(by=second)
                won.append(1)
            except MoveNotAllowed:
                lost.append(1)
            connection.close()

        threads = [threading.Thread(target=race) for _ in range(RACERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert (len(won), len(lost)) == (1, RACERS - 1)

    assert AuditEntry.objects.filter(act="personrequest.approved").count() == ROUNDS


MOVES = {(source, target) for target, sources in PersonRequest.MOVES.items() for source in sources}


@pytest.mark.parametrize("target", PersonRequest.State.values)
@pytest.mark.parametrize("source", PersonRequest.State.values)
def test_moves_are_those_of_the_table(db, source, target):
    row = received()
    second = UserFactory(supervisor=True)
    verbs = {
        "approved": lambda: row.approve(by=second),
        "refused": lambda: row.refuse("No", by=second),
        "done": lambda: row.finish(by=second),
    }
    for step in {"open": [], "approved": ["approved"], "refused": ["refused"], "done": ["approved", "done"]}[source]:
        verbs[step]()

    if target == "open":
        assert target not in PersonRequest.MOVES
    elif (source, target) in MOVES:
        verbs[target]()
        assert row.state == target
    else:
        with pytest.raises(MoveNotAllowed, match="cannot become"):
            verbs[target]()


def test_move_that_fails_later_leaves_no_entry(db):
    row, second = received(), UserFactory(supervisor=True)

    with transaction.atomic():
        row.approve(by=second)
        transaction.set_rollback(True)

    assert not AuditEntry.objects.filter(act="personrequest.approved").exists()
    assert PersonRequest.objects.get().state == "open"


def test_move_not_allowed_is_a_page_with_409(client, db):
    row = received()
    client.force_login(UserFactory(supervisor=True))

    answer = client.post(f"{row.get_absolute_url()}approve/")

    assert answer.status_code == 409
    assert "Run the match first" in answer.content.decode()
