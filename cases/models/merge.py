from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from core import audit
from core.states import MoveNotAllowed, pair


class MergeQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)

    def fresh(self):
        """Those that may still be undone."""
        return self.standing().filter(at__gt=timezone.now() - Merge.UNDONE_WITHIN)


class Merge(models.Model):
    """Two cases turned out to be one: what moved from the duplicate to the case that was kept, and how both stood.

    `moved` names the rows by their keys: {"parties": [...], "contact_log": [...], "sessions": [...]}, the tasks that
    were dropped ("tasks"), and since when each party had been in the duplicate ("joined").
    """

    UNDONE_WITHIN = timedelta(days=30)

    kept = models.ForeignKey(Case, models.CASCADE, related_name="merges_into")
    duplicate = models.ForeignKey(Case, models.CASCADE, related_name="merges")
    reason = models.CharField(_("why they are the same"), max_length=200)
    moved = models.JSONField(editable=False)
    state = models.CharField(max_length=14, editable=False)
    held_until = models.DateField(null=True, editable=False)
    held_from = models.CharField(max_length=14, blank=True, editable=False)
    hold_reason = models.CharField(_("why it was on hold"), max_length=200, blank=True, editable=False)
    kept_received_at = models.DateTimeField(editable=False)
    kept_first_contact_at = models.DateTimeField(null=True, editable=False)
    kept_last_contact_at = models.DateTimeField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of two cases")
        verbose_name_plural = _("merges of cases")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="cases_merge_of_two", condition=~Q(kept=F("duplicate"))),
            pair("cases_merge_undone_pair", "undone_at", "undone_by"),
            models.UniqueConstraint(fields=["duplicate"], condition=Q(undone_at=None), name="cases_merged_once"),
        ]

    def __str__(self):
        return f"{self.duplicate} {self.kept}"

    @transaction.atomic
    def record(self, *, by):
        self.by = by
        self.save()
        self._audit(by, "case.merge", kind=audit.Kind.COMBINATION)

    @transaction.atomic
    def undo(self, *, by):
        """It was a mistake; of two who undo it the second is told."""
        undone = {"undone_at": timezone.now(), "undone_by": by}
        if not type(self).objects.standing().filter(pk=self.pk).update(**undone):
            raise MoveNotAllowed(_("This merge was undone already."))
        self.refresh_from_db(fields=list(undone))
        self._audit(by, "case.unmerge")

    def _audit(self, by, act, **kind):
        """Once under each of the two, so that the audit of either tells of the other."""
        for case in (self.kept, self.duplicate):
            audit.record(by, act, case, kept=self.kept.reference, duplicate=self.duplicate.reference, **kind)
