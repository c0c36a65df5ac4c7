from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import audit
from core.history import tracked
from core.references import Referenced, handle_field
from core.states import Stateful
from core.versions import Versioned
from events.models.doors import READERS
from events.models.event import Event

# A program has an end, at which the names of those who took part are deleted: it is not put off for ever.
LONGEST = timedelta(days=731)
ABSENCES = 2
OLDEST = 120


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Programs are the unit's calendar, as events are. Who takes part in one stands behind another rule."""
        return self if user.holds(*READERS) else self.none()

    def live(self):
        """What takes people in, or runs."""
        return self.filter(state__in=Program.LIVE)


@tracked()
class Program(Referenced, Stateful, Versioned):
    """A youth academy, a council, mentoring: people enroll in it once, and its sessions are events."""

    LETTER = "Y"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for enrollment")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    LIVE = (State.OPEN, State.RUNNING)
    MOVES = {
        State.OPEN: {State.DRAFT},
        State.RUNNING: {State.OPEN},
        State.ENDED: {State.DRAFT, State.OPEN, State.RUNNING},
    }

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("what it is for"), max_length=1_000)
    area = models.ForeignKey(Area, models.PROTECT, related_name="programs", verbose_name=_("area"))
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="programs_led", verbose_name=_("who leads it")
    )
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="programs_staffed", verbose_name=_("who else of us runs it"),
        help_text=_("They and whoever leads it read the names of those who take part. Nobody else does."),
    )  # fmt: skip
    begins_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    age_from = models.PositiveSmallIntegerField(
        _("from age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    age_to = models.PositiveSmallIntegerField(
        _("to age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Leave it empty if there is room for everybody."),
    )  # fmt: skip
    guardian_consent = models.BooleanField(
        _("whoever is under 18 needs a guardian's consent"), default=True,
        help_text=_("It cannot be changed once people may enroll."),
    )  # fmt: skip
    absences = models.PositiveSmallIntegerField(
        _("absences in a row after which the lead is told"), default=ABSENCES,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(name="events_program_ends_after_start", condition=Q(ends_on__gte=F("begins_on"))),
            models.CheckConstraint(
                name="events_program_ages",
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
            ),
            models.CheckConstraint(
                name="events_program_ended_pair_follows_state",
                condition=Q(state="ended", ended_at__isnull=False, ended_by__isnull=False)
                | ~Q(state="ended") & Q(ended_at=None, ended_by=None),
            ),
        ]

        # What guardians are asked for is settled before anybody enrolls, so that nobody slips in without.
        triggers = [
            pgtrigger.Protect(
                name="consent_is_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.guardian_consent IS DISTINCT FROM NEW.guardian_consent AND OLD.state <> 'draft'"
                ),
            )
        ]

    def get_absolute_url(self):
        return reverse("events:program_detail", args=[self.reference])

    @property
    def is_live(self):
        return self.state in self.LIVE

    @property
    def is_over(self):
        return self.state == self.State.ENDED

    @transaction.atomic
    def draft(self, *, by):
        """Write a new program down; nobody enrolls yet."""
        self.made_by = by
        self.save()
        audit.record(by, "program.draft", self, kind=audit.Kind.COLLECTION)

    @transaction.atomic
    def note_edit(self, fields, *, by):
        audit.record(by, "program.edit", self, fields=fields)

    def open(self, *, by):
        """People may ask to take part."""
        self._move(self.State.OPEN, by=by)

    def run(self, *, by):
        """It has begun. Whoever comes later is enrolled all the same."""
        self._move(self.State.RUNNING, by=by)

    @transaction.atomic
    def end(self, *, by):
        """It is over. A program that ends before its last day ends today, so that names do not stay for longer."""
        last = min(self.ends_on, timezone.localdate())
        days = {"begins_on": min(self.begins_on, last), "ends_on": last}
        self._move(self.State.ENDED, by=by, ended_at=timezone.now(), ended_by=by, **days)


class ProgramSession(Versioned):
    """An event is one session of a program. It keeps how many came when nobody knows any more who did."""

    handle = handle_field()
    program = models.ForeignKey(Program, models.CASCADE, related_name="sessions")
    event = models.OneToOneField(Event, models.CASCADE, related_name="session_of", verbose_name=_("event"))
    present = models.PositiveSmallIntegerField(default=0, editable=False)
    absent = models.PositiveSmallIntegerField(default=0, editable=False)
    excused = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("session of a program")
        verbose_name_plural = _("sessions of programs")
        ordering = ["event__starts_at", "id"]

    def __str__(self):
        return str(self.event)

    @property
    def is_marked(self):
        return bool(self.present or self.absent or self.excused)
