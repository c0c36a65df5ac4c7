from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.walltime import local_to_utc


class Dated(models.Model):
    """Something that takes place: kept as the wall time that people agreed on and the zone it holds in.

    `starts_at` is computed from the two, so that a change of the clock in between moves nobody's hour.
    """

    day = models.DateField(_("day"))
    clock = models.TimeField(_("time"))
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    starts_at = models.DateTimeField(editable=False)
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=60)

    class Meta:
        abstract = True

    @property
    def zone(self):
        return self.time_zone or settings.TIME_ZONE

    @property
    def wall_time(self):
        """The start as the clock on the wall there shows it."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    def moment_of(self, day, clock):
        """When the clocks there show this time."""
        return local_to_utc(day, clock, self.zone)
