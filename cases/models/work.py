from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Venue
from cases.models.case import Case
from cases.models.party import Party
from core import audit
from core.history import tracked
from core.references import Referenced
from core.states import MoveNotAllowed, Stateful, pair
from core.versions import Versioned
from notices.models.dated import Dated


class SessionQuerySet(models.QuerySet):
    def planned(self):
        return self.filter(state=Session.State.PLANNED)


@tracked()
class Session(Referenced, Stateful, Versioned, Dated):
    """Every appointment of a case, from the first call to the last circle.

    Each move of the time counts up `moved`, which is part of the key of every reminder.
    """

    LETTER = "S"

    class Kind(models.TextChoices):
        PRE_MEETING = "pre_meeting", _("Pre-meeting")
        CAUCUS = "caucus", _("Private meeting")
        JOINT = "joint", _("Joint session")
        SHUTTLE = "shuttle", _("Shuttle session")
        COACHING = "coaching", _("Coaching")
        CIRCLE = "circle", _("Circle or conference")
        POST_CIRCLE = "post_circle", _("Meeting after the circle")
        CALL = "call", _("Call")

    TOGETHER = (Kind.JOINT, Kind.CIRCLE)
    OF_A_CIRCLE = (Kind.CIRCLE, Kind.POST_CIRCLE)
    # Both sides may be part of these, because they do not meet in them.
    APART = (Kind.SHUTTLE, Kind.CALL)

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        PARTLY = "partly", _("Partly held")
        NO_SHOW = "no_show", _("No-show")
        ADJOURNED = "adjourned", _("Adjourned")
        ENDED_FOR_SAFETY = "ended_for_safety", _("Ended for safety")
        CANCELED = "canceled", _("Canceled")

    MOVES = {
        State.HELD: {State.PLANNED},
        State.PARTLY: {State.PLANNED},
        State.NO_SHOW: {State.PLANNED},
        State.ADJOURNED: {State.PLANNED},
        State.ENDED_FOR_SAFETY: {State.PLANNED},
        State.CANCELED: {State.PLANNED},
    }

    # How an appointment that was not canceled ended, and after which endings somebody was in fact met.
    RESULTS = (State.HELD, State.PARTLY, State.ADJOURNED, State.NO_SHOW, State.ENDED_FOR_SAFETY)
    MET = (State.HELD, State.PARTLY, State.ADJOURNED, State.ENDED_FOR_SAFETY)

    case = models.ForeignKey(Case, models.CASCADE, related_name="sessions")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED, editable=False)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("venue"))
    place = models.CharField(_("place or way to meet"), max_length=120, blank=True)
    online = models.URLField(_("link to an online meeting"), max_length=300, blank=True)
    parties = models.ManyToManyField(Party, blank=True, related_name="sessions", verbose_name=_("who is asked to come"))
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="sessions", verbose_name=_("who of us is there")
    )
    absent = models.ManyToManyField(
        Party, blank=True, related_name="sessions_missed", verbose_name=_("who did not come"), editable=False
    )
    moved = models.PositiveSmallIntegerField(default=0, editable=False)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    booked_at = models.DateTimeField(default=timezone.now, editable=False)
    canceled_at = models.DateTimeField(null=True, editable=False)
    canceled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    cancel_reason = models.CharField(_("why it was canceled"), max_length=200, blank=True, editable=False)
    recorded_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="cases_session_canceled_pair_follows_state",
                condition=Q(state="canceled", canceled_at__isnull=False, canceled_by__isnull=False)
                | ~Q(state="canceled") & Q(canceled_at=None, canceled_by=None),
            ),
            pair("cases_session_recorded_pair", "recorded_at", "recorded_by"),
        ]
        indexes = [
            models.Index(fields=["case", "starts_at"], name="cases_session_case"),
            models.Index(fields=["starts_at"], condition=Q(state="planned"), name="cases_session_planned"),
        ]

    def get_absolute_url(self):
        return f"{self.case.get_absolute_url()}#{self.reference}"

    @property
    def ends_at(self):
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def was_met(self):
        return self.state in self.MET

    @property
    def is_work(self):
        """The process itself, and not what leads up to it."""
        return self.kind in (self.Kind.CAUCUS, self.Kind.JOINT, self.Kind.SHUTTLE, self.Kind.COACHING, self.Kind.CIRCLE)

    @property
    def is_together(self):
        """The sides sit in one room, so every side must be ready."""
        return self.kind in self.TOGETHER

    @transaction.atomic
    def book(self, *, by):
        """Plan the appointment."""
        self.booked_by = by
        self.starts_at = self.moment_of(self.day, self.clock)
        self.save()
        audit.record(by, "session.book", self.case, session=self.reference, kind_of=self.kind)

    @transaction.atomic
    def move(self, *, by, seen, day, clock, minutes, venue, place, online=""):
        """Give a planned appointment another time or place. Each move counts up `moved`, part of every reminder's key.

        `seen` is the count that the person who moves it had before them: of two movers the second is told.
        """
        rows = type(self).objects.select_for_update(of=("self",)).filter(pk=self.pk)
        self.refresh_from_db(fields=["state", "moved", "version", "time_zone"], from_queryset=rows)
        if self.state != self.State.PLANNED:
            raise MoveNotAllowed(_("Only a planned appointment can be moved."))
        if self.moved != seen:
            raise MoveNotAllowed(_("Somebody moved this appointment in the meantime."))
        fields = {"day": day, "clock": clock, "minutes": minutes, "venue": venue, "place": place, "online": online}
        fields |= {
            "starts_at": self.moment_of(day, clock),
            "moved": self.moved + 1,
            "version": self.version + 1,
        }
        rows.update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)
        audit.record(by, "session.move", self.case, session=self.reference, moved=self.moved)

    def cancel(self, reason, *, by):
        self._move(self.State.CANCELED, by=by, canceled_at=timezone.now(), canceled_by=by, cancel_reason=reason)

    def record(self, result, *, by):
        """Write down how it went."""
        self._move(self.State(result), by=by, recorded_at=timezone.now(), recorded_by=by)


class ContactAttempt(models.Model):
    """One entry of the contact log: an officer reached a party, or tried to. Facts of the day, no mediation content."""

    class Way(models.TextChoices):
        CALL = "call", _("Call")
        SMS = "sms", _("Text message")
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        VIDEO = "video", _("Video call")

    class Result(models.TextChoices):
        SPOKE = "spoke", _("Spoke with them")
        THEY_WROTE = "they_wrote", _("They wrote back")
        LEFT_MESSAGE = "left_message", _("Left a message")
        SENT = "sent", _("Sent, no answer yet")
        NO_ANSWER = "no_answer", _("No answer")
        WRONG_ADDRESS = "wrong_address", _("Wrong number or address")

    SUCCESSFUL = (Result.SPOKE, Result.THEY_WROTE)

    case = models.ForeignKey(Case, models.CASCADE, related_name="contact_log")
    party = models.ForeignKey(
        Party, models.CASCADE, null=True, blank=True, related_name="contact_log", verbose_name=_("with whom")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    way = models.CharField(_("how"), max_length=8, choices=Way)
    result = models.CharField(_("result"), max_length=14, choices=Result)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    note = models.TextField(
        _("note"),
        blank=True,
        help_text=_("What was arranged. Nothing said in confidence: that belongs in sealed notes."),
    )
    against_rules = models.BooleanField(_("against their safe-contact rules"), default=False, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    logged_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contact log")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case", "-at"], name="cases_contact_case")]

    def __str__(self):
        return f"{self.get_way_display()}, {self.get_result_display()}"

    @property
    def reached(self):
        """The one definition of a successful contact: somebody of the case answered."""
        return self.result in self.SUCCESSFUL

    @property
    def waits_for_answer(self):
        """Something of ours lies with them: it is their turn."""
        return self.result in (self.Result.LEFT_MESSAGE, self.Result.SENT)

    @property
    def party_stage(self):
        """Where it leaves a party that had not been reached before."""
        if self.reached:
            return Party.Stage.REACHED
        return Party.Stage.INVITED if self.waits_for_answer else Party.Stage.NOT_REACHED

    def breaks(self, contact):
        """Whether this way of reaching them was against their safe-contact rules; answering their own letter is not."""
        if self.result == self.Result.THEY_WROTE:
            return False
        ticked = {
            self.Way.CALL: contact.may_call,
            self.Way.SMS: contact.may_sms,
            self.Way.EMAIL: contact.may_email,
            self.Way.LETTER: contact.may_letter,
        }
        voicemail = self.way == self.Way.CALL and self.result == self.Result.LEFT_MESSAGE
        return not ticked.get(self.way, True) or voicemail and not contact.may_voicemail

    @transaction.atomic
    def log(self, *, by):
        """Write the entry. Entries are never changed: a correction is a new one."""
        self.by = by
        self.save()
        audit.record(by, "contact.log", self.case, kind=audit.Kind.COLLECTION, way=self.way, reached=self.reached)
