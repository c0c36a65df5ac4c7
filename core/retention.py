"""Disposal: what retention says must go, goes, with its history, unless a legal hold stands. The audit stays."""

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections, models, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.text import capfirst

from core import audit, history, privacy
from core.models import Heartbeat, LegalHold

ALIAS = "disposal"
BATCH = 500
LOCK = 7_104_303
# The worker is stopped after two minutes; what is not done by then is done by the next tick.
BUDGET = timedelta(seconds=80)
NIGHT_BEGINS = 2
HEARTBEAT = "retention.purge"


@dataclass(frozen=True)
class Line:
    """One model of the report: how long it is kept, how many rows are past it, how many of those a hold keeps."""

    model: type[models.Model]
    rule: str
    due: int
    held: int

    @property
    def name(self):
        return capfirst(self.model._meta.verbose_name)


class Held(Exception):
    """A row would take a row with it that a legal hold keeps."""


def due(declaration, *, using="default", now=None):
    """The rows of a model that are past their keeping time, holds not asked."""
    rows = declaration.model._base_manager.using(using).filter(declaration.keep.only)
    if declaration.keep.while_used:
        return unused(rows)
    if declaration.keep.days is None:
        return rows.none()
    return rows.filter(**{f"{declaration.keep.after}__lt": cutoff(declaration, now or timezone.now())})


def cutoff(declaration, now):
    """The moment, or the day, before which rows are past their time."""
    limit = now - timedelta(days=declaration.keep.days_for(declaration.model))
    _model, column = privacy.end_of(declaration.model, declaration.keep.after)
    return limit if isinstance(column, models.DateTimeField) else timezone.localdate(limit)


def unused(rows):
    """Rows to which no row points that would protect them."""
    for relation in rows.model._meta.related_objects:
        if relation.on_delete in (models.PROTECT, models.RESTRICT):
            users = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            rows = rows.exclude(models.Exists(users))
    return rows


def held(rows):
    """Of these rows, those that a standing legal hold keeps.

    A row that names its record in a text of its own, whatever the kind, is kept with every record of that reference.
    """
    path = privacy.hold_path(rows.model)
    if not path:
        return rows.none()
    holds = LegalHold.objects.using(rows.db).standing()
    holder, column = privacy.end_of(rows.model, path)
    if column.name == "reference":
        holds = holds.filter(object_type=holder._meta.label_lower)
    return rows.filter(**{f"{path}__in": holds.values("reference")})


def free(rows):
    """Of these rows, those that no legal hold keeps."""
    return rows.exclude(pk__in=held(rows).values("pk"))


def report(now=None):
    """A line for each model that can be due, by name."""
    lines = []
    for model, declaration in privacy.declarations.items():
        if declaration.keep.days is not None or declaration.keep.while_used:
            rows = due(declaration, now=now)
            lines.append(Line(model, privacy.rule_in_words(declaration), rows.count(), held(rows).count()))
    return sorted(lines, key=lambda line: line.name)


def coming(within, now=None):
    """How many records, of the kinds that a legal hold can name, will be disposed of within a time from now."""
    until = (now or timezone.now()) + within
    count = 0
    for model in privacy.holdable().values():
        count += free(due(privacy.declarations[model], now=until)).count()
    return count


def purge(*, budget=BUDGET):
    """Dispose of what is due, under the disposal role. Returns {model: rows gone}, and whether it came to the end.

    Rows that others still need are left for the next night. What parents free, such as contacts, comes last.
    """
    ends, gone, stuck = time.monotonic() + budget.total_seconds(), defaultdict(int), defaultdict(set)
    order = sorted(privacy.declarations.values(), key=lambda d: (d.keep.while_used, d.model._meta.label))
    for declaration in order:
        if declaration.keep.days is None and not declaration.keep.while_used:
            continue
        while True:
            if time.monotonic() > ends:
                return dict(gone), False
            looked_at, count = dispose_batch(declaration, stuck[declaration.model])
            gone[declaration.model] += count
            if not looked_at:
                break
    Heartbeat.beat(HEARTBEAT)
    return {model: count for model, count in gone.items() if count}, True


def dispose_batch(declaration, stuck):
    """Dispose of one batch; returns how many rows were looked at and how many went.

    A row that cannot go is tried alone and noted in `stuck`, so that one such row keeps no other.
    """
    try:
        pks = dispose(declaration, stuck, BATCH)
        return len(pks), len(pks)
    except (ProtectedError, RestrictedError, Held):
        pass
    count = 0
    rows = free(due(declaration, using=ALIAS)).exclude(pk__in=stuck).order_by("pk")
    for pk in list(rows.values_list("pk", flat=True)[:BATCH]):
        try:
            count += len(dispose(declaration, stuck, 1, only=pk))
        except (ProtectedError, RestrictedError, Held):
            stuck.add(pk)
    return BATCH, count


def dispose(declaration, stuck, size, only=None):
    """Dispose of up to `size` rows with their history in one transaction; returns their keys."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        # No hold can be placed while this batch goes.
        cursor.execute("LOCK TABLE core_legalhold IN SHARE MODE")
        rows = free(due(declaration, using=ALIAS)).exclude(pk__in=stuck).order_by("pk")
        rows = rows if only is None else rows.filter(pk=only)
        locked = rows.select_for_update(skip_locked=True, of=("self",))[:size]
        batch = declaration.model._base_manager.using(ALIAS).filter(pk__in=[row.pk for row in locked])
        pks = [row.pk for row in batch]
        if not pks:
            return pks
        touched = {declaration.model: pks}
        if declaration.dispose is not None:
            touched |= declaration.dispose(batch) or {}
        else:
            touched |= delete(batch)
        history.forget(touched, ALIAS)
        audit.record(
            "disposal",
            "retention.purge",
            kind=audit.Kind.ERASURE,
            reference=declaration.model._meta.label_lower,
            using=ALIAS,
            rows=len(pks),
        )
    return pks


def delete(rows):
    """Delete rows with all that goes with them; returns {model: keys} of everything that went."""
    collector = Collector(using=ALIAS, origin=rows)
    collector.collect(rows)
    gone = {model: {instance.pk for instance in instances} for model, instances in collector.data.items()}
    for quick in collector.fast_deletes:
        gone.setdefault(quick.model, set()).update(quick.values_list("pk", flat=True))
    for model, pks in gone.items():
        if held(model._base_manager.using(ALIAS).filter(pk__in=pks)).exists():
            raise Held(model)
    collector.delete()
    return gone


def purge_tonight(now: datetime | None = None):
    """Purge once a night: from two in the morning on, where the last purge that came to its end was before today."""
    local = timezone.localtime(now)
    last = Heartbeat.objects.filter(name=HEARTBEAT).first()
    if local.hour < NIGHT_BEGINS or (last is not None and timezone.localdate(last.at) >= local.date()):
        return None
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            return purge()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
