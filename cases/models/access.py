from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from core import audit
from core.states import MoveNotAllowed, pair


class BreakGlassQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(until__gt=timezone.now())


class BreakGlass(models.Model):
    """A supervisor opened a sealed case: with a reason, alone, for 24 hours, and another supervisor was told.

    It never opens communications and screening.
    """

    LASTS = timedelta(hours=24)

    case = models.ForeignKey(Case, models.CASCADE, related_name="break_glasses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="broken_glass")
    reason = models.TextField(_("reason"))
    opened_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening of a sealed case")
        verbose_name_plural = _("openings of sealed cases")
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["user", "until"], name="cases_break_glass_standing")]

    def __str__(self):
        return f"{self.case} {self.user}"


class SealLiftQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(approved_at=None, refused_at=None)


class SealLift(models.Model):
    """A seal is lifted for good: one asks, another decides."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="seal_lifts")
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)

    objects = SealLiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("lifting of a seal")
        verbose_name_plural = _("liftings of seals")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_seal_lift_needs_two",
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, refused_at=None)
                & ~Q(approved_by=F("asked_by")),
            ),
            pair("cases_seal_lift_refused_pair", "refused_at", "refused_by"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(approved_at=None, refused_at=None), name="cases_one_open_seal_lift"
            ),
        ]

    def __str__(self):
        return str(self.case)

    def approve(self, *, by):
        """The second person agrees. Nobody agrees with themselves, and nobody decides twice."""
        self._decide(by, approved_at=timezone.now(), approved_by=by)

    def refuse(self, *, by):
        self._decide(by, refused_at=timezone.now(), refused_by=by)
        audit.record(by, "seallift.refuse", self.case)

    def _decide(self, by, **fields):
        undecided = type(self).objects.undecided().filter(pk=self.pk).exclude(asked_by=by)
        if not undecided.update(**fields):
            raise MoveNotAllowed(_("This was decided already, or you asked for it yourself."))
        self.refresh_from_db()
