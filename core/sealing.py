"""Sealing the audit: a chain of HMACs over its entries, written by one task at a time, with its heads kept outside.

Nobody waits for a seal. Entries are inserted unlocked, each with its transaction id; a seal takes them in the order of
(transaction, id), and only those of transactions older than every one still running, so that no late commit can fall
inside a sealed stretch (docs/adr/0005-audit.md).
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from core import audit, heads
from core.models import AuditSeal, Heartbeat

# One number for the lock of whoever seals, anywhere.
LOCK = 7_104_302
LONGEST = 5_000
FOR_EVER = 2**62
MARK = struct.Struct(">q8s")
# Everything an entry says, in one text that PostgreSQL writes always the same way, whatever the session's settings.
ENTRY = """
    SELECT chain, xid, id, at, pg_catalog.jsonb_build_array(
        id, xid, chain, extract(epoch from at), kind, act, actor, object_type, reference, facts, request_id
    )::text
    FROM core_auditentry
"""


class Restored(Exception):
    """Transaction ids went back, so the order of entries means nothing any more until a new chain begins."""


@dataclass(frozen=True)
class Sealed:
    """What a stretch of entries comes to: the fields of its seal that depend on the entries and the seal before."""

    first: tuple[int, int]
    last: tuple[int, int]
    count: int
    head: str
    marks: bytes


def current_chain(using=DEFAULT_DB_ALIAS):
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT core_audit_chain()")
        return cursor.fetchone()[0]


def entry_mac(text):
    return hmac.digest(settings.AUDIT_KEY.encode(), text.encode(), "sha256")


def sealed(before, chain, number, entries):
    """Seal a stretch of rows of ENTRY: its head is an HMAC over the head before it, its place, and every entry."""
    macs = [(pk, entry_mac(text)) for _chain, _xid, pk, _at, text in entries]
    first, last = entries[0][1:3], entries[-1][1:3]
    place = f"{before}|{chain}|{number}|{len(entries)}|{first}|{last}|"
    whole = hmac.new(settings.AUDIT_KEY.encode(), place.encode(), hashlib.sha256)
    for _pk, mac in macs:
        whole.update(mac)
    marks = b"".join(MARK.pack(pk, mac[:8]) for pk, mac in macs)
    return Sealed(first, last, len(entries), whole.hexdigest(), marks)


def seal():
    """Seal what is old enough, in stretches; returns how many entries were sealed, or None where another one seals.

    The lock is the session's, because the head of each seal leaves for the outside once the seal is committed. A head
    that a crash kept from leaving is sent by the next seal.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            count = sum(iter(seal_stretch, 0))
            Heartbeat.beat("audit.seal")
            return count
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def seal_stretch():
    """Seal the next stretch of the current chain; returns how many entries it has."""
    last, horizon = last_seal(current_chain()), oldest_running()
    if last is not None:
        if last.last_xid >= horizon:
            raise Restored("This database was restored from a backup: run manage.py start_audit_chain.")
        heads.catch_up(last)
    return write_seal(current_chain(), last, horizon)


def last_seal(chain, using=DEFAULT_DB_ALIAS):
    return AuditSeal.objects.using(using).filter(chain=chain).order_by("-number").first()


def oldest_running():
    """The oldest transaction still running: whatever is older has committed, or is gone."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def write_seal(chain, last, horizon, using=DEFAULT_DB_ALIAS):
    """Seal the next entries older than the horizon, which was asked for before, so that all of them are here."""
    after = (last.last_xid, last.last_id) if last else (-1, -1)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            f"{ENTRY} WHERE chain = %s AND (xid, id) > (%s, %s) AND xid < %s ORDER BY xid, id LIMIT %s",
            [chain, *after, horizon, LONGEST],
        )
        entries = cursor.fetchall()
        if entries:
            new = make_seal(chain, last, entries, using)
            transaction.on_commit(lambda: heads.send(new), using=using)
    return len(entries)


def make_seal(chain, last, entries, using):
    number = last.number + 1 if last else 1
    found = sealed(last.head if last else head_before(chain, using), chain, number, entries)
    return AuditSeal.objects.using(using).create(
        chain=chain,
        number=number,
        first_xid=found.first[0],
        first_id=found.first[1],
        last_xid=found.last[0],
        last_id=found.last[1],
        count=found.count,
        head=found.head,
        marks=found.marks,
    )


def head_before(chain, using):
    """The head that the first seal of a chain follows: the last one of the chain before it, if there was one."""
    last = AuditSeal.objects.using(using).filter(chain__lt=chain).order_by("-chain", "-number").first()
    return last.head if last else ""


def start_chain(using):
    """End the current chain and begin the next, after a backup was restored; returns the new chain's number.

    `using` connects as the owner. Nobody can write entries meanwhile. What was written since the restore goes to the
    new chain: its transaction ids would place it before what was written long ago.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("LOCK TABLE core_auditentry IN EXCLUSIVE MODE")
        chain = current_chain(using)
        last = last_seal(chain, using)
        if last is not None:
            cursor.execute(
                "UPDATE core_auditentry SET chain = %s WHERE chain = %s AND (xid, id) < (%s, %s) AND at > %s",
                [chain + 1, chain, last.last_xid, last.last_id, last.sealed_at],
            )
        while write_seal(chain, last_seal(chain, using), FOR_EVER, using):
            pass
        cursor.execute(
            "CREATE OR REPLACE FUNCTION core_audit_chain() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE "
            f"AS $$ SELECT {chain + 1} $$"
        )
        ended = last_seal(chain, using)
        number, head = (ended.number, ended.head) if ended else (0, "")
        transaction.on_commit(lambda: heads.send_start(chain + 1, after=number, head=head), using=using)
        audit.record("command", "audit.start_chain", kind=audit.Kind.ADMINISTRATION, using=using, chain=chain + 1)
    return chain + 1
