"""Erasing what features hold about one person: their rows, the history of those rows, and a ledger of what was erased.

The feature's rows are emptied by the application's role; history by the disposal role, in which who and when stay. The
audit holds no values and is never touched.
"""

import json
import os
import re
from collections import defaultdict
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from core import audit, history, privacy
from core.models import Draft, Erasure, Finding, LegalHold

ALIAS = "disposal"


def erase(finding, *, by):
    """Erase one chosen find and note how it ended; run again after a crash, it goes on where it was."""
    finding.outcome = _erased(finding, by)
    finding.save(update_fields=["outcome"])


def _erased(finding, by):
    try:
        with transaction.atomic():
            if not _may_go(finding):
                return Finding.Outcome.HELD
            line = _erase_rows(finding.request.reference, finding.source, finding.key, by)
            audit.record(
                by,
                "personrequest.erase",
                kind=audit.Kind.ERASURE,
                reference=finding.reference,
                request=finding.request.reference,
                rows=sum(map(len, line.touched.values())),
            )
    except privacy.StillNeeded:
        return Finding.Outcome.BLOCKED
    redact(line)
    return Finding.Outcome.ERASED


def _may_go(finding):
    """No hold stands, and none can be placed until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_legalhold IN SHARE MODE")
    held = LegalHold.objects.standing().filter(object_type=finding.object_type, reference=finding.reference)
    return not held.exists()


def _erase_rows(request_reference, source, key, by):
    """Let the feature empty its rows, and write the ledger, in one transaction."""
    touched = privacy.sources[source].erase([key], by=by)
    line, _created = Erasure.objects.get_or_create(request_reference=request_reference, source=source, key=key)
    rows = defaultdict(set, {label: set(pks) for label, pks in line.touched.items()})
    for model, pks in touched.items():
        rows[model._meta.label_lower] |= {pk if isinstance(pk, int) else str(pk) for pk in pks}
    line.touched = {label: sorted(pks) for label, pks in rows.items()}
    line.redacted_at = None
    line.save()
    transaction.on_commit(lambda: write_outside(line))
    return line


def redact(line):
    """Empty the personal fields in every event of the rows that a line of the ledger names; who and when stay."""
    rows = {apps.get_model(label): pks for label, pks in line.touched.items()}
    with transaction.atomic(using=ALIAS), history.unprotected(rows, ALIAS):
        for model, pks in rows.items():
            personal = set(privacy.declarations[model].personal)
            for event in history.events_of(model):
                names = sorted(personal & {column.name for column in event._meta.concrete_fields})
                if names:
                    values = {name: privacy.empty_value(event._meta.get_field(name)) for name in names}
                    event.objects.using(ALIAS).filter(pgh_obj_id__in=pks).update(**values)
    Erasure.objects.filter(pk=line.pk).update(redacted_at=timezone.now())


def forget_drafts(request):
    """Drafts that name the person: what was typed about them and never saved. "Ana" is not found inside "Banana"."""
    told = Draft.objects.annotate(text=Cast("fields", models.TextField()))
    for words in filter(None, (request.name.strip(), request.address.strip())):
        quoted = re.escape(json.dumps(words, ensure_ascii=False)[1:-1])
        # A line break stands in the text as a backslash and a letter, which would else be taken for part of a word.
        told.filter(text__iregex=rf"(^|\W|\\[nrt]){quoted}(\W|$)").delete()
    for reference in request.findings.filter(chosen=True).values_list("reference", flat=True):
        Draft.objects.filter(models.Q(subject__contains=reference) | models.Q(path__contains=reference)).delete()


def ledger():
    return Path(settings.LIAISON_HOME) / "erasures"


def write_outside(line):
    """Append keys, never values, to a file outside the database, which a restored backup cannot take back."""
    text = json.dumps({"request": line.request_reference, "source": line.source, "key": line.key})
    with ledger().open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def lines_outside():
    """The lines of that file, each once, in order."""
    if not ledger().exists():
        return []
    lines = dict.fromkeys(ledger().read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines]


def replay(*, by):
    """Erase again what the ledger names, after a backup was restored. Returns how many lines were run."""
    lines = lines_outside()
    for line in lines:
        with transaction.atomic():
            again = _erase_rows(line["request"], line["source"], line["key"], by)
            audit.record(by, "erasure.replay", kind=audit.Kind.ERASURE, reference=line["request"])
        redact(again)
    return len(lines)
