from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.history import tracked
from core.references import handle_field
from core.states import Stateful
from events.models.event import Event
from partners.models import Organization


def _people(words):
    return models.PositiveSmallIntegerField(words, default=0)


@tracked()
class CloseOut(models.Model):
    """What became of an event, written down by who led it: how many came, and what to do differently next time."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="outcome")
    adults_new = _people(_("adults, first time"))
    adults_returning = _people(_("adults who came before"))
    adults_unknown = _people(_("adults, not asked"))
    youth_new = _people(_("under 18, first time"))
    youth_returning = _people(_("under 18 who came before"))
    youth_unknown = _people(_("under 18, not asked"))
    conversations = models.PositiveSmallIntegerField(
        _("conversations"), default=0, help_text=_("Talks of some minutes in which somebody told us something.")
    )
    organizations = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("organizations that were there")
    )
    photos = models.BooleanField(
        _("photos were taken, and everybody who can be recognized agreed"), default=False,
        help_text=_("Of children the guardians agreed too."),
    )  # fmt: skip
    cost = models.DecimalField(
        _("what it cost"), max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    next_time = models.TextField(_("what to change next time"), max_length=1_000, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("close-out of an event")
        verbose_name_plural = _("close-outs of events")
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.event)

    COUNTS = tuple(f"{age}_{visit}" for age in ("adults", "youth") for visit in ("new", "returning", "unknown"))

    @property
    def attended(self):
        """How many came."""
        return sum(getattr(self, name) for name in self.COUNTS)


class Raised(models.Model):
    """Something that people brought up at an event, in the officer's words and without names. A task follows it."""

    handle = handle_field()
    event = models.ForeignKey(Event, models.CASCADE, related_name="raised")
    what = models.CharField(_("what was raised"), max_length=300, help_text=_("No names: it is read by the unit."))
    voices = models.PositiveSmallIntegerField(_("how many said so"), default=1, validators=[MinValueValidator(1)])
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("thing raised at an event")
        verbose_name_plural = _("things raised at events")
        ordering = ["id"]

    def __str__(self):
        return self.what

    @transaction.atomic
    def note(self, *, by):
        """Keep what was raised."""
        self.by = by
        self.save()
        audit.record(by, "raised.note", self.event)


@tracked()
class Promise(Stateful):
    """What somebody of us promised at an event: kept, or taken back with a reason; it does not fade away."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Could not be kept")

    MOVES = {State.KEPT: {State.OPEN}, State.BROKEN: {State.OPEN}}

    handle = handle_field()
    event = models.ForeignKey(Event, models.CASCADE, related_name="promises")
    what = models.CharField(_("what was promised"), max_length=300)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises", verbose_name=_("who keeps it")
    )
    due_on = models.DateField(_("by when"))
    state = models.CharField(_("how it stands"), max_length=6, choices=State, default=State.OPEN, editable=False)
    said = models.CharField(_("what came of it"), max_length=300, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("promise made at an event")
        verbose_name_plural = _("promises made at events")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="events_promise_ended_pair_follows_state",
                condition=Q(state="open", ended_at=None, ended_by=None)
                | ~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False),
            )
        ]

    def __str__(self):
        return self.what

    @property
    def reference(self):
        """Under which its event finds it in the audit."""
        return self.event.reference

    @transaction.atomic
    def make(self, *, by):
        """Write down what was promised, and by whom."""
        self.save()
        audit.record(by, "promise.make", self.event)

    def keep(self, said, *, by):
        self._move(self.State.KEPT, by=by, said=said, ended_at=timezone.now(), ended_by=by)

    def give_up(self, said, *, by):
        """It could not be kept; the reason is said."""
        self._move(self.State.BROKEN, by=by, said=said, ended_at=timezone.now(), ended_by=by)
