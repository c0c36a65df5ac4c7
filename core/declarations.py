"""What the kernel and the parts of Django under it hold about people, and for how long."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from core.models import (
    AuditEntry,
    AuditSeal,
    Draft,
    Erasure,
    Finding,
    Heartbeat,
    IdempotencyKey,
    Job,
    LegalHold,
    PersonRequest,
    SavedView,
    StoredFile,
)
from core.privacy import Keep, declare


def destroy_files(rows):
    """The bytes go with the row that names them."""
    for file in rows:
        file.destroy()


declare(
    AuditEntry,
    personal=("actor",),
    keep=Keep(forever=_("the log of who did what names staff, and nothing of a record's content.")),
)
declare(AuditSeal, keep=Keep(forever=_("it proves that the log was not changed.")))
declare(LegalHold, keep=Keep(days=1825, after="lifted_at", since=_("the hold was lifted")))
# Name and address are emptied when the request ends; what stays says that we answered.
declare(
    PersonRequest,
    personal=("name", "address", "proof", "refusal"),
    keep=Keep(days=1095, after="asked_at", only=Q(state__in=["done", "refused"]), since=_("the request")),
)
declare(Finding, keep=Keep(with_="request"))
declare(
    Erasure, keep=Keep(forever=_("what was erased is erased again after a backup is restored; it holds keys alone."))
)
declare(
    StoredFile,
    personal=("name",),
    keep=Keep(days=1, after="delete_after", since=_("the date set when it was made")),
    dispose=destroy_files,
)
declare(SavedView, keep=Keep(with_="user"))
declare(
    Draft,
    personal=("subject", "path", "fields"),
    keep=Keep(days=14, after="saved_at", since=_("it was last saved")),
)
declare(IdempotencyKey, personal=("owner",), keep=Keep(days=1, after="at", since=_("the form was sent")))
declare(Job, personal=("parameters", "message"), keep=Keep(days=30, after="ended_at", since=_("it ended")))
declare(Heartbeat, keep=Keep(forever=_("it says when regular work last ran.")))

for model in (ContentType, Group, Permission):
    declare(model, keep=Keep(forever=_("it is part of the program and tells about nobody.")))
# History keeps its context inside each event; this table of the library stays empty.
declare(Context, keep=Keep(forever=_("it stays empty.")))
