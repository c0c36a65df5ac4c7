from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.references import handle_field
from events.models.event import Event
from events.models.event_type import EventType

LONGEST_AHEAD = 365


class Ahead(models.Model):
    """Something to do a number of days before an event."""

    handle = handle_field()
    text = models.CharField(_("what to do"), max_length=120)
    days = models.PositiveSmallIntegerField(_("days before"), validators=[MaxValueValidator(LONGEST_AHEAD)])

    class Meta:
        abstract = True
        ordering = ["-days", "id"]

    def __str__(self):
        return self.text

    @property
    def of(self):
        """The record whose checklist it is on."""
        raise NotImplementedError

    @transaction.atomic
    def add(self, *, by):
        self.save()
        audit.record(by, f"{self._meta.model_name}.add", self.of)

    @transaction.atomic
    def drop(self, *, by):
        audit.record(by, f"{self._meta.model_name}.drop", self.of)
        self.delete()


class TypeCheck(Ahead):
    """What every new event of a type begins its checklist with."""

    type = models.ForeignKey(EventType, models.CASCADE, related_name="checks")

    class Meta(Ahead.Meta):
        verbose_name = _("item of the checklist of a type")
        verbose_name_plural = _("items of the checklists of types")

    @property
    def of(self):
        return self.type


class CheckItem(Ahead):
    """An item of the checklist of one event. Whether it is done is said by its task (`events.owed`)."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="checks")

    class Meta(Ahead.Meta):
        verbose_name = _("item of the checklist of an event")
        verbose_name_plural = _("items of the checklists of events")

    @property
    def of(self):
        return self.event

    @property
    def due_on(self):
        return self.event.day - timedelta(days=self.days)
