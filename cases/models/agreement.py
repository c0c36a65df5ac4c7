from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.party import Party
from core import audit
from core.history import tracked
from core.references import handle_field
from core.states import MoveNotAllowed, Stateful


@tracked()
class Agreement(models.Model):
    """What the sides agreed on, in their own words, as terms. Once a side has signed, its terms stand as they are."""

    class Kind(models.TextChoices):
        FULL = "full", _("Full agreement")
        PARTIAL = "partial", _("Partial agreement")
        VERBAL = "verbal", _("Verbal understanding")
        IMPROVED = "improved", _("Improved without an agreement")

    handle = handle_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="agreements")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    agreed_on = models.DateField(_("agreed on"))
    review_on = models.DateField(_("to be looked at again on"), null=True, blank=True)
    # Written down once, with the agreement: whoever leaves keeps their word on it, and nobody comes to it later.
    between = models.ManyToManyField(Party, related_name="agreements", verbose_name=_("between whom"), editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("agreement")
        ordering = ["-agreed_on", "-id"]

    def __str__(self):
        return self.get_kind_display()

    def get_absolute_url(self):
        return reverse("cases:agreement_detail", args=[self.case.reference, self.handle])

    @property
    def title(self):
        """What it is called on paper."""
        return _("Plan to repair the harm") if self.case.is_restorative else _("Agreement")

    @property
    def is_signed(self):
        return self.signatures.exists()

    def sides(self):
        """Those between whom it is who are still in the case: they sign, get it on paper and are asked about it."""
        return self.between.present().select_related("contact")

    @transaction.atomic
    def record(self, *, by):
        """Write down that the sides agreed."""
        self.case.stay_open()
        self.by = by
        self.save()
        self.between.set(self.case.parties.sides())
        audit.record(by, "agreement.record", self.case, kind=audit.Kind.COLLECTION, kind_of=self.kind)

    @transaction.atomic
    def hold_unsigned(self):
        """Hold it until the transaction ends; refused once a side has signed, because nobody signs what is changed."""
        type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        if self.is_signed:
            raise MoveNotAllowed(_("This agreement is signed. Record a new one for what changed."))


@tracked()
class Term(Stateful):
    """One promise of an agreement: who does what, by when, and how it will be known."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        LATE = "late", _("Late")
        BROKEN = "broken", _("Broken")
        CHANGED = "changed", _("Changed by the sides")

    MOVES = {
        State.PENDING: {State.DONE, State.LATE, State.BROKEN, State.CHANGED},
        State.DONE: {State.PENDING, State.LATE, State.BROKEN},
        State.LATE: {State.PENDING},
        State.BROKEN: {State.PENDING, State.LATE},
        State.CHANGED: {State.PENDING, State.LATE, State.BROKEN},
    }

    class Repair(models.TextChoices):
        APOLOGY = "apology", _("Apology")
        RESTITUTION = "restitution", _("Paying back or giving back")
        SERVICE = "service", _("Work for somebody or for the community")
        COUNSELING = "counseling", _("Counseling or a course")
        OTHER = "other", _("Something else")

    handle = handle_field()
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="terms")
    repair = models.CharField(_("how it repairs the harm"), max_length=11, choices=Repair, blank=True)
    who = models.ForeignKey(Party, models.CASCADE, related_name="terms", verbose_name=_("who"))
    what = models.TextField(_("does what, in their own words"), max_length=1_000)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    known_by = models.CharField(_("how it will be known"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("For a payment. A payment plan is a term for each date."),
    )  # fmt: skip
    state = models.CharField(_("how it stands"), max_length=7, choices=State, default=State.PENDING, editable=False)

    class Meta:
        verbose_name = _("term")
        ordering = ["by_when", "id"]

    def __str__(self):
        return self.what

    @property
    def is_sealed(self):
        return self.agreement.case.is_sealed

    @property
    def reference(self):
        """Under which its case finds it in the audit."""
        return self.agreement.case.reference

    @transaction.atomic
    def add(self, *, by):
        """Add it to an agreement that nobody has signed yet."""
        self.agreement.case.stay_open()
        self.agreement.hold_unsigned()
        self.save()
        audit.record(by, "term.add", self.agreement.case)

    @transaction.atomic
    def drop(self, *, by):
        """Take it out of an agreement that nobody has signed yet."""
        self.agreement.hold_unsigned()
        audit.record(by, "term.drop", self.agreement.case)
        self.delete()

    def settle(self, state, *, by):
        """Say how it stands now."""
        self._move(self.State(state), by=by)


class Signature(models.Model):
    """A side signed an agreement."""

    class Mode(models.TextChoices):
        PAPER = "paper", _("On paper")
        SCREEN = "screen", _("On a screen")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, models.CASCADE, related_name="signatures", verbose_name=_("who signed"))
    mode = models.CharField(_("how"), max_length=6, choices=Mode)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("signature")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "party"], name="cases_signature_once")]

    def __str__(self):
        return str(self.party)

    @transaction.atomic
    def sign(self, *, by):
        """Keep it; who signed already stays signed."""
        self.agreement.case.stay_open()
        Agreement.objects.select_for_update(of=("self",)).get(pk=self.agreement_id)
        if self.agreement.signatures.filter(party=self.party).exists():
            raise MoveNotAllowed(_("%(party)s has signed already.") % {"party": self.party})
        self.by = by
        self.save()
        audit.record(by, "agreement.sign", self.agreement.case, mode=self.mode)


class AgreementShare(models.Model):
    """An agreement was given to somebody outside, with the written consent of every side. It is never changed."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="shares")
    recipient = models.CharField(_("who gets it"), max_length=160)
    purpose = models.CharField(_("what for"), max_length=200)
    consented = models.ManyToManyField(Party, related_name="+", verbose_name=_("who consented in writing"))
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("sharing of an agreement")
        ordering = ["at", "id"]

    def __str__(self):
        return self.recipient

    @transaction.atomic
    def share(self, consented, *, by):
        """Keep that it was given; refused while the written consent of a side is missing, also of one who left."""
        case = self.agreement.case
        type(self.agreement).objects.select_for_update(of=("self",)).get(pk=self.agreement_id)
        given = {party.pk for party in consented}
        between = list(self.agreement.between.select_related("contact"))
        missing = [str(party) for party in between if party.pk not in given]
        if not between:
            raise MoveNotAllowed(_("This agreement names no side who could consent to share it."))
        if missing:
            told = _("It may be shared with the written consent of every side alone. Missing: %(who)s.")
            raise MoveNotAllowed(told % {"who": ", ".join(missing)})
        self.by = by
        self.save()
        self.consented.set(consented)
        audit.record(by, "agreement.share", case, kind=audit.Kind.DISCLOSURE, consented=len(consented))
