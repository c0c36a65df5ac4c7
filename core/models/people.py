import hashlib
import json

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models.work import Job
from core.references import Referenced
from core.states import MoveNotAllowed, Stateful, pair


class LegalHoldQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """An order to keep a record past its time: a lawsuit, an inquiry, a request for records."""

    object_type = models.CharField(_("kind of record"), max_length=60)
    reference = models.CharField(_("reference"), max_length=80)
    reason = models.TextField(
        _("reason"), help_text=_("Which proceeding or order, and who asked. No names of residents.")
    )
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        ordering = ["-placed_at", "-id"]
        constraints = [
            pair("core_hold_lifted_at_and_by_together", "lifted_at", "lifted_by"),
            models.UniqueConstraint(
                fields=["object_type", "reference"], condition=Q(lifted_at=None), name="core_one_standing_hold"
            ),
        ]

    def __str__(self):
        return self.reference

    @transaction.atomic
    def place(self, *, by):
        """Begin the hold; a record is held once at a time."""
        self.placed_by = by
        self.save()
        audit.record(by, "legalhold.place", self, kind=audit.Kind.ADMINISTRATION, held=self.object_type)

    @transaction.atomic
    def lift(self, *, by):
        """End the hold; the record follows its keeping time again."""
        lifted = type(self).objects.filter(pk=self.pk).standing().update(lifted_at=timezone.now(), lifted_by=by)
        if not lifted:
            raise MoveNotAllowed(_now("This hold was lifted before."))
        audit.record(by, "legalhold.lift", self, kind=audit.Kind.ADMINISTRATION, held=self.object_type)
        self.refresh_from_db()


class PersonRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Records officers keep them; supervisors may be the second person."""
        return self if user.holds("records_officer", "supervisor") else self.none()

    def open(self):
        return self.filter(state__in=[PersonRequest.State.OPEN, PersonRequest.State.APPROVED])


class PersonRequest(Referenced, Stateful):
    """A person asks for what we hold on them, to have it corrected, or to have it erased.

    The name and address they gave serve one exact match and are emptied when the request ends. One records officer
    records it and runs the match; another person approves it; the worker does it.
    """

    LETTER = "Q"

    class RequestKind(models.TextChoices):
        COPY = "copy", _("Copy of what we hold")
        CORRECTION = "correction", _("Correction")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    MOVES = {
        State.APPROVED: {State.OPEN},
        State.REFUSED: {State.OPEN},
        State.DONE: {State.APPROVED},
    }

    kind = models.CharField(_("what they ask for"), max_length=12, choices=RequestKind)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN, editable=False)
    name = models.CharField(_("name they go by"), max_length=120, blank=True)
    address = models.CharField(_("phone or e-mail we may hold"), max_length=254, blank=True)
    proof = models.TextField(_("proof of identity"), help_text=_("What you saw, not a copy of it."))
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    searched_at = models.DateTimeField(null=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    refused_at = models.DateTimeField(null=True, editable=False)
    refusal = models.TextField(_("why it was refused"), blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, editable=False)

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request by a person")
        verbose_name_plural = _("requests by people")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="core_request_approved_pair",
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="core_request_refused_pair",
                condition=Q(state="refused", refused_at__isnull=False, refused_by__isnull=False)
                | ~Q(state="refused") & Q(refused_at=None, refused_by=None),
            ),
            models.CheckConstraint(
                name="core_request_done_pair",
                condition=Q(state="done", done_at__isnull=False, done_by__isnull=False)
                | ~Q(state="done") & Q(done_at=None, done_by=None),
            ),
        ]

    def get_absolute_url(self):
        return reverse("core:request_detail", args=[self.reference])

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    @property
    def choice(self):
        """What a second person agrees to, in few characters: which finds are chosen, and what was found at all."""
        finds = self.findings.order_by("pk").values_list("source", "key", "kind", "reference", "rows", "chosen")
        return hashlib.sha256(json.dumps(list(finds)).encode()).hexdigest()[:32]

    @transaction.atomic
    def receive(self, *, by):
        """Write the request down: the row and its first audit entry, together."""
        self.asked_by = by
        self.save()
        audit.record(by, "personrequest.receive", self, kind=audit.Kind.COLLECTION, asked=self.kind)

    @transaction.atomic
    def keep_findings(self, findings, *, by):
        """Keep what the one match found; a request is matched once, and a second press is refused."""
        row = type(self).objects.filter(pk=self.pk, searched_at=None, state=self.State.OPEN)
        if not row.update(searched_at=timezone.now()):
            raise MoveNotAllowed(_now("The match of this request was run before."))
        Finding.objects.bulk_create([Finding(request=self, **fields) for fields in findings])
        audit.record(by, "personrequest.search", self, kind=audit.Kind.COMBINATION, found=len(findings))
        self.refresh_from_db()

    @transaction.atomic
    def choose(self, chosen, *, by):
        """Say which finds are this person: two people may share a name or a phone."""
        state = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk).state
        if state != self.State.OPEN:
            raise MoveNotAllowed(_now("The request was decided, so its records can no longer be chosen."))
        self.findings.update(chosen=False)
        count = self.findings.filter(pk__in=[finding.pk for finding in chosen]).update(chosen=True)
        audit.record(by, "personrequest.choose", self, chosen=count)

    def approve(self, *, by):
        self._move(self.State.APPROVED, by=by, approved_at=timezone.now(), approved_by=by)

    def refuse(self, why, *, by):
        self._move(
            self.State.REFUSED, by=by, refused_at=timezone.now(), refused_by=by, refusal=why, name="", address=""
        )

    def finish(self, *, by):
        """The request is answered; who asked is no longer written here."""
        self._move(self.State.DONE, by=by, done_at=timezone.now(), done_by=by, name="", address="")


class Finding(models.Model):
    """One record that the match of a request found: its kind, reference and count, never its text."""

    class Outcome(models.TextChoices):
        COPIED = "copied", _("In the copy")
        ERASED = "erased", _("Erased")
        HELD = "held", _("Kept: a legal hold stands")
        BLOCKED = "blocked", _("Kept: still needed")
        PASSED_ON = "passed_on", _("Passed on to who keeps the record")

    request = models.ForeignKey(PersonRequest, models.CASCADE, related_name="findings")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    kind = models.CharField(_("kind of record"), max_length=120)
    object_type = models.CharField(max_length=60)
    reference = models.CharField(_("reference"), max_length=80)
    rows = models.PositiveIntegerField(_("rows"))
    by = models.CharField(max_length=8)
    chosen = models.BooleanField(default=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("find of a request")
        ordering = ["kind", "reference", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "source", "key"], name="core_one_find_of_a_key")]

    def __str__(self):
        return f"{self.kind} {self.reference}"


class Erasure(models.Model):
    """One line of the ledger of erasures: which rows were emptied, by key and reference, never what they held.

    After a backup is restored the ledger is run again, so that what was erased stays erased.
    """

    request_reference = models.CharField(max_length=12)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    touched = models.JSONField(default=dict)
    erased_at = models.DateTimeField(default=timezone.now)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("erasure")
        ordering = ["erased_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request_reference", "source", "key"], name="core_one_erasure_of_a_key")
        ]

    def __str__(self):
        return f"{self.request_reference} {self.source}"
