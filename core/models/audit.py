from django.db import models
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from core.audit import Kind


class AuditEntry(models.Model):
    """One act of one person, written in the transaction that did it.

    It holds strings and no foreign keys, so that no history keeps a row from being erased. The application may insert
    and read entries, never change or delete them. `xid` is the writing transaction, which orders entries for sealing;
    `chain` tells the entries of a restored database from those written after the restore.
    """

    at = models.DateTimeField(_("when"), db_default=Now())
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id", output_field=models.TextField()), models.TextField()),
            models.BigIntegerField(),
        ),
        editable=False,
    )
    chain = models.IntegerField(
        db_default=models.Func(function="core_audit_chain", output_field=models.IntegerField()), editable=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    act = models.CharField(_("act"), max_length=80)
    actor = models.CharField(_("who"), max_length=254)
    object_type = models.CharField(_("record"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="core_audit_newest"),
            models.Index(fields=["chain", "xid", "id"], name="core_audit_order"),
            models.Index(fields=["reference", "-at", "-id"], name="core_audit_reference"),
            models.Index(fields=["actor", "-at", "-id"], name="core_audit_actor"),
            models.Index(fields=["kind", "-at", "-id"], name="core_audit_kind"),
            models.Index(fields=["act", "-at", "-id"], name="core_audit_act"),
            models.Index(fields=["-at", "-id"], condition=models.Q(facts__sealed=True), name="core_audit_sealed"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.act} {self.reference}"


class AuditSeal(models.Model):
    """A stretch of the audit, sealed: an HMAC over its entries and the seal before it.

    `marks` holds, for each entry in order, its id and the first bytes of its own HMAC: by them a broken seal names the
    entry that was changed. What proves anything is `head`.
    """

    chain = models.IntegerField()
    number = models.PositiveIntegerField()
    first_xid = models.BigIntegerField()
    first_id = models.BigIntegerField()
    last_xid = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    marks = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("audit seal")
        ordering = ["chain", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="core_one_seal_for_each_number")]

    def __str__(self):
        return f"{self.chain}.{self.number}"
