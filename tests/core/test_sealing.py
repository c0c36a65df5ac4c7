"""Seals on the audit: what is tampered with is named, what is still being written is left out, restores are told."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from core import audit, heads, sealing
from core.models import AuditEntry, AuditSeal, Heartbeat
from core.verifying import Verification

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
STRETCHES, LENGTH = 5, 8


@pytest.fixture
def whole(heads_file):
    """An audit of five seals of eight entries each, two entries to a transaction."""
    for stretch in range(STRETCHES):
        for pair in range(LENGTH // 2):
            with transaction.atomic():
                audit.record("officer@example.org", "case.open", reference=f"M-26-{stretch}{pair:04}", was="open")
                audit.record("officer@example.org", "case.close", reference=f"M-26-{stretch}{pair:04}")
        assert sealing.seal() == LENGTH
    assert problems() == []
    return list(AuditEntry.objects.order_by("xid", "id").values_list("pk", flat=True))


def problems():
    return list(Verification().problems())


def as_owner(statement, *parameters):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)


def edit_lines(path, change):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(change(lines)))


def update(column, value):
    return lambda pk, path: as_owner(f"UPDATE core_auditentry SET {column} = {value} WHERE id = %s", pk)


def update_seal(column, value):
    return lambda pk, path: as_owner(f"UPDATE core_auditseal SET {column} = {value} WHERE number = 3")


def swap(column):
    def exchange(pk, path):
        as_owner(
            f"UPDATE core_auditentry a SET {column} = b.{column} FROM core_auditentry b "
            f"WHERE (a.id = %s AND b.id = %s) OR (a.id = %s AND b.id = %s)",
            pk, pk + 3, pk + 3, pk,
        )  # fmt: skip

    return exchange


def copy_of(pk, **changed):
    names = ("at", "xid", "chain", "kind", "act", "actor", "object_type", "reference", "facts", "request_id")
    values = ", ".join(str(changed.get(name, name)) for name in names)
    return f"INSERT INTO core_auditentry ({', '.join(names)}) SELECT {values} FROM core_auditentry WHERE id = {pk}"


TAMPERED = {
    "another actor": (update("actor", "'somebody@example.org'"), "was changed"),
    "another act": (update("act", "'case.nothing'"), "was changed"),
    "another kind": (update("kind", "'collection'"), "was changed"),
    "another reference": (update("reference", "'M-26-00000'"), "was changed"),
    "another kind of record": (update("object_type", "'cases.party'"), "was changed"),
    "another fact": (update("facts", """'{"was": "closed"}'"""), "was changed"),
    "a fact more": (update("facts", """facts || '{"more": 1}'"""), "was changed"),
    "another request": (update("request_id", "'0'"), "was changed"),
    "a microsecond later": (update("at", "at + interval '1 microsecond'"), "was changed"),
    "a day earlier": (update("at", "at - interval '1 day'"), "was changed"),
    "a space more": (update("actor", "actor || ' '"), "was changed"),
    "another id": (update("id", "1000000"), "is missing"),
    "another transaction": (update("xid", "1"), "moved to another place"),
    "a later transaction": (update("xid", "xid + 1000000"), "moved to another place"),
    "another chain": (update("chain", "99"), "moved to another place"),
    "two swapped actors and acts": (swap("act"), "was changed"),
    "two swapped times": (swap("at"), "was changed"),
    "two swapped places": (swap("xid"), "was changed"),
    "one deleted": (lambda pk, path: as_owner("DELETE FROM core_auditentry WHERE id = %s", pk), "is missing"),
    "the first deleted": (
        lambda pk, path: as_owner("DELETE FROM core_auditentry WHERE id = (SELECT min(id) FROM core_auditentry)"),
        "is missing",
    ),
    "the last deleted": (
        lambda pk, path: as_owner("DELETE FROM core_auditentry WHERE id = (SELECT max(id) FROM core_auditentry)"),
        "is missing",
    ),
    "all of one seal deleted": (
        lambda pk, path: as_owner(
            "DELETE FROM core_auditentry e USING core_auditseal s WHERE s.number = 3 "
            "AND (e.xid, e.id) BETWEEN (s.first_xid, s.first_id) AND (s.last_xid, s.last_id)"
        ),
        "is missing",
    ),
    "one inserted": (lambda pk, path: as_owner(copy_of(pk)), "was put in"),
    "one inserted between seals": (
        lambda pk, path: as_owner(copy_of(pk, xid="(SELECT last_xid FROM core_auditseal WHERE number = 2)")),
        "was put in",
    ),
    "one inserted before all": (lambda pk, path: as_owner(copy_of(pk, xid="0")), "was put in"),
    "an old one added at the end": (
        lambda pk, path: as_owner(copy_of(pk, xid="xid + 1000000", at="at - interval '2 minutes'")),
        "not sealed",
    ),
    "all emptied": (lambda pk, path: as_owner("TRUNCATE core_auditentry"), "is missing"),
    "another head": (update_seal("head", "repeat('0', 64)"), "the seal itself was changed"),
    "another count": (update_seal("count", "count + 1"), "the seal itself was changed"),
    "an earlier end": (update_seal("last_id", "last_id - 1"), "moved to another place"),
    "other marks": (update_seal("marks", r"'\x00'"), "the seal itself was changed"),
    "a seal deleted": (lambda pk, path: as_owner("DELETE FROM core_auditseal WHERE number = 3"), "Seal 1.3 is missing"),
    "the last seal deleted": (
        lambda pk, path: as_owner("DELETE FROM core_auditseal WHERE number = 5"),
        "Seal 1.5 is missing: the file of heads has it",
    ),
    "the last seal and its entries deleted": (
        lambda pk, path: as_owner(
            "WITH gone AS (DELETE FROM core_auditseal WHERE number = 5 RETURNING first_xid) "
            "DELETE FROM core_auditentry WHERE xid >= (SELECT first_xid FROM gone)"
        ),
        "Seal 1.5 is missing: the file of heads has it",
    ),
    "the file shortened": (lambda pk, path: edit_lines(path, lambda lines: lines[:3]), "lacks seal 1.4"),
    "the file gone": (lambda pk, path: path.unlink(), "lacks seal 1.1"),
    "a line of the file removed": (
        lambda pk, path: edit_lines(path, lambda lines: lines[:2] + lines[3:]),
        "does not follow",
    ),
    "a line of the file damaged": (
        lambda pk, path: edit_lines(path, lambda lines: ["x" + lines[0], *lines[1:]]),
        "Line 1 of the file of heads is damaged",
    ),
    "a head of the file replaced": (
        lambda pk, path: edit_lines(
            path, lambda lines: [*lines[:-1], lines[-1].replace(lines[-1].split()[3], "a" * 64)]
        ),
        "another one than the file of heads says",
    ),
}


def make_old():
    """Seals made within the last minute may still be on their way to the file."""
    as_owner("UPDATE core_auditseal SET sealed_at = sealed_at - interval '2 minutes'")


def test_at_least_thirty_kinds_of_tampering_are_tried():
    assert len(TAMPERED) >= 30


@pytest.mark.parametrize("kind", TAMPERED)
def test_tampering_is_found_and_named(whole, heads_file, kind):
    make_old()
    tamper, words = TAMPERED[kind]

    tamper(whole[LENGTH * 2 + 3], heads_file)

    found = problems()
    assert found, kind
    assert any(words in sentence for sentence in found), found
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", verbosity=0)


def test_changed_entry_is_named_alone(whole):
    pk = whole[LENGTH * 2 + 3]

    update("actor", "'x'")(pk, None)

    assert problems() == [f"Seal 1.3 is broken: entry {pk} was changed."]


def test_whole_audit_is_reported_with_its_size(whole, capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out == "The audit is whole: 40 entries, 5 seals.\n"


def test_seal_with_nothing_new_makes_no_seal(whole):
    assert sealing.seal() == 0
    assert AuditSeal.objects.count() == STRETCHES
    assert Heartbeat.objects.filter(name="audit.seal").exists()


def test_another_key_seals_otherwise(whole, settings):
    settings.AUDIT_KEY = "another key"

    assert len(problems()) == STRETCHES


def test_application_seals_and_verifies_without_the_owner(whole):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("liaison_app",)


def test_long_transaction_never_falls_inside_a_seal(heads_file):
    wrote, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            audit.record("slow@example.org", "case.open")
            wrote.set()
            may_end.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(20)
    for _ in range(5):
        audit.record("quick@example.org", "case.open")

    assert sealing.seal() == 0

    may_end.set()
    thread.join(20)
    assert sealing.seal() == 6
    assert problems() == []
    assert AuditEntry.objects.order_by("xid", "id").first().actor == "slow@example.org"


def test_writers_and_sealers_at_once_leave_the_audit_whole(heads_file):
    stop = time.monotonic() + 3
    refused = []

    def write(number):
        while time.monotonic() < stop:
            with transaction.atomic():
                audit.record(f"{number}@example.org", "case.open")
                if number % 2:
                    time.sleep(0.02)
                audit.record(f"{number}@example.org", "case.close")
        connection.close()

    def seal():
        while time.monotonic() < stop:
            if sealing.seal() is None:
                refused.append(1)
            time.sleep(0.01)
        connection.close()

    threads = [threading.Thread(target=write, args=[n]) for n in range(4)]
    threads += [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    sealing.seal()
    assert problems() == []
    assert AuditSeal.objects.count() > 3
    assert sum(AuditSeal.objects.values_list("count", flat=True)) == AuditEntry.objects.count() > 20
    assert refused


def test_head_that_a_crash_kept_back_is_sent_by_the_next_seal(whole, heads_file):
    edit_lines(heads_file, lambda lines: lines[:-1])
    assert problems() == []

    sealing.seal()

    assert len(heads.read()) == STRETCHES
    make_old()
    assert problems() == []


def test_shortened_file_is_not_filled_up_again(whole, heads_file):
    edit_lines(heads_file, lambda lines: lines[:-2])
    audit.record("officer@example.org", "case.open")

    sealing.seal()
    make_old()

    assert "lacks seal 1.4" in " ".join(problems())


def test_young_tail_is_no_problem_and_old_tail_is(whole):
    audit.record("officer@example.org", "case.open")
    assert problems() == []

    AuditEntry.objects.create(
        actor="x", act="case.open", kind="consultation", at=timezone.now() - timedelta(seconds=61)
    )

    assert len(problems()) == 1
    assert "1 entries are older than a minute and not sealed" in problems()[0]


@pytest.fixture
def first_chain_again():
    yield
    as_owner(
        "CREATE OR REPLACE FUNCTION core_audit_chain() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE "
        "AS $$ SELECT 1 $$"
    )


def test_chain_starts_anew_after_a_restore(whole, heads_file, first_chain_again):
    # The backup is as old as seal 3 with three unsealed entries; its transaction ids lie ahead of those of the server.
    make_old()
    as_owner("DELETE FROM core_auditseal WHERE number > 3")
    as_owner("DELETE FROM core_auditentry WHERE id > %s", whole[LENGTH * 3 + 2])
    as_owner("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
    with transaction.atomic(using="owner"):
        as_owner("UPDATE core_auditentry SET xid = xid + 10000000")
        rebuild_seals()
    heads_file.write_text(restored_heads(heads_file))
    audit.record("officer@example.org", "case.open", reference="after")
    with pytest.raises(sealing.Restored):
        sealing.seal()
    with pytest.raises(CommandError, match="start_audit_chain"):
        call_command("seal_audit")

    call_command("start_audit_chain", verbosity=0)
    audit.record("officer@example.org", "case.close", reference="after")
    assert sealing.seal() == 3
    make_old()

    assert problems() == []
    assert set(AuditEntry.objects.filter(chain=2).values_list("act", flat=True)) == {
        "case.open", "case.close", "audit.start_chain"
    }  # fmt: skip
    as_owner("UPDATE core_auditentry SET actor = 'x' WHERE id = %s", whole[3])
    assert problems() == [f"Seal 1.1 is broken: entry {whole[3]} was changed."]
    as_owner("UPDATE core_auditentry SET actor = 'officer@example.org' WHERE id = %s", whole[3])
    as_owner(copy_of(whole[3], xid="xid + 20000000", chain=1))
    assert "added to chain 1 after its last seal" in problems()[0]


def rebuild_seals():
    """Seals as the restored backup has them: made before, on the ids of before."""
    as_owner("DELETE FROM core_auditseal")
    last = None
    for _ in range(3):
        with connections["owner"].cursor() as cursor:
            after = (last.last_xid, last.last_id) if last else (-1, -1)
            cursor.execute(f"{sealing.ENTRY} WHERE (xid, id) > (%s, %s) ORDER BY xid, id LIMIT {LENGTH}", after)
            last = sealing.make_seal(1, last, cursor.fetchall(), "owner")


def restored_heads(path):
    """What the live system had sent before it was lost: the restored seals, and two that the backup does not have."""
    lines = [f"1 {seal.number} {seal.count} {seal.head} x\n" for seal in AuditSeal.objects.all()]
    return "".join([*lines, f"1 4 8 {'b' * 64} x\n", f"1 5 8 {'c' * 64} x\n"])


def test_heads_reach_syslog(heads_file, settings, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        settings.AUDIT_SYSLOG = f"127.0.0.1:{listener.getsockname()[1]}"
        audit.record("officer@example.org", "case.open")

        sealing.seal()

        assert f"liaison-audit: 1 1 1 {AuditSeal.objects.get().head}" in listener.recv(1024).decode()
        settings.AUDIT_SYSLOG = str(tmp_path / "no-such-socket")
        audit.record("officer@example.org", "case.open")
        assert sealing.seal() == 1


def test_two_hundred_thousand_entries_are_verified_in_seconds(heads_file):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (kind, act, actor, object_type, reference, facts, request_id) "
            "SELECT 'consultation', 'case.open', 'officer@example.org', 'cases.case', 'M-26-' || n, '{}', '' "
            "FROM generate_series(1, 200000) n"
        )
    sealing.seal()

    began = time.perf_counter()
    assert problems() == []
    # It takes two seconds on one idle core; a query for each seal or entry would take minutes.
    assert time.perf_counter() - began < 30
