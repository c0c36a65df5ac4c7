from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.party import Party
from cases.models.work import Session
from core import audit
from core.references import handle_field


class CommunicationQuerySet(models.QuerySet):
    def readable_by(self, user):
        """The facilitators who serve the case today, and nobody else, also not by a broken glass."""
        serving = user.facilitating.serving().values("case")
        return self.filter(case__in=serving)


class Communication(models.Model):
    """What was said in a mediation: notes of a session, an offer, what one party said in private.

    It has no search, no history, no export and no place in the timeline. A text is never changed: who wrote it may
    take it away. All of them go some time after the case was closed.
    """

    class Kind(models.TextChoices):
        WORKING = "working", _("Working note")
        SESSION = "session", _("Note of a session")
        CAUCUS = "caucus", _("Said in private by one party")
        OFFER = "offer", _("Offer")

    # Days after the close until working notes are destroyed.
    KEPT_DAYS = 90

    handle = handle_field()
    case = models.ForeignKey(Case, models.CASCADE, related_name="communications")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.WORKING)
    party = models.ForeignKey(
        Party, models.CASCADE, null=True, blank=True, related_name="communications", verbose_name=_("whose it is")
    )
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appointment")
    )
    text = models.TextField(_("text"), max_length=10_000)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    purge_on = models.DateField(null=True, editable=False)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("sealed note")
        verbose_name_plural = _("sealed notes")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_communication_caucus_has_its_party", condition=~Q(kind="caucus") | Q(party__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["case", "-at"], name="cases_communication_case"),
            models.Index(fields=["purge_on"], condition=Q(purge_on__isnull=False), name="cases_communication_purge"),
        ]

    def __str__(self):
        return self.get_kind_display()

    @transaction.atomic
    def write(self, *, by):
        """Keep it. The audit says that somebody wrote, never what."""
        self.case.stay_open()
        self.by = by
        self.save()
        audit.record(by, "communication.write", self.case, kind=audit.Kind.COLLECTION, kind_of=self.kind)

    @transaction.atomic
    def forget(self, *, by):
        """Take it away for good."""
        audit.record(by, "communication.forget", self.case, kind=audit.Kind.ERASURE, kind_of=self.kind)
        self.delete()
