from core.models.audit import AuditEntry, AuditSeal
from core.models.people import Erasure, Finding, LegalHold, PersonRequest
from core.models.work import Draft, Heartbeat, IdempotencyKey, Job, SavedView, StoredFile

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Draft",
    "Erasure",
    "Finding",
    "Heartbeat",
    "IdempotencyKey",
    "Job",
    "LegalHold",
    "PersonRequest",
    "SavedView",
    "StoredFile",
]
