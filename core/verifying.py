"""Verifying the audit: every seal is computed anew from its entries and compared with the head kept outside."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from core import heads, sealing
from core.models import AuditEntry, AuditSeal

CHUNK = 5_000
# An entry that is older than this and in no seal is named: the sealing stands still, or somebody added it late.
GRACE = timedelta(minutes=1)


class Verification:
    """One pass over the whole audit. `problems()` names what is wrong, first things first; the counts say how much
    was looked at.
    """

    def __init__(self):
        self.entries = self.seals = 0
        self.outside = {}
        self.starts = {}

    def problems(self) -> Iterator[str]:
        """Each problem as a sentence. The file is read before the tables, so that a seal made meanwhile is no
        problem; all tables are read as of one moment.
        """
        yield from self._file()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self.current = sealing.current_chain()
            rows = Entries()
            last = {}
            for seal in AuditSeal.objects.order_by("chain", "number").iterator(chunk_size=CHUNK):
                yield from self._between(rows, seal, last)
                yield from self._seal(seal, self._before(seal, last), rows)
                last[seal.chain] = seal
                self.seals += 1
            yield from self._tail(rows)
            yield from self._lost(last)

    def _file(self):
        """Read the heads kept outside; name lines that are damaged or do not follow the line before.

        A restored backup may lack seals that the file has; then numbers go back, and the start of the next chain says
        with which seal the old one ended.
        """
        before, jumped = None, ""
        for number, line in enumerate(heads.read(), 1):
            if line is None:
                yield f"Line {number} of the file of heads is damaged."
                continue
            if line.number == 0:
                jumped = ""
                self.starts[line.chain] = line
                lost = [place for place in self.outside if place[0] == line.chain - 1 and place[1] > line.count]
                for place in lost:
                    del self.outside[place]
            elif before and before.chain == line.chain and line.number != before.number + 1:
                jumped = jumped or f"Line {number} of the file of heads does not follow the line before it."
            self.outside |= {(line.chain, line.number): line.head} if line.number else {}
            before = line
        if jumped:
            yield jumped

    def _before(self, seal, last):
        """The head that this seal says it follows."""
        if seal.chain in last:
            return last[seal.chain].head
        earlier = [last[chain] for chain in sorted(last) if chain < seal.chain]
        return earlier[-1].head if earlier else ""

    def _between(self, rows, seal, last):
        """Entries of a chain that ended, left over after its last seal."""
        late = rows.take_while(lambda chain, _place: chain < seal.chain)
        if late:
            yield f"Entry {late[0][2]} was added to chain {late[0][0]} after its last seal."
        expected = last[seal.chain].number + 1 if seal.chain in last else 1
        if seal.number != expected:
            yield f"Seal {seal.chain}.{expected} is missing."

    def _seal(self, seal, before, rows):
        end = (seal.last_xid, seal.last_id)
        entries = rows.take_while(lambda chain, place: chain == seal.chain and place <= end)
        self.entries += len(entries)
        found = sealing.sealed(before, seal.chain, seal.number, entries) if entries else None
        stored = ((seal.first_xid, seal.first_id), end, seal.count, seal.head, bytes(seal.marks))
        if found is None or (found.first, found.last, found.count, found.head, found.marks) != stored:
            yield f"Seal {seal} is broken: {difference(seal, entries)}"
        yield from self._outside(seal)

    def _outside(self, seal):
        head = self.outside.pop((seal.chain, seal.number), None)
        if head is None and timezone.now() - seal.sealed_at > GRACE:
            yield f"The file of heads lacks seal {seal}: the file was shortened, or the seal was put in."
        elif head is not None and head != seal.head:
            yield f"Seal {seal} is another one than the file of heads says."

    def _tail(self, rows):
        rest = rows.take_while(lambda chain, _place: chain < self.current)
        if rest:
            yield f"Entry {rest[0][2]} was added to chain {rest[0][0]} after its last seal."
        tail = rows.take_while(lambda chain, _place: chain == self.current)
        self.entries += len(tail)
        old = [row for row in tail if timezone.now() - row[3] > GRACE]
        if old:
            yield (
                f"{len(old)} entries are older than a minute and not sealed; the first is entry {old[0][2]} of "
                f"{old[0][3]:%Y-%m-%d %H:%M:%S} UTC."
            )
        strange = rows.take_while(lambda _chain, _place: True)
        if strange:
            yield f"Entry {strange[0][2]} says it belongs to chain {strange[0][0]}, which never began."

    def _lost(self, last):
        """Heads outside for which there is no seal, and seals added to a chain after it had ended."""
        for chain, number in sorted(self.outside):
            yield f"Seal {chain}.{number} is missing: the file of heads has it."
        for chain, start in sorted(self.starts.items()):
            ended = last.get(chain - 1)
            if ended is not None and ended.number != start.count:
                yield f"Chain {chain - 1} ended with seal {start.count}, but its last seal is {ended}."


class Entries:
    """The entries in the order of seals, read once and given out by the stretch."""

    def __init__(self):
        self.rows = self._read()
        self.next = next(self.rows, None)

    def _read(self):
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"{sealing.ENTRY} ORDER BY chain, xid, id")
            while chunk := cursor.fetchmany(CHUNK):
                yield from chunk

    def take_while(self, wanted):
        taken = []
        while self.next is not None and wanted(self.next[0], self.next[1:3]):
            taken.append(self.next)
            self.next = next(self.rows, None)
        return taken


def difference(seal, entries):
    """Name the first entry in which a stretch differs from its seal, by the marks that the seal keeps."""
    written = bytes(seal.marks)
    if len(written) != sealing.MARK.size * seal.count:
        return "the seal itself was changed."
    marks = dict(sealing.MARK.iter_unpack(written))
    found = {row[2]: sealing.entry_mac(row[4])[:8] for row in entries}
    for pk, mark in marks.items():
        if pk not in found:
            exists = AuditEntry.objects.filter(pk=pk).exists()
            return f"entry {pk} was moved to another place." if exists else f"entry {pk} is missing."
        if found[pk] != mark:
            return f"entry {pk} was changed."
    put_in = [pk for pk in found if pk not in marks]
    if put_in:
        return f"entry {put_in[0]} was put in."
    return "the seal itself was changed."
