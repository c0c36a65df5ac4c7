from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import audit
from core.history import tracked
from core.versions import Versioned
from events.models.event import Event

# The points of the scale on which the question is answered.
SCALE = (1, 2, 3, 4, 5)
MOST_ANSWERS = 500
SHORTEST_HOURS, LONGEST_HOURS = Decimal("0.1"), 99


def _tallied(words):
    counts = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_ANSWERS)])
    return ArrayField(counts, size=len(SCALE), verbose_name=words, default=list, blank=True)


@tracked()
class Workshop(Versioned):
    """What an event teaches, by whom and for how long, and whether people answered one question otherwise after it.

    The answers are counts of slips of paper or of hands. Nobody notes who gave which, so nobody can be followed from
    before to after either.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="workshop", editable=False)
    outline = models.TextField(
        _("outline"), max_length=3_000, help_text=_("What is taught, in which order. One step on each line.")
    )
    hours = models.DecimalField(
        _("hours"),
        max_digits=3,
        decimal_places=1,
        validators=[MinValueValidator(SHORTEST_HOURS), MaxValueValidator(LONGEST_HOURS)],
    )
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("one of us")
    )
    trainer_named = models.CharField(_("somebody from outside"), max_length=120, blank=True)
    question = models.CharField(_("question before and after"), max_length=200, blank=True)
    before = _tallied(_("answers before"))
    after = _tallied(_("answers after"))

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="events_workshop_hours", condition=Q(hours__gt=0)),
            models.CheckConstraint(
                name="events_workshop_one_trainer", condition=Q(trainer=None) | Q(trainer_named=""),
            ),
            models.CheckConstraint(
                name="events_workshop_whole_scale",
                condition=(Q(before__len=0) | Q(before__len=len(SCALE))) & (Q(after__len=0) | Q(after__len=len(SCALE))),
            ),
        ]  # fmt: skip

    def __str__(self):
        return str(self.event)

    @property
    def reference(self):
        """Under which its event finds it in the audit."""
        return self.event.reference

    @property
    def taught_by(self):
        return str(self.trainer) if self.trainer_id else self.trainer_named

    @transaction.atomic
    def note_edit(self, fields, *, by):
        audit.record(by, "workshop.edit", self, fields=sorted(fields))
