from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import audit
from core.references import handle_field
from core.states import MoveNotAllowed
from events.models.doors import READERS
from events.models.event import Event
from events.models.event_type import EventType
from partners.models import Organization


class CalendarImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever uploaded a file looks it through alone."""
        return self.filter(made_by=user) if user.holds(*READERS) else self.none()


class CalendarImport(models.Model):
    """A partner's calendar file that somebody looks through before its entries become drafts.

    The file itself is not kept: of each entry there is what an event takes, and no guest or host of it.
    """

    handle = handle_field()
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("whose calendar it is")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    type = models.ForeignKey(EventType, models.PROTECT, related_name="+", verbose_name=_("type"))
    entries = models.JSONField(_("what the entries of the file say"), default=list)
    notes = models.JSONField(default=list, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)

    objects = CalendarImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar file of a partner")
        verbose_name_plural = _("calendar files of partners")
        ordering = ["-made_at", "-id"]

    def __str__(self):
        return str(self.organization)

    def get_absolute_url(self):
        return reverse("events:import_detail", args=[self.handle])

    @transaction.atomic
    def upload(self, *, by):
        """Keep what the file says until somebody has looked at it."""
        self.made_by = by
        self.save()
        audit.record(by, "calendarimport.upload", self, reference=self.organization.reference, count=len(self.entries))

    @transaction.atomic
    def take(self, *, by, **counts):
        """Its entries became events, once; nobody else takes any of this partner's until this transaction ends."""
        list(Organization.objects.select_for_update(of=("self",)).filter(pk=self.organization_id))
        row = CalendarImport.objects.select_for_update(of=("self",)).filter(pk=self.pk)
        if row.values_list("taken_at", flat=True).get() is not None:
            raise MoveNotAllowed(_("The events of this file are taken already."))
        self.taken_at = timezone.now()
        row.update(taken_at=self.taken_at)
        audit.record(by, "calendarimport.take", self, reference=self.organization.reference, **counts)


class ImportedEntry(models.Model):
    """Which entry of which partner's calendar an event was made from, so that a later file changes it.

    `recurrence` tells the times of one entry apart by when they were first planned. `said` is what the file said last:
    what it says anew is taken over, and what we wrote since stays.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="imported")
    source = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    uid = models.CharField(max_length=255)
    recurrence = models.CharField(max_length=16, blank=True)
    said = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("entry of a partner's calendar")
        verbose_name_plural = _("entries of partners' calendars")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "uid", "recurrence"], name="events_imported_entry_once")
        ]

    def __str__(self):
        return self.uid
