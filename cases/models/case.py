from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from cases import controlled
from cases.models.doors import CaseQuerySet
from core import audit
from core.history import tracked
from core.lists import CODE_LENGTH
from core.references import Referenced
from core.search import SearchField
from core.states import MoveNotAllowed, Stateful
from core.versions import Versioned


@tracked(exclude=["vector", "quiet_since"])
class Case(Referenced, Stateful, Versioned):
    """A conflict between people that the unit is helping to settle."""

    LETTER = "M"

    class State(models.TextChoices):
        INTAKE = "intake", _("Intake")
        CONFLICT_CHECK = "conflict_check", _("Conflict check")
        CONTACTING = "contacting", _("Contacting parties")
        SCREENING = "screening", _("Screening")
        READY = "ready", _("Ready")
        IN_PROCESS = "in_process", _("In process")
        AGREEMENT = "agreement", _("Agreement")
        PARTIAL = "partial", _("Partial agreement")
        NO_AGREEMENT = "no_agreement", _("No agreement")
        FOLLOW_UP = "follow_up", _("Follow-up")
        ON_HOLD = "on_hold", _("On hold")
        REFERRED_OUT = "referred_out", _("Referred out")
        CLOSED = "closed", _("Closed")

    WORKING = (State.INTAKE, State.CONFLICT_CHECK, State.CONTACTING, State.SCREENING, State.READY, State.IN_PROCESS)
    OUTCOMES = (State.AGREEMENT, State.PARTIAL, State.NO_AGREEMENT)
    MOVES = {
        State.INTAKE: {State.ON_HOLD, State.CLOSED},
        State.CONFLICT_CHECK: {State.INTAKE, State.ON_HOLD},
        State.CONTACTING: {State.INTAKE, State.CONFLICT_CHECK, State.ON_HOLD},
        State.SCREENING: {State.CONFLICT_CHECK, State.CONTACTING, State.READY, State.ON_HOLD},
        State.READY: {State.SCREENING, State.ON_HOLD},
        State.IN_PROCESS: {*WORKING[1:5], State.ON_HOLD},
        State.AGREEMENT: {State.IN_PROCESS},
        State.PARTIAL: {State.IN_PROCESS},
        State.NO_AGREEMENT: {State.IN_PROCESS},
        State.FOLLOW_UP: {*OUTCOMES, State.ON_HOLD},
        State.ON_HOLD: {*WORKING, State.FOLLOW_UP},
        State.REFERRED_OUT: {*WORKING, *OUTCOMES, State.FOLLOW_UP, State.ON_HOLD},
        State.CLOSED: {*WORKING, *OUTCOMES, State.FOLLOW_UP, State.ON_HOLD, State.REFERRED_OUT},
    }

    NOT_HELD = {"held_until": None, "hold_reason": "", "held_from": ""}

    class Access(models.TextChoices):
        TEAM = "team", _("Team only")
        UNIT = "unit", _("Unit")
        SEALED = "sealed", _("Sealed")

    class Process(models.TextChoices):
        MEDIATION = "mediation", _("Mediation, people meet")
        CONCILIATION = "conciliation", _("Conciliation, going between people who do not meet")
        COACHING = "coaching", _("Conflict coaching for one side")
        FACILITATION = "facilitation", _("Facilitation of a group")
        RESTORATIVE = "restorative", _("Restorative circle or conference")
        INFORMATION = "information", _("Information only")

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", _("Not assessed")
        LOW = "low", _("Low risk")
        MEDIUM = "medium", _("Medium risk")
        HIGH = "high", _("High risk")

    class ClosingReason(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        PARTIAL = "partial", _("Partial agreement")
        IMPROVED = "improved", _("Improved without written agreement")
        CONCILIATED = "conciliated", _("Conciliated before a session")
        COACHING = "coaching", _("Coaching only")
        NO_AGREEMENT = "no_agreement", _("No agreement")
        RESPONDING_DECLINED = "responding_declined", _("Responding party declined")
        INITIATING_WITHDREW = "initiating_withdrew", _("Initiating party withdrew")
        NOT_REACHED = "not_reached", _("Could not reach")
        NO_SHOW = "no_show", _("No-show")
        UNSAFE = "unsafe", _("Unsuitable: safety")
        UNSUITABLE = "unsuitable", _("Unsuitable: other")
        REFERRED_LEGAL = "referred_legal", _("Referred to court or legal help")
        REFERRED_SERVICE = "referred_service", _("Referred to a service")
        ENFORCEMENT = "enforcement", _("Enforcement took over")
        INFORMATION = "information", _("Information only")
        DUPLICATE = "duplicate", _("Duplicate")

    title = models.CharField(
        _("short name"), max_length=120, help_text=_("What and where, no names. Seen in lists and reminders.")
    )
    summary = models.TextField(
        _("summary safe to share"),
        blank=True,
        help_text=_("No names. The only text a partner or a party may be given."),
    )
    process = models.CharField(_("process sought"), max_length=16, choices=Process, default=Process.MEDIATION)
    # Since when, where it was another one before: what was asked for that one counts for this one no more.
    process_since = models.DateTimeField(null=True, editable=False)
    # Codes of the lists that coordinators keep (ListEntry); what they say comes from there.
    dispute = models.CharField(_("dispute"), max_length=CODE_LENGTH)
    source = models.CharField(_("referred by"), max_length=CODE_LENGTH)
    source_detail = models.CharField(_("incident or referral number"), max_length=60, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="cases", verbose_name=_("area"))
    place = models.CharField(
        _("place"), max_length=120, blank=True, help_text=_("Street or block. No apartment number.")
    )
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    violence_indicated = models.BooleanField(
        _("violence between partners or in the family is indicated"),
        default=False,
        help_text=_("Blocks joint sessions and every automatic message of this case."),
    )
    court_place = models.CharField(_("court"), max_length=80, blank=True)
    court_on = models.DateField(_("court date"), null=True, blank=True)
    access = models.CharField(_("who may open it"), max_length=6, choices=Access, default=Access.TEAM)
    state = models.CharField(_("stage"), max_length=14, choices=State, default=State.INTAKE, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases_opened", editable=False)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_assigned",
        verbose_name=_("assigned officer"),
    )
    first_contact_at = models.DateTimeField(null=True, editable=False)
    last_contact_at = models.DateTimeField(null=True, editable=False)
    held_until = models.DateField(_("hold until"), null=True, blank=True, editable=False)
    held_from = models.CharField(max_length=14, blank=True, editable=False)
    hold_reason = models.CharField(_("why it is on hold"), max_length=200, blank=True, editable=False)
    referred_to = models.CharField(_("referred to"), max_length=160, blank=True, editable=False)
    closing_reason = models.CharField(
        _("closing reason"), max_length=20, choices=ClosingReason, blank=True, editable=False
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    reopened_count = models.PositiveSmallIntegerField(default=0, editable=False)
    reopened_at = models.DateTimeField(null=True, editable=False)
    reopen_reason = models.CharField(_("why it was reopened"), max_length=200, blank=True, editable=False)
    quiet_since = models.GeneratedField(
        expression=Greatest(F("received_at"), F("last_contact_at"), F("reopened_at")),
        output_field=models.DateTimeField(_("last contact")),
        db_persist=True,
    )
    vector = SearchField("reference", "title", "summary", "place")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_case_closed_at_and_by_follow_state",
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(closing_reason="")
                | ~Q(state="closed") & Q(closed_at=None, closed_by=None, closing_reason=""),
            ),
            models.CheckConstraint(
                name="cases_case_hold_follows_state",
                condition=Q(state="on_hold", held_until__isnull=False) & ~Q(hold_reason="") & ~Q(held_from="")
                | ~Q(state="on_hold") & Q(held_until=None, hold_reason="", held_from=""),
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-received_at"], name="cases_case_area"),
            models.Index(fields=["-received_at", "-id"], name="cases_case_newest"),
            models.Index(fields=["assigned_to", "state"], name="cases_case_assigned"),
            models.Index(fields=["area"], condition=Q(access="unit"), name="cases_case_unit"),
            models.Index(fields=["area", "quiet_since"], condition=~Q(state="closed"), name="cases_case_area_silence"),
            models.Index(fields=["quiet_since", "id"], condition=~Q(state="closed"), name="cases_case_silence"),
            GinIndex(fields=["vector"], name="cases_case_vector"),
        ]

    def get_absolute_url(self):
        return reverse("cases:case_detail", args=[self.reference])

    def get_dispute_display(self):
        return controlled.word("dispute", self.dispute)

    def get_source_display(self):
        return controlled.word("source", self.source)

    @property
    def is_closed(self):
        return self.state == self.State.CLOSED

    @property
    def is_restorative(self):
        """Whether it is about harm and its repair, with sides of its own (`cases.processes`)."""
        return self.process == self.Process.RESTORATIVE

    @property
    def is_sealed(self):
        return self.access == self.Access.SEALED

    @property
    def stage(self):
        """Where the work stands: on hold, the stage it was held from."""
        return self.held_from or self.state

    @transaction.atomic
    def open_case(self, *, by):
        """Log the case: the row and its first audit entry, together."""
        self.opened_by = by
        self.save()
        audit.record(by, "case.open_case", self, kind=audit.Kind.COLLECTION)

    def refuse_if_closed(self):
        """A closed case takes no officer, party, facilitator or appointment: it is reopened first, and counts then."""
        if self.is_closed:
            raise MoveNotAllowed(_("%(case)s is closed. Reopen it first.") % {"case": self})

    @transaction.atomic
    def stay_open(self):
        """Refuse if it is closed; if not, nobody closes it until this transaction ends."""
        self._refresh_locked("state")
        self.refuse_if_closed()

    @transaction.atomic
    def assign(self, officer, *, by):
        """Give the case to an officer; the one before keeps no access by it."""
        self.stay_open()
        self.keep_out_of_the_team(officer, by=by)
        type(self).objects.filter(pk=self.pk).update(assigned_to=officer)
        self.assigned_to = officer
        audit.record(by, "case.assign", self, to=officer.audit_name)

    def begin_conflict_check(self, *, by):
        self._move(self.State.CONFLICT_CHECK, by=by)

    def begin_contacting(self, *, by):
        self._move(self.State.CONTACTING, by=by)

    def begin_screening(self, *, by):
        """Also from ready, when a check that was done is open again."""
        self._move(self.State.SCREENING, by=by)

    def become_ready(self, *, by):
        self._move(self.State.READY, by=by)

    def begin_process(self, *, by):
        self._move(self.State.IN_PROCESS, by=by)

    def come_out(self, outcome, *, by):
        """The process has an outcome: agreement, partial agreement or none."""
        self._move(outcome, by=by)

    def begin_follow_up(self, *, by):
        """A side said whether the agreement holds."""
        self._move(self.State.FOLLOW_UP, by=by)

    @transaction.atomic
    def begin_anew(self, *, by):
        """Another process was chosen; from now on everybody is asked for that one."""
        self.process_since = timezone.now()
        type(self).objects.filter(pk=self.pk).update(process_since=self.process_since)
        audit.record(by, "case.begin_anew", self, process=self.process)

    @transaction.atomic
    def note_violence(self, *, by):
        """A sign of violence between partners or in the family came up. It counts as an edit of the case."""
        type(self).objects.filter(pk=self.pk).update(violence_indicated=True, version=F("version") + 1)
        self.refresh_from_db(fields=["violence_indicated", "version"])
        audit.record(by, "case.note_violence", self)

    @transaction.atomic
    def note_contact(self, at):
        """Somebody of the case was reached at this moment; an entry written late never moves the last contact back."""
        row = type(self).objects.locked().only("first_contact_at", "last_contact_at").get(pk=self.pk)
        self.first_contact_at = min(filter(None, [row.first_contact_at, at]))
        self.last_contact_at = max(filter(None, [row.last_contact_at, at]))
        type(self).objects.filter(pk=self.pk).update(
            first_contact_at=self.first_contact_at, last_contact_at=self.last_contact_at
        )

    @transaction.atomic
    def hold(self, *, until, reason, by):
        """Wait until a day, for a reason; the stage it had is kept."""
        self._refresh_locked("state")
        self._move(self.State.ON_HOLD, by=by, held_until=until, hold_reason=reason, held_from=self.state)

    @transaction.atomic
    def resume(self, *, by):
        """Go on where the case was when it was put on hold."""
        self._refresh_locked("state", "held_from")
        if self.state != self.State.ON_HOLD:
            raise MoveNotAllowed(_("%(case)s is not on hold.") % {"case": self})
        self._move(self.State(self.held_from), by=by, **self.NOT_HELD)

    def refer_out(self, to, *, by):
        """Hand the case to an independent mediator or another service; ours stays open until they have it."""
        self._move(self.State.REFERRED_OUT, by=by, referred_to=to, **self.NOT_HELD)

    def close(self, reason, *, by):
        closed = {"closing_reason": reason, "closed_at": timezone.now(), "closed_by": by}
        self._move(self.State.CLOSED, by=by, **closed, **self.NOT_HELD)

    @transaction.atomic
    def reopen(self, reason, *, by):
        """Take the case up again from the start, for a reason; it then counts as a repeat."""
        self._refresh_locked("state", "reopened_count")
        if not self.is_closed:
            raise MoveNotAllowed(_("%(case)s is not closed.") % {"case": self})
        if self.merges.standing().exists():
            raise MoveNotAllowed(_("%(case)s was merged into another case, where it goes on.") % {"case": self})
        self._move(
            self.State.INTAKE,
            by=by,
            closing_reason="",
            closed_at=None,
            closed_by=None,
            reopened_count=self.reopened_count + 1,
            reopened_at=timezone.now(),
            reopen_reason=reason,
        )

    @transaction.atomic
    def take_over(self, duplicate):
        """What a duplicate tells of this case: the earlier receipt, the higher risk. It counts as an edit."""
        self._refresh_locked("received_at", "risk")
        known = {
            "received_at": min(self.received_at, duplicate.received_at),
            "risk": max(self.risk, duplicate.risk, key=self.Risk.values.index),
        }
        type(self).objects.filter(pk=self.pk).update(version=F("version") + 1, **known)
        self.refresh_from_db(fields=["version", *known])
        for at in filter(None, [duplicate.first_contact_at, duplicate.last_contact_at]):
            self.note_contact(at)

    @transaction.atomic
    def come_back(self, *, by, **before):
        """Stand again as it stood before it was merged by mistake; that is no repeat."""
        self._refresh_locked("state")
        if not self.is_closed:
            raise MoveNotAllowed(_("%(case)s is not closed.") % {"case": self})
        fields = {"closing_reason": "", "closed_at": None, "closed_by": None, **before}
        type(self).objects.filter(pk=self.pk).update(**fields)
        self.refresh_from_db(fields=list(fields))
        audit.record(by, "case.come_back", self)

    @transaction.atomic
    def set_access(self, access, *, by):
        """Widen, narrow or seal. A seal is lifted by two people (`SealLift`), never here."""
        self._refresh_locked("access")
        if self.is_sealed:
            raise MoveNotAllowed(_("%(case)s is sealed. Two people lift a seal.") % {"case": self})
        self._write_access(access)
        audit.record(by, "case.set_access", self, access=access)

    @transaction.atomic
    def unseal(self, lift, *, by):
        """Open a sealed case to its team again, once a second person agreed."""
        lift.approve(by=by)
        self._write_access(self.Access.TEAM)
        audit.record(by, "case.unseal", self, asked_by=lift.asked_by.audit_name)

    def _write_access(self, access):
        """It counts as an edit, so that a form opened before cannot put the old access back."""
        type(self).objects.filter(pk=self.pk).update(access=access, version=F("version") + 1)
        self.refresh_from_db(fields=["access", "version"])

    def keep_out_of_the_team(self, person, *, by):
        """Refuse somebody who opened a sealed case for a day and would stay: nobody takes a sealed case themselves."""
        if not self.is_sealed or person != by:
            return
        if self.assigned_to_id != by.pk and not self.facilitators.serving().filter(user=by).exists():
            raise MoveNotAllowed(
                _("%(case)s is sealed, so nobody takes it themselves. Another person assigns it, or lifts the seal.")
                % {"case": self}
            )

    def _refresh_locked(self, *fields):
        self.refresh_from_db(fields=fields, from_queryset=type(self).objects.locked())
