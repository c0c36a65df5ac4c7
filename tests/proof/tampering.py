"""Ways in which the owner of the database, or of the file beside it, rewrites what is remembered.

Each way takes a `Scene` and returns the words by which the verification must name what was done. What it does is drawn
by the random numbers of the scene, so another seed tries another entry, column, seal and line.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.db import connections

from core import sealing
from core.models import AuditSeal

COPIED = "at, xid, chain, kind, act, actor, object_type, reference, facts, request_id"
EDITS = {
    "act": "'case.nothing'",
    "actor": "'somebody.else@example.org'",
    "kind": "'erasure'",
    "reference": "'M-26-00000'",
    "object_type": "'cases.party'",
    "facts": """facts || '{"more": 1}'""",
    "request_id": "'another'",
    "at": "at + interval '1 microsecond'",
}


# How many entries a transaction writes.
EACH = 5


@dataclass
class Scene:
    """The sealed audit: `entries` are (xid, id) in the order of the chain, `heads` is the file outside."""

    random: Random
    entries: list
    seals: list
    heads: Path

    def entry(self, below=0):
        """Any entry but the last few: (xid, id)."""
        return self.random.choice(self.entries[: len(self.entries) - below])

    def seal(self):
        return self.random.choice(self.seals)

    def lines(self):
        return self.heads.read_text().splitlines(keepends=True)


def as_owner(statement, *parameters):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)


def edit(scene):
    pk, column = scene.entry()[1], scene.random.choice(sorted(EDITS))
    as_owner(f"UPDATE core_auditentry SET {column} = {EDITS[column]} WHERE id = %s", pk)
    return f"entry {pk} was changed"


def delete(scene):
    pk = scene.entry()[1]
    as_owner("DELETE FROM core_auditentry WHERE id = %s", pk)
    return f"entry {pk} is missing"


def delete_a_stretch(scene):
    """A few entries in a row; the first of them is named."""
    place = scene.random.randrange(len(scene.entries) - 12)
    gone = [pk for _xid, pk in scene.entries[place : place + scene.random.randint(2, 12)]]
    as_owner("DELETE FROM core_auditentry WHERE id = ANY(%s)", gone)
    return f"entry {gone[0]} is missing"


def swap(scene, column):
    """Two entries exchange what orders them; the one that the chain meets first is named."""
    (first_xid, first), (second_xid, second) = scene.random.sample(scene.entries, 2)
    if column == "xid" and first_xid == second_xid:
        return swap(scene, column)
    if column == "id":
        as_owner("UPDATE core_auditentry SET id = -1 WHERE id = %s", first)
        as_owner("UPDATE core_auditentry SET id = %s WHERE id = %s", first, second)
        as_owner("UPDATE core_auditentry SET id = %s WHERE id = -1", second)
    else:
        values = "(VALUES (%s, %s), (%s, %s)) AS new (id, xid)"
        as_owner(
            f"UPDATE core_auditentry e SET xid = new.xid FROM {values} WHERE e.id = new.id",
            first, second_xid, second, first_xid,
        )  # fmt: skip
    return rf"entry ({first}|{second}) was (changed|moved to another place|put in)"


def swap_ids(scene):
    return swap(scene, "id")


def swap_places(scene):
    return swap(scene, "xid")


def move(scene):
    """One entry takes the place after another one."""
    (xid, pk), target = scene.entry(), scene.entry()[0]
    if xid == target:
        return move(scene)
    as_owner("UPDATE core_auditentry SET xid = %s WHERE id = %s", target, pk)
    return f"entry {pk} was (changed|moved to another place)"


def insert(scene):
    """One that never was, among those of a sealed stretch. Behind the last of all it would lie in none yet."""
    _xid, pk = scene.entry(below=EACH)
    columns = COPIED.replace("actor", "'nobody@example.org'")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO core_auditentry ({COPIED}) SELECT {columns} FROM core_auditentry WHERE id = %s RETURNING id",
            [pk],
        )
        return f"entry {cursor.fetchone()[0]} was put in"


def truncate(scene):
    as_owner("TRUNCATE core_auditentry")
    return f"entry {scene.entries[0][1]} is missing"


def cut_off_the_end(scene):
    """The last entries, with every seal that spoke of them; only the file outside still knows."""
    keep = scene.random.randrange(1, len(scene.seals))
    last = scene.seals[keep - 1]
    as_owner("DELETE FROM core_auditseal WHERE number > %s", last.number)
    as_owner("DELETE FROM core_auditentry WHERE (xid, id) > (%s, %s)", last.last_xid, last.last_id)
    return rf"Seal 1\.{last.number + 1} is missing: the file of heads has it"


def change_a_seal(scene):
    seal = scene.seal()
    column, value = scene.random.choice([("head", "repeat('0', 64)"), ("count", "count + 1"), ("marks", r"'\x00'")])
    as_owner(f"UPDATE core_auditseal SET {column} = {value} WHERE number = %s", seal.number)
    return rf"Seal {seal} is broken: the seal itself was changed"


def delete_a_seal(scene):
    seal = scene.seal()
    as_owner("DELETE FROM core_auditseal WHERE number = %s", seal.number)
    return rf"Seal {re.escape(str(seal))} is missing"


def forge(scene):
    """An entry is changed and every seal from it on made anew, by the book, but without the key."""
    seal = scene.seal()
    pk = scene.random.choice([pk for place in scene.entries if seal_holds(seal, place) for pk in place[1:]])
    as_owner("UPDATE core_auditentry SET actor = 'somebody.else@example.org' WHERE id = %s", pk)
    before, key = (scene.seals[seal.number - 2].head if seal.number > 1 else ""), b"a guess at the key"
    for later in scene.seals[seal.number - 1 :]:
        before = hmac.new(key, f"{before}|{later.number}".encode(), hashlib.sha256).hexdigest()
        as_owner("UPDATE core_auditseal SET head = %s WHERE number = %s", before, later.number)
    return f"entry {pk} was changed"


def seal_holds(seal, place):
    return (seal.first_xid, seal.first_id) <= place <= (seal.last_xid, seal.last_id)


def shorten_the_file(scene):
    lines = scene.lines()
    keep = scene.random.randrange(len(lines))
    scene.heads.write_text("".join(lines[:keep]))
    return rf"lacks seal 1\.{keep + 1}:"


def drop_a_line(scene):
    lines = scene.lines()
    number = scene.random.randrange(1, len(lines) - 1)
    scene.heads.write_text("".join(lines[:number] + lines[number + 1 :]))
    return f"Line {number + 1} of the file of heads does not follow the line before it"


def damage_a_line(scene):
    lines = scene.lines()
    number = scene.random.randrange(len(lines))
    lines[number] = f"?{lines[number]}"
    scene.heads.write_text("".join(lines))
    return f"Line {number + 1} of the file of heads is damaged"


def replace_a_head(scene):
    lines = scene.lines()
    number = scene.random.randrange(len(lines))
    lines[number] = lines[number].replace(lines[number].split()[3], "a" * 64)
    scene.heads.write_text("".join(lines))
    return rf"Seal 1\.{number + 1} is another one than the file of heads says"


def swap_lines(scene):
    lines = scene.lines()
    number = scene.random.randrange(len(lines) - 1)
    lines[number], lines[number + 1] = lines[number + 1], lines[number]
    scene.heads.write_text("".join(lines))
    return r"Line \d+ of the file of heads does not follow"


WAYS = (
    edit, delete, delete_a_stretch, swap_ids, swap_places, move, insert, truncate, cut_off_the_end, change_a_seal,
    delete_a_seal, forge, shorten_the_file, drop_a_line, damage_a_line, replace_a_head, swap_lines,
)  # fmt: skip


def scene_of(random, heads):
    """What there is to tamper with now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT xid, id FROM core_auditentry ORDER BY xid, id")
        return Scene(random, cursor.fetchall(), list(AuditSeal.objects.order_by("number")), heads)


def stretches(count, seals, each=EACH):
    """Write `count` entries in transactions of `each`, sealed in `seals` stretches, as a busy unit would."""
    for number in range(seals):
        for _ in range(count // seals // each):
            as_app(number, each)
        sealing.seal()


def as_app(number, each):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (kind, act, actor, object_type, reference, facts, request_id) "
            "SELECT 'consultation', 'case.open', 'officer' || n || '@example.org', 'cases.case', "
            "'M-26-' || %s || n, jsonb_build_object('page', n), gen_random_uuid()::text FROM generate_series(1, %s) n",
            [number, each],
        )
