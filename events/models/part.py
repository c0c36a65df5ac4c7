from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.references import handle_field
from events.models.event import Event
from partners.models import Organization


class Part(models.Model):
    """What another organization does for an event. Residents read its name; what it does is for us."""

    handle = handle_field()
    event = models.ForeignKey(Event, models.CASCADE, related_name="parts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    what = models.CharField(_("what it does"), max_length=160, blank=True)
    shown = models.BooleanField(_("name it on the public page"), default=True)

    class Meta:
        verbose_name = _("part of a partner in an event")
        verbose_name_plural = _("parts of partners in events")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "organization"], name="events_part_once")]

    def __str__(self):
        return str(self.organization)

    @transaction.atomic
    def join(self, *, by):
        self.save()
        audit.record(by, "part.join", self.event, organization=self.organization.reference)

    @transaction.atomic
    def leave(self, *, by):
        audit.record(by, "part.leave", self.event, organization=self.organization.reference)
        self.delete()
