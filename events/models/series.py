import calendar
from datetime import date, datetime, time

from dateutil.rrule import rrulestr
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.references import handle_field
from notices.models.dated import Dated

MOST = 60
# RFC 5545 names of the days, Monday first.
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Series(Dated):
    """One event that comes again. Each time is an event of its own, which may be moved or canceled alone.

    `day`, `clock` and the zone are those of the first time; the rule stays as it was written, because calendars that
    were told of it count from it (RFC 5545, RRULE).
    """

    class Every(models.TextChoices):
        WEEK = "week", _("Every week")
        TWO_WEEKS = "two_weeks", _("Every two weeks")
        MONTH = "month", _("Every month, on the same weekday of the month")

    handle = handle_field()
    every = models.CharField(_("how often"), max_length=9, choices=Every)
    times = models.PositiveSmallIntegerField(
        _("how many times"), validators=[MinValueValidator(2), MaxValueValidator(MOST)]
    )

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")
        ordering = ["id"]

    def __str__(self):
        return self.get_every_display()

    @property
    def rule(self):
        """The rule as calendars write it, such as FREQ=WEEKLY;COUNT=6."""
        often = {
            self.Every.WEEK: "FREQ=WEEKLY",
            self.Every.TWO_WEEKS: "FREQ=WEEKLY;INTERVAL=2",
            self.Every.MONTH: f"FREQ=MONTHLY;BYDAY={place_in_month(self.day)}{DAYS[self.day.weekday()]}",
        }[self.Every(self.every)]
        return f"{often};COUNT={self.times}"

    def days(self):
        """The days on which it comes, by its rule."""
        begins = datetime.combine(self.day, time())
        return [at.date() for at in rrulestr(self.rule, dtstart=begins)]


def place_in_month(day: date):
    """Which of its weekday in the month a day is: 1 to 4 from the front; the fifth is the last, -1."""
    last = calendar.monthrange(day.year, day.month)[1]
    place = (day.day - 1) // 7 + 1
    return -1 if place == 5 or place == 4 and day.day + 7 > last else place
