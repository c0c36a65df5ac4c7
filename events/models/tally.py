from django.conf import settings
from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event


class TapQuerySet(models.QuerySet):
    def counted(self):
        """{(age, visit): how many} of those who came."""
        rows = self.order_by().values_list("age", "visit").annotate(n=Count("pk"))
        return {(age, visit): n for age, visit, n in rows}


class Tap(models.Model):
    """Somebody who is on no list came through the door. Nobody asks who: it counts, and no more.

    The key is made where the button was pressed, so that a press sent twice over a bad line counts once.
    """

    class Age(models.TextChoices):
        ADULT = "adult", _("Adult")
        YOUTH = "youth", _("Under 18")

    class Visit(models.TextChoices):
        NEW = "new", _("First time")
        RETURNING = "returning", _("Came before")
        UNKNOWN = "unknown", _("Not asked")

    key = models.UUIDField(unique=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="taps")
    age = models.CharField(_("age"), max_length=5, choices=Age)
    visit = models.CharField(_("visit"), max_length=9, choices=Visit, default=Visit.UNKNOWN)
    on = models.DateField(default=timezone.localdate)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TapQuerySet.as_manager()

    class Meta:
        verbose_name = _("count at the door")
        verbose_name_plural = _("counts at the door")
        ordering = ["id"]
        indexes = [models.Index(fields=["event", "age", "visit"], name="events_tap_event")]

    def __str__(self):
        return f"{self.get_age_display()}, {self.get_visit_display()}"
