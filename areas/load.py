"""Taking a set of boundaries into a level of areas: what is new, what changed, what vanished, and what replaced it.

Areas are never deleted, because cases and services point to them: an area that vanished ends, and whatever took over
its ground is written down as its successor.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import F, Q

from areas import shapes
from areas.boundary_file import Feature, fold
from areas.models import Area, Succession
from core import audit

# One area, drawn a little differently, still covers this much of the smaller of its two shapes.
SAME_GROUND = 0.5
# Two shapes that cover nearly the same ground are one area under another name.
SAME_SHAPE = 0.99
# Overlaps below this part of the smaller area are inaccuracies of drawing.
OVERLAP = 0.001
COUNTED = ("population", "population_year", "population_source")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Order:
    """What to load and how. `on` is the first day on which the set is in force; None for a first set without one."""

    level: str
    on: object = None
    today: object = None
    counts_people: bool = False
    population_year: int | None = None
    population_source: str = ""
    parent_level: str = ""
    names_parents: bool = False
    partial: bool = False
    successor_share: float = 0.1


@dataclass
class Entry:
    """One feature of the file and what became of it. `before` is the shape that the area had."""

    feature: Feature
    area: Area | None = None
    outcome: Outcome | None = None
    changes: list[str] = field(default_factory=list)
    before: object = None

    @property
    def refused(self):
        return bool(self.feature.refusal)


@dataclass
class Report:
    """What loading did: each feature in exactly one outcome, the areas that vanished, and notes by name."""

    entries: list[Entry]
    vanished: list[Area]
    successions: list[Succession]
    notes: list[str]

    def counts(self):
        """{outcome: how many}; raises if a feature fell between them."""
        counted = Counter(entry.outcome for entry in self.entries)
        counts = {outcome: counted[outcome] for outcome in Outcome}
        if sum(counts.values()) != len(self.entries):
            raise AssertionError(f"{len(self.entries)} features, but {counts} were accounted for.")
        return counts


@transaction.atomic
def load(features, order, *, by):
    """Write a set of boundaries as the areas of a level: one at a time, all or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('areas.load'))")
    rows = list(Area.objects.with_shapes().filter(level=order.level, valid_to=None).select_for_update(no_key=True))
    entries = [Entry(feature) for feature in features]
    match(entries, rows)
    staying = _staying(entries, rows, order)
    _refuse_taken_names(entries, staying)
    rest = {row.pk for row in staying} | {entry.area.pk for entry in entries if entry.area is not None}
    vanished = [row for row in rows if row.pk not in rest]
    notes = _overlaps(entries) + _kept(staying)
    _end(vanished, order)
    _write(entries, order, first=not rows)
    notes += _adopt(entries, order)
    successions = _succeed(entries, vanished, order)
    notes += _move_children(vanished, successions)
    report = Report(entries, vanished, successions, notes)
    counts = {str(outcome): count for outcome, count in report.counts().items()}
    if vanished or counts["new"] or counts["changed"]:
        _tell_neighbors(order.level)
    audit.record(by, "area.load", kind=audit.Kind.ADMINISTRATION, level=order.level, vanished=len(vanished), **counts)
    return report


def match(entries, rows):
    """Find the area that each usable feature means: by code, by name, by another name, by shape, in this order."""
    free = {row.pk: row for row in rows}
    drawn = {row.pk: row.shape for row in rows}
    for find in (_by_code, _by_name, _by_alias):
        known = find(free.values())
        for entry in entries:
            key = fold(entry.feature.code if find is _by_code else entry.feature.name)
            row = known.get(key) if key and not entry.refused and entry.area is None else None
            if row is not None and row.pk in free and _same_ground(entry.feature.shape, drawn[row.pk]):
                entry.area, entry.before = free.pop(row.pk), drawn[row.pk]
    _match_shapes([entry for entry in entries if not entry.refused and entry.area is None], free, drawn)


def _by_code(rows):
    return {fold(row.code): row for row in rows if row.code}


def _by_name(rows):
    return {fold(row.name): row for row in rows}


def _by_alias(rows):
    return {fold(str(name)): row for row in rows for name in row.aliases}


def _same_ground(one, other):
    return one is None or other is None or shapes.shared(one, other) >= SAME_GROUND


def _match_shapes(entries, free, drawn):
    entries = [entry for entry in entries if entry.feature.shape is not None]
    rows = [row for row in free.values() if drawn[row.pk] is not None]
    found = [entry.feature.shape for entry in entries]
    for one, other in shapes.meeting(found, [drawn[row.pk] for row in rows]):
        entry, row = entries[one], rows[other]
        is_free = entry.area is None and row.pk in free
        if is_free and shapes.sameness(entry.feature.shape, drawn[row.pk]) >= SAME_SHAPE:
            entry.area, entry.before = free.pop(row.pk), drawn[row.pk]


def _staying(entries, rows, order):
    """Areas that the file does not describe but that do not vanish: the file is a part, or it names them unusably."""
    matched = {entry.area.pk for entry in entries if entry.area is not None}
    rest = [row for row in rows if row.pk not in matched]
    if order.partial:
        return rest
    named = {fold(text) for entry in entries if entry.refused for text in (entry.feature.name, entry.feature.code)}
    return [row for row in rest if not named.isdisjoint(map(fold, filter(None, (row.name, row.code, *row.aliases))))]


def _refuse_taken_names(entries, staying):
    """A name that a staying area has is taken. An area whose new name is refused stays as well, so this goes on."""
    again = True
    while again:
        again = False
        taken = {fold(row.name) for row in staying}
        for entry in entries:
            if not entry.refused and fold(_final_name(entry)) in taken:
                entry.feature.refusal = "has the name of another area in force, which lies elsewhere"
                if entry.area is not None:
                    staying.append(entry.area)
                    entry.area = None
                again = True


def _final_name(entry):
    """The area's own name where the file uses another name that we know, else the file's."""
    name, area = entry.feature.name, entry.area
    return area.name if area is not None and fold(name) in map(fold, area.aliases) else name


def _kept(staying):
    return [f"{row.name}: stays as it is" for row in staying]


def _overlaps(entries):
    """Which areas of the file cover the same ground, and how much of it."""
    entries = [entry for entry in entries if not entry.refused and entry.feature.shape is not None]
    found = [entry.feature.shape for entry in entries]
    notes = []
    for one, other in shapes.meeting(found, found):
        if one < other:
            common = found[one].intersection(found[other])
            smaller = min(one, other, key=lambda index: found[index].area)
            part = common.area / found[smaller].area
            if part >= OVERLAP:
                names = (entries[one].feature.name, entries[other].feature.name)
                ground = shapes.square_kilometers(common)
                notes.append(f"{names[0]} and {names[1]}: overlap by {ground:.3f} km², {part:.1%} of the smaller")
    return notes


def _end(vanished, order):
    """The last day of a vanished area is the one before the set is in force."""
    last = (order.on or order.today) - timedelta(days=1)
    for row in vanished:
        # An area drawn by mistake today ends before it began: it was never in force.
        row.valid_to = max(last, row.valid_from - timedelta(days=1)) if row.valid_from else last
        row.version += 1
        row.save(update_fields=["valid_to", "version"])


def _write(entries, order, *, first):
    begins = order.on if first else order.on or order.today
    for entry in entries:
        if entry.refused:
            entry.outcome = Outcome.REFUSED
        elif entry.area is None:
            entry.outcome = Outcome.NEW
            entry.area = Area(level=order.level, name=entry.feature.name, valid_from=begins)
            _take_over(entry, order)
        else:
            entry.changes = _take_over(entry, order)
            entry.outcome = Outcome.CHANGED if entry.changes else Outcome.UNCHANGED
    renamed = [entry.area.pk for entry in entries if "name" in entry.changes]
    # Two areas may have exchanged their names, which no order of writing allows: both step aside first.
    Area.objects.filter(pk__in=renamed).update(name=F("reference"))
    for entry in entries:
        if entry.outcome == Outcome.NEW:
            entry.area.save()
        elif entry.changes:
            entry.area.version += 1
            entry.area.save()


def _take_over(entry, order):
    """Fill an area from its feature; returns which facts changed. What the file does not tell stays as it was."""
    feature, area = entry.feature, entry.area
    if _final_name(entry) != feature.name:
        feature.notes.append(f"is known here as {area.name}")
    facts = ("name", "code", "geometry", *COUNTED)
    was = {name: getattr(area, name) for name in facts}
    area.call(_final_name(entry))
    area.code = feature.code or area.code
    if feature.shape is not None:
        area.draw(feature.shape)
    if order.counts_people and feature.population is not None:
        area.population = feature.population
        area.population_year = order.population_year
        area.population_source = order.population_source
    return [name for name in facts if getattr(area, name) != was[name]]


def _adopt(entries, order):
    """Set what each area is part of: as the file says, else the area of the level above that has most of its ground."""
    if not order.parent_level:
        return []
    above = list(Area.objects.with_shapes().filter(level=order.parent_level, valid_to=None))
    named = _by_alias(above) | _by_name(above) | _by_code(above)
    drawn = [(row, row.shape) for row in above if row.geometry]
    notes = []
    for entry in entries:
        if entry.refused:
            continue
        text = entry.feature.parent
        parent = named.get(fold(text)) if order.names_parents else _most_of(entry.feature.shape, drawn)
        if parent is None:
            missing = f"there is no {order.parent_level} “{text}”" if order.names_parents else "no ground in common"
            notes.append(f"{entry.area.name}: is part of no {order.parent_level} ({missing})")
        elif parent.pk != entry.area.parent_id:
            _put_below(parent, entry.area)
            if entry.outcome == Outcome.UNCHANGED:
                entry.outcome = Outcome.CHANGED
            if entry.outcome == Outcome.CHANGED:
                entry.changes.append("parent")
    return notes


def _most_of(shape, drawn):
    """The row whose shape covers most of this one, if any covers as much as half."""
    if shape is None or not shape.area:
        return None
    shares = [(shape.intersection(other).area / shape.area, row) for row, other in drawn]
    part, row = max(shares, key=lambda found: found[0], default=(0, None))
    return row if part >= SAME_GROUND else None


def _succeed(entries, vanished, order):
    """Write down what took over ground from a vanished area, or most of a new area's ground from one that shrank."""
    rows = [entry.area for entry in entries if not entry.refused and entry.feature.shape is not None]
    found = [entry.feature.shape for entry in entries if not entry.refused and entry.feature.shape is not None]
    new = {entry.area.pk for entry in entries if entry.outcome == Outcome.NEW}
    shrunk = [entry for entry in entries if "geometry" in entry.changes and entry.before is not None]
    earlier = [(row, row.shape, True) for row in vanished if row.geometry]
    earlier += [(entry.area, entry.before, False) for entry in shrunk]
    successions = []
    for one, other in shapes.meeting([shape for _, shape, _ in earlier], found):
        (before, ground, gone), after = earlier[one], rows[other]
        common = ground.intersection(found[other]).area
        of_new = common / found[other].area
        heir = gone and max(common / ground.area, of_new) >= order.successor_share
        if heir or (after.pk in new and of_new >= SAME_GROUND):
            successions.append(Succession(predecessor=before, successor=after, on=order.on or order.today))
    return Succession.objects.bulk_create(successions)


def _move_children(vanished, successions):
    """Areas below a vanished one become part of the successor that has most of their ground."""
    notes = []
    children = Area.objects.with_shapes().filter(parent__in=vanished, valid_to=None).select_related("parent")
    for child in children:
        heirs = [row.successor for row in successions if row.predecessor_id == child.parent_id]
        parent = _most_of(child.shape, [(heir, heir.shape) for heir in heirs])
        if parent is None:
            notes.append(f"{child.name} ({child.level}): is still part of {child.parent.name}, which vanished")
        else:
            notes.append(f"{child.name} ({child.level}): is part of {parent.name} now")
            _put_below(parent, child)
    return notes


def _put_below(parent, area):
    area.parent = parent
    area.version += 1
    area.save(update_fields=["parent", "version"])


def _tell_neighbors(level):
    """Compute anew which areas of a level in force touch each other. Former areas have no neighbors."""
    rows = list(Area.objects.with_shapes().filter(level=level, valid_to=None).exclude(geometry=None))
    pairs = shapes.neighbors([row.shape for row in rows])
    links = Area.neighbors.through
    of_level = Area.objects.filter(level=level)
    links.objects.filter(Q(from_area__in=of_level) | Q(to_area__in=of_level)).delete()
    both = [(rows[one], rows[other]) for one, other in pairs] + [(rows[other], rows[one]) for one, other in pairs]
    links.objects.bulk_create(links(from_area=one, to_area=other) for one, other in both)
