"""Requests by people: one exact match over what features registered, a second person, and the worker's part."""

import io
import json
import zipfile
from datetime import timedelta
from itertools import groupby

import phonenumbers
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, erasure, jobs, pdf, privacy
from core.answers import Gone
from core.models import Finding, PersonRequest, StoredFile
from core.states import MoveNotAllowed

# A copy that nobody fetches is deleted; it can be made again while the request is open.
COPY_LASTS = timedelta(days=7)
COPY, ERASE = "people.copy", "people.erase"

# A floor above knows who may be the second person, and owes them a reminder: (waits, decided), functions of a request
# that are called in the transaction in which it begins, and ceases, to wait for them.
reminders = []


class ChoiceChanged(MoveNotAllowed):
    """Somebody chose other records since the page was shown on which a second person agreed."""


def sought(request):
    """The person of a request as sources compare them: the address is an e-mail or a phone, whichever it looks like."""
    address = request.address.strip()
    return privacy.Sought(
        name=" ".join(request.name.lower().split()),
        email=address.lower() if "@" in address else "",
        phone="" if "@" in address else phone_of(address),
    )


def phone_of(text):
    """A phone number as +15550100, or nothing where the text is none."""
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@transaction.atomic
def match(request, *, by):
    """Run the one exact match of a request and keep what it found: kinds, references, counts, no text."""
    who = sought(request)
    findings = [
        {
            "source": source.name,
            "key": found.key,
            "kind": found.kind,
            "object_type": found.object_type,
            "reference": found.reference,
            "rows": found.rows,
            "by": found.by,
            "chosen": found.by == "address",
            "outcome": Finding.Outcome.BLOCKED if found.blocked and request.kind == "erasure" else "",
        }
        for source in privacy.sources.values()
        for found in source.find(who)
    ]
    request.keep_findings(findings, by=by)
    for waits, _decided in reminders:
        waits(request)


def chosen(request):
    """The finds that a second person approved, by source."""
    return request.findings.filter(chosen=True).exclude(outcome=Finding.Outcome.BLOCKED).order_by("source", "id")


@transaction.atomic
def approve(request, *, by, seen):
    """The second person agrees: a correction goes to who keeps the records, the rest to the worker.

    `seen` is the `choice` of the request as it stood on the page of who agrees: nothing else is agreed to. The job
    belongs to the records officer who asked: whoever approves sees no copy.
    """
    # Whoever chooses holds this row as well, so the choice cannot change between the look and the move.
    request = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.searched_at is None:
        raise MoveNotAllowed(_("Run the match first: nobody can approve what is not known."))
    if request.is_open and request.choice != seen:
        raise ChoiceChanged(_("Other records were ticked in the meantime. Look at them before you decide."))
    request.approve(by=by)
    _decided(request)
    if request.kind == PersonRequest.RequestKind.CORRECTION:
        pass_on(request)
        request.finish(by=by)
    else:
        begin(request)


@transaction.atomic
def refuse(request, why, *, by):
    """The request ends without an answer, and nobody waits for a second person any more."""
    request.refuse(why, by=by)
    _decided(request)


def _decided(request):
    for _waits, decided in reminders:
        decided(request)


def left_texts(request):
    """What kinds of text an erasure leaves in the chosen records, each once: they may speak of others too."""
    kinds = {}
    for source, finds in groupby(chosen(request), key=lambda finding: finding.source):
        kinds |= dict.fromkeys(map(str, privacy.sources[source].left([finding.key for finding in finds])))
    return list(kinds)


def pass_on(request):
    """Owe the correction to whoever keeps each record."""
    for source, finds in groupby(chosen(request), key=lambda finding: finding.source):
        privacy.sources[source].correct([finding.key for finding in finds], request=request)
    chosen(request).update(outcome=Finding.Outcome.PASSED_ON)


@transaction.atomic
def begin(request):
    """Give the worker its part. Pressed again while it runs, or while a copy waits, it changes nothing."""
    row = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != PersonRequest.State.APPROVED:
        raise MoveNotAllowed(_("The request is not approved, or it is done."))
    if row.job is not None and (row.job.is_running or row.job.result is not None):
        return row.job
    copies = row.kind == PersonRequest.RequestKind.COPY
    title = _("Copy for request %(reference)s") if copies else _("Erasure for request %(reference)s")
    link = row.get_absolute_url()
    row.job = jobs.start(
        COPY if copies else ERASE, title % {"reference": row}, by=row.asked_by, link=link, request=row.pk
    )
    row.save(update_fields=["job"])
    return row.job


def approved_request(job):
    return PersonRequest.objects.get(pk=job.parameters["request"], state=PersonRequest.State.APPROVED)


@jobs.runner(COPY)
def make_copy(job):
    """The copy as a PDF and as JSON, in one archive that is downloaded once. Run again, it makes another archive."""
    request = approved_request(job)
    finds = list(chosen(request))
    sections = []
    for done, finding in enumerate(finds):
        job.advance(done, len(finds))
        sections += privacy.sources[finding.source].bundle([finding.key])
    chosen(request).update(outcome=Finding.Outcome.COPIED)
    content = archive(request, sections)
    job.advance(len(finds), message=_("The copy is ready."))
    until = timezone.now() + COPY_LASTS
    return StoredFile.keep(f"{request}.zip", "application/zip", content, by=job.owner, delete_after=until)


def archive(request, sections):
    """Both readings of the same values in one zip file."""
    values = values_of(request, sections)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{request}.json", json.dumps(values, ensure_ascii=False, indent=1))
        file.writestr(f"{request}.pdf", pdf.render("core/bundle.typ", values))
    return content.getvalue()


def values_of(request, sections):
    """What the copy says, as plain text all through."""
    return {
        "title": _("What we hold about you"),
        "paper": settings.PAPER,
        "lines": [
            str(settings.AGENCY["name"]),
            _("This copy was made because you asked for it. It holds no words of other people."),
        ],
        "facts": [
            [_("Request"), str(request)],
            [_("Received"), request.received_on.isoformat()],
            [_("Made on"), timezone.localdate().isoformat()],
        ],
        "nothing": _("We found nothing about you."),
        "sections": [
            {
                "title": str(section.title),
                "facts": [[str(label), str(value)] for label, value in section.facts],
                "entries": [
                    {"when": str(when), "what": str(what), "text": str(text)} for when, what, text in section.entries
                ],
            }
            for section in sections
        ],
    }


@jobs.runner(ERASE)
def erase_all(job):
    """Erase each chosen find, then forget who asked. Finds already erased are passed over."""
    request = approved_request(job)
    finds = list(chosen(request).select_related("request"))
    for done, finding in enumerate(finds):
        job.advance(done, len(finds))
        if finding.outcome == "":
            erasure.erase(finding, by=job.owner)
    erasure.forget_drafts(request)
    request.finish(by=job.owner)
    job.advance(len(finds), message=_("Done. The request says what was erased and what was kept."))


@transaction.atomic
def hand_over(request, *, by):
    """Take the copy out for its one download: the bytes, with the file deleted and the disclosure on record."""
    row = PersonRequest.objects.select_for_update(of=("self",)).select_related("job__result").get(pk=request.pk)
    if row.state == PersonRequest.State.DONE:
        raise Gone(_("The copy was downloaded before, and deleted then."))
    file = row.job.result if row.job is not None else None
    if file is None or row.state != PersonRequest.State.APPROVED:
        raise MoveNotAllowed(_("The copy is not ready."))
    with file.file.open() as stored:
        content = stored.read()
    audit.record(by, "personrequest.hand_over", row, kind=audit.Kind.DISCLOSURE, sha256=file.sha256, to="the person")
    file.destroy()
    row.finish(by=by)
    return file.name, content
