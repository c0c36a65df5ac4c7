from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.secret_links import SecretLink, SecretLinkQuerySet
from core.states import MoveNotAllowed, Stateful
from events.models.event import Event
from notices.models import Contact

# More come as a group, and call.
LARGEST = 10
PEOPLE = F("adults") + F("children")
STALE = _("This was changed in the meantime. Look at it again.")
# While an event is in one of these it is to take place as announced: places are given and offered.
ON = (Event.State.PLANNED, *Event.OPEN)


class Need(models.TextChoices):
    """What helps somebody to take part, so that it can be there."""

    STEP_FREE = "step_free", _("A way without steps")
    INTERPRETER = "interpreter", _("An interpreter for my language")
    HEARING = "hearing", _("Help with hearing")
    SEEING = "seeing", _("Large print, or help with seeing")
    QUIET = "quiet", _("A quiet place to sit")
    CHILDREN = "children", _("Somebody who looks after children")


class RegistrationQuerySet(SecretLinkQuerySet):
    def opened_by(self, told):
        """The registration that a code or a token opens, until what it says of anybody is deleted."""
        return self.named(told).exclude(contact=None)

    def holding(self):
        """Those who take up places."""
        return self.filter(state__in=Registration.HOLDING)

    def open(self):
        """Those who may still come."""
        return self.filter(state__in=Registration.OPEN)

    def checked(self):
        """Those of whom it is written down whether they came."""
        return self.filter(state__in=Registration.CHECKED)

    def came(self):
        """How many (adults, children) of them came.

        Nobody writes down who of a group stayed at home: its adults are taken to be there first, and whoever came
        beyond those who were registered is taken for an adult.
        """
        whole = {"output_field": models.IntegerField()}
        children = Greatest(Value(0), Least(F("came") - F("adults"), F("children"), **whole), **whole)
        there = self.filter(state=Registration.State.ATTENDED).order_by()
        found = there.aggregate(people=Coalesce(Sum("came"), 0), children=Coalesce(Sum(children), 0))
        return found["people"] - found["children"], found["children"]

    def in_line(self):
        """Who waits to be offered a place, the first first; whoever let an offer pass is not asked again by itself."""
        waiting = self.filter(state=Registration.State.WAITING, lapsed_at=None).exclude(contact=None)
        return waiting.order_by("waits_since", "id")


class Registration(SecretLink, Stateful):
    """Somebody wants to come to an event, alone or with others: one row for all for whom one of them speaks.

    How they are reached, in which language, and what we may call them is said by the Contact, which every registration
    has until it is deleted 30 days after the event; who wants to hear nothing has one without a way. It has no
    history: what people need to take part is nobody's business later. Its verbs are called by `events.registering`,
    which holds the event meanwhile.
    """

    PURPOSE = "place at an event"

    class State(models.TextChoices):
        PENDING = "pending", _("Asked, no answer yet")
        CONFIRMED = "confirmed", _("Has a place")
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("A place is offered")
        CANCELED = "canceled", _("Does not come")
        ATTENDED = "attended", _("Was there")
        NO_SHOW = "no_show", _("Was not there")

    # Who was let in before it began takes up a place as well.
    HOLDING = (State.CONFIRMED, State.OFFERED, State.ATTENDED)
    OPEN = (State.PENDING, State.CONFIRMED, State.WAITING, State.OFFERED)
    CHECKED = (State.ATTENDED, State.NO_SHOW)
    # Out of those that are checked alone leads that it was a mistake.
    MOVES = {
        State.PENDING: set(CHECKED),
        State.CONFIRMED: {State.PENDING, State.WAITING, State.OFFERED, *CHECKED},
        State.WAITING: {State.PENDING, State.OFFERED, *CHECKED},
        State.OFFERED: {State.WAITING},
        State.CANCELED: set(OPEN),
        State.ATTENDED: {*OPEN, State.NO_SHOW},
        State.NO_SHOW: {State.CONFIRMED, State.ATTENDED},
    }

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="registration")
    adults = models.PositiveSmallIntegerField(_("adults"), default=1, validators=[MaxValueValidator(LARGEST)])
    children = models.PositiveSmallIntegerField(_("children"), default=0, validators=[MaxValueValidator(LARGEST)])
    needs = ArrayField(
        models.CharField(max_length=11, choices=Need), verbose_name=_("what helps them to take part"), default=list,
        blank=True,
    )  # fmt: skip
    needs_note = models.CharField(_("what else helps them to take part"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, editable=False)
    # The place in the line; whoever asks to be put back on the list stands at its end.
    waits_since = models.DateTimeField(default=timezone.now, editable=False)
    offer_until = models.DateTimeField(null=True, editable=False)
    lapsed_at = models.DateTimeField(null=True, editable=False)
    # How many of them came, and where they stood before that was written down.
    came = models.PositiveSmallIntegerField(_("how many of them came"), null=True, editable=False)
    before = models.CharField(max_length=9, choices=State, blank=True, editable=False)
    # Of the presses at the door that arrived: one that is sent again over a bad line changes nothing.
    presses = ArrayField(models.UUIDField(), default=list, editable=False)
    # Counts every change: of two who change it at once the second is told, and a message is owed anew.
    version = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    # Who of us wrote it down for somebody who called; empty where they did it themselves.
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration for an event")
        verbose_name_plural = _("registrations for events")
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="events_registration_people",
                condition=Q(adults__lte=LARGEST - F("children")) & (Q(adults__gt=0) | Q(children__gt=0)),
            ),
            models.CheckConstraint(
                name="events_registration_offer_follows_state",
                condition=Q(state="offered", offer_until__isnull=False) | ~Q(state="offered") & Q(offer_until=None),
            ),
            models.CheckConstraint(
                name="events_registration_lapsed_waits", condition=Q(lapsed_at=None) | Q(state="waiting")
            ),
            models.CheckConstraint(
                name="events_registration_came_follows_state",
                condition=Q(state="attended", came__isnull=False, came__gte=1, came__lte=LARGEST)
                | ~Q(state="attended") & Q(came=None),
            ),
            models.CheckConstraint(
                name="events_registration_before_follows_state",
                condition=Q(state__in=["attended", "no_show"], before__in=["pending", "confirmed", "waiting"])
                | ~Q(state__in=["attended", "no_show"]) & Q(before=""),
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state", "waits_since", "id"], name="events_registration_line"),
            models.Index(fields=["offer_until"], condition=Q(state="offered"), name="events_registration_offers"),
        ]

    def __str__(self):
        return self.called or str(_("Somebody without a name"))

    @property
    def reference(self):
        """How the audit names it: by its event, of which it is a part."""
        return self.event.reference

    @property
    def called(self):
        return self.contact.name if self.contact else ""

    @property
    def people(self):
        return self.adults + self.children

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def had_place(self):
        """Whether we expected them."""
        return self.State.CONFIRMED in (self.state, self.before)

    @property
    def door_code(self):
        """The first group of their code, by which they are found at the door.

        It stands on paper and on the phones of staff, where others look over a shoulder. It opens nothing: to whoever
        knows it 60 of the 80 bits of the code are still unknown.
        """
        return self.code.partition("-")[0]

    @property
    def needs_named(self):
        """What helps them, in words."""
        return [str(Need(one).label) for one in self.needs] + [self.needs_note] * bool(self.needs_note)

    @property
    def address(self):
        return settings.PUBLIC_URL + reverse("place:place_detail", args=[self.token])

    def begin(self, *, by, **facts):
        """Write a new one down, with its secrets."""
        self.issue_first()
        audit.record(by, "registration.begin", self, kind=audit.Kind.COLLECTION, state=self.state, **facts)

    @transaction.atomic
    def change(self, *, by, seen, **fields):
        """Other people or other needs. `seen` is the count that whoever changes it had before them."""
        self._read_again(*self.OPEN)
        if self.version != seen:
            raise MoveNotAllowed(STALE)
        self._write(**fields)
        audit.record(by, "registration.change", self, people=self.people)

    @transaction.atomic
    def confirm(self, *, by):
        """They have a place."""
        self._read_again(self.State.PENDING, self.State.WAITING, self.State.OFFERED)
        self._go(self.State.CONFIRMED, by=by, offer_until=None, lapsed_at=None)

    @transaction.atomic
    def wait(self, *, by):
        """They were asked and want to come, and there is no room."""
        self._read_again(self.State.PENDING)
        self._go(self.State.WAITING, by=by, waits_since=timezone.now())

    @transaction.atomic
    def wait_again(self, *, by):
        """They let an offer pass and want the next one all the same: from the end of the line."""
        self._read_again(self.State.WAITING)
        if self.lapsed_at is None:
            raise MoveNotAllowed(STALE)
        self._write(lapsed_at=None, waits_since=timezone.now())
        audit.record(by, "registration.wait_again", self)

    def offer(self, *, until, by):
        """A place is kept for them until then."""
        self._go(self.State.OFFERED, by=by, offer_until=until, lapsed_at=None)

    @transaction.atomic
    def prolong(self, *, until, by):
        """What is offered to them was moved: they may answer until another moment."""
        self._read_again(self.State.OFFERED)
        self._write(offer_until=until)
        audit.record(by, "registration.prolong", self)

    @transaction.atomic
    def lapse(self, *, by):
        """They did not answer in time: the place goes to the next."""
        self._read_again(self.State.OFFERED)
        self._go(self.State.WAITING, by=by, offer_until=None, lapsed_at=timezone.now())

    def cancel(self, *, by):
        """They do not come, so nobody needs to know what would have helped them."""
        nothing = {"needs": [], "needs_note": ""}
        self._go(self.State.CANCELED, by=by, offer_until=None, lapsed_at=None, **nothing)

    def attend(self, *, came, by):
        """They are there, so many of them, whether or not they had a place. Whoever was offered one took it so."""
        self._check(self.State.ATTENDED, came=came, by=by)

    def miss(self, *, by):
        """They had a place and did not come."""
        self._check(self.State.NO_SHOW, came=None, by=by)

    @transaction.atomic
    def recount(self, *, came, by):
        """They were there, and others of them or more than was written down."""
        self._read_again(self.State.ATTENDED)
        self._write(came=came)
        audit.record(by, "registration.recount", self, came=came)

    @transaction.atomic
    def uncheck(self, *, by):
        """What was written down of their coming was a mistake: they stand where they stood before."""
        self._read_again(*self.CHECKED)
        self._go(self.State(self.before), by=by, came=None, before="")

    def note_press(self, key):
        """Remember a press at the door. False for one that arrived before."""
        if key in self.presses:
            return False
        self.presses = [*self.presses, key]
        type(self).objects.filter(pk=self.pk).update(presses=self.presses)
        return True

    @transaction.atomic
    def _check(self, to, *, came, by):
        self._read_again(*self.MOVES[to])
        if to == self.State.NO_SHOW and not self.had_place:
            raise MoveNotAllowed(_("They had no place, so nobody missed them."))
        stood = self.State.CONFIRMED if self.state == self.State.OFFERED else self.State(self.state)
        self._go(to, by=by, came=came, before=self.before or stood, offer_until=None, lapsed_at=None)

    def _go(self, to, *, by, **fields):
        self._move(to, by=by, version=self.version + 1, **fields)

    def _write(self, **fields):
        fields["version"] = self.version + 1
        type(self).objects.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)

    def _read_again(self, *states):
        """As it is now; refused where it is in none of these states. Whoever acts on it holds its event."""
        self.refresh_from_db(fields=["state", "version", "lapsed_at", "before"])
        if self.state not in states:
            raise MoveNotAllowed(STALE)


def forget(rows):
    """Empty registrations, a queryset, of whom they speak of; how many people came stays.

    Returns {model: keys} of the rows that it touched.
    """
    keys = list(rows.values_list("pk", flat=True))
    contacts = list(rows.exclude(contact=None).values_list("contact", flat=True))
    emptied = Registration.objects.using(rows.db).filter(pk__in=keys)
    emptied.update(contact=None, needs=[], needs_note="")
    Contact.objects.using(rows.db).filter(pk__in=contacts).delete()
    return {Registration: keys, Contact: contacts}
