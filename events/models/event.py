import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area, Venue
from core import audit
from core.bilingual import in_their_language
from core.history import tracked
from core.references import Referenced
from core.search import SearchField
from core.states import MoveNotAllowed, Stateful, pair
from core.versions import Versioned
from events.models.doors import EventQuerySet
from events.models.event_type import EventType
from events.models.series import Series
from notices.models.contact import LANGUAGE_NAMES
from notices.models.dated import Dated


def named(codes):
    """Languages by their names in the language that is active."""
    return ", ".join(str(LANGUAGE_NAMES.get(code, code)) for code in codes)


@tracked(exclude=["vector"])
class Event(Referenced, Stateful, Versioned, Dated):
    """Something that the unit holds for residents or takes part in."""

    LETTER = "E"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Planned")
        PUBLISHED = "published", _("Published")
        FULL = "full", _("Full")
        HELD = "held", _("Held")
        CLOSED_OUT = "closed_out", _("Closed out")
        CANCELED = "canceled", _("Canceled")
        POSTPONED = "postponed", _("Postponed")

    AHEAD = (State.DRAFT, State.PLANNED, State.PUBLISHED, State.FULL)
    OPEN = (State.PUBLISHED, State.FULL)
    MOVES = {
        State.PLANNED: {State.DRAFT, State.POSTPONED},
        State.PUBLISHED: {State.PLANNED, State.FULL, State.POSTPONED},
        State.FULL: {State.PUBLISHED},
        State.HELD: {State.PLANNED, State.PUBLISHED, State.FULL},
        State.CLOSED_OUT: {State.HELD},
        State.CANCELED: {State.DRAFT, State.PLANNED, State.PUBLISHED, State.FULL, State.POSTPONED},
        State.POSTPONED: {State.PLANNED, State.PUBLISHED, State.FULL},
    }

    class Access(models.TextChoices):
        PUBLIC = "public", _("Public: everybody may come")
        INVITED = "invited", _("Invited: who comes was asked")
        PRIVATE = "private", _("Private: one group alone, not announced")

    class Purpose(models.TextChoices):
        INFORM = "inform", _("Inform")
        CONSULT = "consult", _("Consult")
        INVOLVE = "involve", _("Decide or work together")
        SOCIAL = "social", _("Meet each other")
        TRAIN = "train", _("Learn")

    class Children(models.TextChoices):
        WELCOME = "welcome", _("Children are welcome")
        CARE = "care", _("Children are looked after while it lasts")
        YOUTH = "youth", _("For young people")
        ADULTS = "adults", _("For adults")

    class Outreach(models.TextChoices):
        FLYER = "flyer", _("Flyers")
        SCHOOL = "school", _("Schools")
        FAITH = "faith", _("Faith communities")
        PARTNERS = "partners", _("Partners' newsletters")
        DOORS = "doors", _("Door to door")
        SOCIAL = "social", _("Social media")
        RADIO = "radio", _("Local radio or paper")
        TEXT = "text", _("Text messages")

    class Risk(models.TextChoices):
        UNCHECKED = "unchecked", _("Not checked yet")
        LOW = "low", _("Low risk")
        MEDIUM = "medium", _("Medium risk")
        HIGH = "high", _("High risk")

    # The name under which calendars know it for ever; it tells nothing and never changes.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.ForeignKey(EventType, models.PROTECT, related_name="of_this_type", verbose_name=_("type"))
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="events", editable=False)
    # Which day of its series it stands for, whatever day it was moved to.
    stands_for = models.DateField(null=True, editable=False)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_es = models.CharField(_("title in Spanish"), max_length=120, blank=True)
    about_en = models.TextField(_("what it is about, in English"), max_length=3_000, blank=True)
    about_es = models.TextField(_("what it is about, in Spanish"), max_length=3_000, blank=True)
    access = models.CharField(_("who may come"), max_length=7, choices=Access, default=Access.PUBLIC)
    purpose = models.CharField(_("purpose"), max_length=7, choices=Purpose)
    area = models.ForeignKey(Area, models.PROTECT, related_name="events", verbose_name=_("area"))
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("venue"))
    place = models.CharField(
        _("place"),
        max_length=160,
        blank=True,
        help_text=_("Where there is no venue of ours: a park, a street, a school."),
    )
    step_free = models.BooleanField(_("the place is step-free"), default=False)
    online = models.URLField(_("link to take part online"), max_length=300, blank=True)
    ends_at = models.DateTimeField(editable=False)
    languages = ArrayField(
        models.CharField(max_length=35, choices=LANGUAGE_NAMES.items()), verbose_name=_("languages it is held in"),
        default=list,
    )  # fmt: skip
    interpreters = ArrayField(
        models.CharField(max_length=35, choices=LANGUAGE_NAMES.items()), verbose_name=_("interpreters"),
        default=list, blank=True,
    )  # fmt: skip
    children = models.CharField(_("children"), max_length=7, choices=Children, default=Children.WELCOME)
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Leave it empty if anybody who comes finds room."),
    )  # fmt: skip
    registers = models.BooleanField(
        _("people register for it"), default=False, help_text=_("Leave it off where anybody may just come.")
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="events_led", verbose_name=_("who leads it")
    )
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="events_staffed", verbose_name=_("who else of us is there")
    )
    budget_line = models.CharField(_("budget line or grant"), max_length=80, blank=True)
    budget = models.DecimalField(
        _("budget"), max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    outreach = ArrayField(
        models.CharField(max_length=8, choices=Outreach), verbose_name=_("how people hear of it"), default=list,
        blank=True,
    )  # fmt: skip
    materials = models.TextField(_("materials to bring"), max_length=1_000, blank=True)
    risk = models.CharField(_("risk check"), max_length=9, choices=Risk, default=Risk.UNCHECKED)
    risk_note = models.TextField(
        _("what could go wrong, and what we do about it"), max_length=1_000, blank=True,
        help_text=_("No names. Only the unit reads it."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    # What residents are told of why it is canceled or postponed.
    told_en = models.CharField(_("what residents are told, in English"), max_length=300, blank=True, editable=False)
    told_es = models.CharField(_("what residents are told, in Spanish"), max_length=300, blank=True, editable=False)
    # Counts every change of time, place or state that somebody's calendar must take over.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # Where it was moved from, as it was last announced.
    was_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    canceled_at = models.DateTimeField(null=True, editable=False)
    canceled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    vector = SearchField("reference", "title_en", "title_es", "place")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "stands_for"], name="events_event_once_in_its_series"),
            pair("events_event_series_and_day", "series", "stands_for"),
            pair("events_event_published_pair", "published_at", "published_by"),
            models.CheckConstraint(
                name="events_event_open_is_published",
                condition=~Q(state__in=["published", "full"]) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="events_event_canceled_pair_follows_state",
                condition=Q(state="canceled", canceled_at__isnull=False, canceled_by__isnull=False)
                | ~Q(state="canceled") & Q(canceled_at=None, canceled_by=None),
            ),
            models.CheckConstraint(name="events_event_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="events_event_starts"),
            models.Index(fields=["area", "starts_at"], name="events_event_area"),
            models.Index(
                fields=["starts_at", "id"], condition=Q(access="public", published_at__isnull=False),
                name="events_event_shown",
            ),
            GinIndex(fields=["vector"], name="events_event_vector"),
        ]  # fmt: skip

    def get_absolute_url(self):
        return reverse("events:event_detail", args=[self.reference])

    @property
    def public_url(self):
        """Where residents read it."""
        return reverse("public_events:event_page", args=[self.reference])

    @property
    def title(self):
        return in_their_language(self.title_en, self.title_es)

    @property
    def about(self):
        return in_their_language(self.about_en, self.about_es)

    @property
    def told(self):
        return in_their_language(self.told_en, self.told_es)

    @property
    def where(self):
        """The place in words, without the address."""
        if self.venue:
            return self.venue.name
        return self.place or (_("Online") if self.online else "")

    @property
    def wall_end(self):
        """The end as the clock on the wall there shows it."""
        return self.ends_at.astimezone(ZoneInfo(self.zone))

    @property
    def languages_named(self):
        return named(self.languages)

    @property
    def interpreters_named(self):
        return named(self.interpreters)

    @property
    def is_step_free(self):
        return self.venue.step_free if self.venue else self.step_free

    @property
    def is_shown(self):
        """Whether residents can read it."""
        return self.access == self.Access.PUBLIC and self.published_at is not None

    @property
    def is_canceled(self):
        return self.state == self.State.CANCELED

    @property
    def is_postponed(self):
        return self.state == self.State.POSTPONED

    @property
    def is_ahead(self):
        return self.state in self.AHEAD

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    def save(self, *args, **kwargs):
        """The moments follow from the day, the clock and the length."""
        if self._state.adding:
            self._date(self.day, self.clock, self.minutes)
        super().save(*args, **kwargs)

    def _date(self, day, clock, minutes):
        self.day, self.clock, self.minutes = day, clock, minutes
        self.starts_at = self.moment_of(day, clock)
        self.ends_at = self.starts_at + timedelta(minutes=minutes)

    @transaction.atomic
    def draft(self, *, by):
        """Write a new event down; nobody but the unit knows of it yet."""
        self.made_by = by
        self.save()
        audit.record(by, "event.draft", self, kind=audit.Kind.COLLECTION)

    @transaction.atomic
    def note_edit(self, fields, *, by):
        """What it is was written anew: calendars and feeds look again."""
        type(self).objects.filter(pk=self.pk).update(changed_at=timezone.now())
        audit.record(by, "event.edit", self, fields=fields)

    @transaction.atomic
    def plan(self, *, by):
        """It is to take place: the room and our people are taken, and its checklist begins to run."""
        self._only_from(self.State.DRAFT, self.State.PLANNED)
        self._move(self.State.PLANNED, by=by)

    @transaction.atomic
    def publish(self, *, by):
        """Residents read it from now on."""
        self._only_from(self.State.PLANNED, self.State.PUBLISHED)
        first = {} if self.published_at else {"published_at": timezone.now(), "published_by": by}
        self._move(self.State.PUBLISHED, by=by, **first, **self._counted())

    def fill_up(self, *, by):
        """The last place is taken."""
        self._move(self.State.FULL, by=by)

    def open_up(self, *, by):
        """There is room again."""
        self._move(self.State.PUBLISHED, by=by)

    @transaction.atomic
    def reschedule(self, *, by, seen, **fields):
        """Give it another time or place. `seen` is the count that whoever moves it had before them."""
        self._refresh_locked("state", "sequence", "version", "starts_at", "was_at", "time_zone", "published_at")
        if self.state not in (*self.AHEAD, self.State.POSTPONED):
            raise MoveNotAllowed(_("%(event)s cannot be moved any more.") % {"event": self})
        if self.sequence != seen:
            raise MoveNotAllowed(_("Somebody changed this event in the meantime. Look at it again."))
        was = self.starts_at
        self._date(fields.pop("day"), fields.pop("clock"), fields.pop("minutes"))
        for name, value in fields.items():
            setattr(self, name, value)
        if self.published_at and was != self.starts_at:
            self.was_at = was
        self.version += 1
        for name, value in self._counted().items():
            setattr(self, name, value)
        dated = ("day", "clock", "minutes", "starts_at", "ends_at", "was_at", "version", "sequence", "changed_at")
        self.save(update_fields=[*dated, *fields])
        audit.record(by, "event.reschedule", self, sequence=self.sequence)
        if self.state == self.State.POSTPONED:
            self._move(self.State.PUBLISHED if self.published_at else self.State.PLANNED, by=by, told_en="", told_es="")

    @transaction.atomic
    def postpone(self, *, by, told_en="", told_es=""):
        """It will not take place on its day; the next day is not known yet."""
        self._move(self.State.POSTPONED, by=by, told_en=told_en, told_es=told_es, **self._counted())

    @transaction.atomic
    def cancel(self, *, by, told_en="", told_es=""):
        """It will not take place."""
        gone = {"canceled_at": timezone.now(), "canceled_by": by}
        self._move(self.State.CANCELED, by=by, told_en=told_en, told_es=told_es, **gone, **self._counted())

    def hold(self, *, by):
        """It took place, or has begun."""
        if not self.has_begun:
            raise MoveNotAllowed(
                _("%(event)s has not begun yet. If it will not take place, cancel it.") % {"event": self}
            )
        self._move(self.State.HELD, by=by)

    def close_out(self, *, by):
        """What became of it is written down."""
        self._move(self.State.CLOSED_OUT, by=by)

    def _only_from(self, before, after):
        """Refuse other states: a postponed event gets its day, a full one a free place, by verbs of their own."""
        self._refresh_locked("state")
        if self.state not in (before, after):
            raise MoveNotAllowed(self.why_not(self.State(self.state), after))

    def _counted(self):
        """A change that calendars must take over. Nobody else counts until this transaction ends."""
        self._refresh_locked("sequence")
        return {"sequence": self.sequence + 1, "changed_at": timezone.now()}

    def _refresh_locked(self, *fields):
        self.refresh_from_db(fields=list(fields), from_queryset=type(self).objects.locked())
