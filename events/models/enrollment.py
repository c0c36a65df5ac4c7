import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.references import handle_field
from core.states import MoveNotAllowed, Stateful
from events.models.program import Program, ProgramSession
from notices.models import Contact

# PostgreSQL refuses a child as well of whom the row says that nobody need agree although the program asks for it.
UNGUARDED = """
IF (SELECT guardian_consent FROM events_program WHERE id = NEW.program_id) THEN
    RAISE EXCEPTION 'Nobody under 18 is enrolled in this program without a guardian.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
STALE = _("This was changed in the meantime. Look at it again.")


class Band(models.TextChoices):
    """How old somebody is, no closer than a program needs it."""

    UNDER_12 = "under_12", _("Under 12")
    FROM_12 = "from_12", _("12 to 14")
    FROM_15 = "from_15", _("15 to 17")
    FROM_18 = "from_18", _("18 to 24")
    FROM_25 = "from_25", _("25 or older")


ADULT = (Band.FROM_18, Band.FROM_25)


class EnrollmentQuerySet(models.QuerySet):
    def known(self):
        """Those of whom we still know who they are."""
        return self.exclude(contact=None)

    def enrolled(self):
        return self.filter(state=Enrollment.State.ENROLLED)

    def waiting_for_consent(self):
        """Who cannot be enrolled until a guardian says yes."""
        asked = (Enrollment.State.ASKED, Enrollment.State.WAITING)
        return self.known().filter(needs_consent=True, consent_on=None, state__in=asked)


class Enrollment(Stateful):
    """Somebody takes part in a program, or wants to: a name, and no more than that is asked for.

    The Contacts say who they are and who answers for them. Both, and who came when, are deleted when the program is
    over. It has no history: what is deleted then must not lie elsewhere.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked to take part")
        WAITING = "waiting", _("On the waiting list")
        ENROLLED = "enrolled", _("Enrolled")
        LEFT = "left", _("Left")
        COMPLETED = "completed", _("Completed")

    OPEN = (State.ASKED, State.WAITING, State.ENROLLED)
    MOVES = {
        State.ENROLLED: {State.ASKED, State.WAITING},
        State.WAITING: {State.ASKED},
        # A guardian took the consent back.
        State.ASKED: {State.ENROLLED},
        State.LEFT: set(OPEN),
        State.COMPLETED: {State.ENROLLED},
    }

    class How(models.TextChoices):
        PAPER = "paper", _("Signed on paper")
        PERSON = "person", _("Said in person")

    handle = handle_field()
    program = models.ForeignKey(Program, models.CASCADE, related_name="enrollments")
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="enrollment", editable=False)
    band = models.CharField(_("age"), max_length=8, choices=Band, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED, editable=False)
    # Whether a guardian must agree first. It stands here so that the database can refuse who is enrolled without.
    needs_consent = models.BooleanField(default=False, editable=False)
    guardian = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="guards", editable=False)
    consent_on = models.DateField(_("consent given on"), null=True, editable=False)
    consent_how = models.CharField(_("how consent was given"), max_length=6, choices=How, blank=True, editable=False)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False,
        verbose_name=_("who took the consent down"),
    )  # fmt: skip
    asked_on = models.DateField(_("asked on"), default=timezone.localdate, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment in a program")
        verbose_name_plural = _("enrollments in programs")
        ordering = ["asked_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="events_enrollment_consent_whole",
                condition=Q(consent_on=None, consent_by=None, consent_how="")
                | Q(consent_on__isnull=False, consent_by__isnull=False) & ~Q(consent_how=""),
            ),
            models.CheckConstraint(
                name="events_enrollment_with_consent",
                condition=~Q(state__in=["enrolled", "completed"])
                | Q(needs_consent=False)
                | Q(consent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="events_enrollment_guardian_of_somebody", condition=Q(guardian=None) | Q(contact__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "id"], name="events_enrollment_program")]
        triggers = [
            pgtrigger.Trigger(
                name="nobody_unguarded",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.state IN ('enrolled', 'completed') AND NOT NEW.needs_consent"
                    " AND NEW.contact_id IS NOT NULL AND NEW.band NOT IN ('from_18', 'from_25')"
                ),
                func=UNGUARDED,
            )
        ]

    def __str__(self):
        return self.called

    @property
    def reference(self):
        """How the audit names it: by its program, of which it is a part."""
        return self.program.reference

    @property
    def called(self):
        return self.contact.name if self.contact else str(_("Name deleted"))

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def may_be_under_18(self):
        """Whoever did not say how old they are may be a child."""
        return self.band not in ADULT

    @property
    def lacks_consent(self):
        return self.needs_consent and self.consent_on is None

    @transaction.atomic
    def ask(self, *, by):
        """They, or somebody for them, asked to take part."""
        self.made_by = by
        self.needs_consent = self.program.guardian_consent and self.may_be_under_18
        self.contact.save()
        self.save()
        audit.record(by, "enrollment.ask", self, kind=audit.Kind.COLLECTION)

    @transaction.atomic
    def change(self, *, band, by):
        """What they told us anew. Who turns out to be a child goes back until a guardian has agreed."""
        self._hold(*self.OPEN)
        self.band = band
        needs = self.program.guardian_consent and self.may_be_under_18
        if needs and self.consent_on is None and self.state == self.State.ENROLLED:
            self._move(self.State.ASKED, by=by)
        self._write(band=band, needs_consent=needs)
        self.contact.save()
        audit.record(by, "enrollment.change", self)

    @transaction.atomic
    def take_consent(self, *, guardian, on, how, by):
        """A parent or guardian agreed, on paper or to somebody of us who noted it."""
        self._hold(*self.OPEN)
        if self.consent_on is not None:
            raise MoveNotAllowed(STALE)
        guardian.save()
        self._write(guardian=guardian, consent_on=on, consent_how=how, consent_by=by)
        audit.record(by, "enrollment.consent", self, how=how)

    @transaction.atomic
    def withdraw_consent(self, *, by):
        """The guardian took it back: who needs it is no longer enrolled."""
        self._hold(*self.OPEN)
        if self.consent_on is None:
            raise MoveNotAllowed(STALE)
        if self.needs_consent and self.state == self.State.ENROLLED:
            self._move(self.State.ASKED, by=by)
        # Nobody points to the contact any more: retention takes it tonight, with its history.
        self._write(guardian=None, consent_on=None, consent_how="", consent_by=None)
        audit.record(by, "enrollment.withdraw_consent", self)

    @transaction.atomic
    def enroll(self, *, by):
        """They take part. Nobody goes round a guardian."""
        self._hold(*self.OPEN)
        if self.lacks_consent:
            raise MoveNotAllowed(_("A parent or guardian has to agree first. Nobody can be enrolled without."))
        self._move(self.State.ENROLLED, by=by)

    def wait(self, *, by):
        self._move(self.State.WAITING, by=by)

    def leave(self, *, by):
        self._move(self.State.LEFT, by=by)

    def complete(self, *, by):
        """They took part to the end."""
        self._move(self.State.COMPLETED, by=by)

    def _write(self, **fields):
        type(self).objects.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)

    def _hold(self, *states):
        """Hold it until the transaction ends; refused where it is in none of these states."""
        rows = type(self).objects.select_for_update(of=("self",))
        names = ["state", "band", "needs_consent", "consent_on", "guardian"]
        self.refresh_from_db(fields=names, from_queryset=rows)
        if self.state not in states:
            raise MoveNotAllowed(STALE)


class Attendance(models.Model):
    """Whether somebody who is enrolled was at a session. It goes when the name goes; the session keeps the counts."""

    class Mark(models.TextChoices):
        PRESENT = "present", _("Present")
        ABSENT = "absent", _("Absent")
        EXCUSED = "excused", _("Excused")

    session = models.ForeignKey(ProgramSession, models.CASCADE, related_name="marks")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="marks")
    mark = models.CharField(_("attendance"), max_length=7, choices=Mark)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("attendance at a session")
        verbose_name_plural = _("attendance at sessions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["session", "enrollment"], name="events_attendance_once")]

    def __str__(self):
        return self.get_mark_display()
