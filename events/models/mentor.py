import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.history import tracked
from core.references import handle_field
from core.states import MoveNotAllowed, Stateful
from events.models.enrollment import Enrollment
from events.models.program import Program

# PostgreSQL refuses a pairing that stands without clearance, whoever writes it. Its day may be one ahead of ours, so
# it lets one day more pass than `Mentor.is_cleared`, which counts by our own clock and is asked first.
UNCLEARED = """
IF NOT EXISTS (SELECT 1 FROM events_clearance WHERE mentor_id = NEW.mentor_id)
OR EXISTS (
    SELECT 1 FROM (
        SELECT DISTINCT ON (kind) result, expires_on FROM events_clearance
        WHERE mentor_id = NEW.mentor_id ORDER BY kind, checked_on DESC, id DESC
    ) newest
    WHERE newest.result <> 'clear' OR newest.expires_on < CURRENT_DATE - 1
) THEN
    RAISE EXCEPTION 'A mentor without a clear and current clearance is paired with nobody.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


@tracked()
class Mentor(models.Model):
    """Somebody who meets one of those who take part, regularly: one of us, or a volunteer by name."""

    handle = handle_field()
    program = models.ForeignKey(Program, models.CASCADE, related_name="mentors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("one of us")
    )
    named = models.CharField(_("name of a volunteer"), max_length=120, blank=True)
    left_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("mentor of a program")
        verbose_name_plural = _("mentors of programs")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="events_mentor_one_of_two", condition=Q(user=None) | Q(named="")),
            models.UniqueConstraint(fields=["program", "user"], name="events_mentor_once"),
        ]

    def __str__(self):
        return str(self.user) if self.user_id else self.named or str(_("Name deleted"))

    @property
    def reference(self):
        return self.program.reference

    @property
    def newest(self):
        """The clearances that count: of each kind the one that was checked last."""
        found = {}
        for row in sorted(self.clearances.all(), key=lambda row: (row.checked_on, row.pk)):
            found[row.kind] = row
        return list(found.values())

    @property
    def cleared_until(self):
        """The last day of being cleared; None where a clearance is missing, limited or not clear."""
        newest = self.newest
        if not newest or any(row.result != Clearance.Result.CLEAR for row in newest):
            return None
        return min(row.expires_on for row in newest)

    @property
    def is_cleared(self):
        until = self.cleared_until
        return until is not None and until >= timezone.localdate()

    @transaction.atomic
    def join(self, *, by):
        self.made_by = by
        self.save()
        audit.record(by, "mentor.join", self, kind=audit.Kind.COLLECTION)

    @transaction.atomic
    def leave(self, *, by):
        """They mentor nobody any more; what was checked of them stays as long as the program's other papers."""
        if self.left_at is not None:
            raise MoveNotAllowed(_("They have left already."))
        self.left_at = timezone.now()
        self.save(update_fields=["left_at"])
        audit.record(by, "mentor.leave", self)


@tracked()
class Clearance(models.Model):
    """Somebody was checked before they meet young people alone. The result is kept, never the report."""

    class Kind(models.TextChoices):
        BACKGROUND = "background", _("Background check")
        CHILDREN = "children", _("Clearance for contact with children")
        REFERENCES = "references", _("References")

    class Result(models.TextChoices):
        CLEAR = "clear", _("Clear")
        LIMITED = "limited", _("Limited")
        NOT_CLEAR = "not_clear", _("Not clear")

    handle = handle_field()
    mentor = models.ForeignKey(Mentor, models.CASCADE, related_name="clearances")
    kind = models.CharField(_("what was checked"), max_length=10, choices=Kind)
    result = models.CharField(_("result"), max_length=9, choices=Result)
    checked_on = models.DateField(_("checked on"))
    expires_on = models.DateField(_("valid to"))
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("clearance of a mentor")
        verbose_name_plural = _("clearances of mentors")
        ordering = ["-checked_on", "-id"]
        constraints = [
            models.CheckConstraint(name="events_clearance_expires_later", condition=Q(expires_on__gt=F("checked_on"))),
        ]
        # A clearance is never worded anew: a mistake is followed by the right row.
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.get_result_display()}"

    @property
    def is_current(self):
        return self.result == self.Result.CLEAR and self.expires_on >= timezone.localdate()

    @transaction.atomic
    def enter(self, *, by):
        self.by = by
        self.save()
        audit.record(by, "clearance.enter", self.mentor, check=self.kind)


class Pairing(Stateful):
    """A mentor meets somebody who takes part. It stands only while the mentor is cleared."""

    class State(models.TextChoices):
        ACTIVE = "active", _("They meet")
        SUSPENDED = "suspended", _("Suspended: the mentor is not cleared")
        ENDED = "ended", _("Ended")

    LIVE = (State.ACTIVE, State.SUSPENDED)
    MOVES = {
        State.ACTIVE: {State.SUSPENDED},
        State.SUSPENDED: {State.ACTIVE},
        State.ENDED: set(LIVE),
    }

    handle = handle_field()
    mentor = models.ForeignKey(Mentor, models.CASCADE, related_name="pairings")
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="pairings")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ACTIVE, editable=False)
    since = models.DateField(default=timezone.localdate, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("pairing with a mentor")
        verbose_name_plural = _("pairings with mentors")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=~Q(state="ended"), name="events_pairing_one_at_a_time"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_cleared", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="active"), func=UNCLEARED,
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.mentor}, {self.enrollment}"

    @property
    def reference(self):
        return self.mentor.program.reference

    @property
    def is_live(self):
        return self.state in self.LIVE

    @transaction.atomic
    def make(self, *, by):
        self.made_by = by
        self.save()
        audit.record(by, "pairing.make", self)

    def suspend(self, *, by):
        self._move(self.State.SUSPENDED, by=by)

    def resume(self, *, by):
        self._move(self.State.ACTIVE, by=by)

    def end(self, *, by):
        self._move(self.State.ENDED, by=by)
