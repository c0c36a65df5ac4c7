"""The audit: who did what to which record, without the record's values. Kept apart from history, which has values."""

from contextvars import ContextVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

request_id = ContextVar("request_id", default="")


class Kind(models.TextChoices):
    """What the law asks a police log to tell apart, and what a supervisor of the system needs beside it."""

    COLLECTION = "collection", _("Collection")
    ALTERATION = "alteration", _("Alteration")
    CONSULTATION = "consultation", _("Consultation")
    DISCLOSURE = "disclosure", _("Disclosure")
    COMBINATION = "combination", _("Combination")
    ERASURE = "erasure", _("Erasure")
    SIGN_IN = "sign-in", _("Sign-in")
    REFUSAL = "refusal", _("Refusal")
    ADMINISTRATION = "administration", _("Administration")


def record(by, act, obj=None, *, kind=Kind.ALTERATION, reference="", using=None, **facts):
    """Write one entry in the caller's transaction, unlocked; it commits or vanishes with what it records.

    `by` is a member of staff, or a word such as "worker" or "resident" where no member of staff acts. `facts` may hold
    states, counts, reasons and references, never values of the record. `using` names the database connection where
    the caller's transaction is not on the default one. The model is looked up late because rows of core itself are
    recorded too. An act on a record that knows itself sealed (`is_sealed`) is marked, so that such acts can be listed.
    """
    if getattr(obj, "is_sealed", False):
        facts.setdefault("sealed", True)
    entry = apps.get_model("core.AuditEntry")
    return entry.objects.using(using).create(
        kind=kind,
        act=act,
        actor=getattr(by, "audit_name", by) or "system",
        object_type=obj._meta.label_lower if obj is not None else "",
        reference=reference or (str(getattr(obj, "reference", obj.pk)) if obj is not None else ""),
        facts=facts,
        request_id=request_id.get(),
    )


def opened(by, obj, **facts):
    """A member of staff opened the page of a sensitive record: one entry for one GET of it."""
    return record(by, f"{obj._meta.model_name}.open", obj, kind=Kind.CONSULTATION, **facts)


def refused(by, act, obj=None, **facts):
    """Somebody was told no: a permission, a gate or a seal stopped them."""
    return record(by, act, obj, kind=Kind.REFUSAL, **facts)
