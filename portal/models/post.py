from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core import audit
from core.history import tracked
from core.states import MoveNotAllowed, pair
from core.versions import Versioned
from events import announced
from events.models import Event
from notices.walltime import local_to_utc
from portal import channels
from portal.channels import LIMITS, Length
from portal.models.drafted import LANGUAGES, Drafted, DraftedQuerySet, by_staff
from portal.models.posting import Posting
from portal.models.update import Update

# The fields of the texts: what is written for a length in a language.
TEXTS = [f"{length}_{language}" for length in LIMITS for language in LANGUAGES]
LANGUAGE_NAMES = dict(settings.LANGUAGES)
NOT_APPROVED = {"approved_at": None, "approved_by": None}
NOT_SCHEDULED = {"day": None, "clock": None, "due_at": None}


def _text(length, label):
    return models.TextField(label, max_length=LIMITS[length], blank=True)


class PostQuerySet(DraftedQuerySet):
    def due(self, now):
        """Scheduled for a moment that has come, in the order of these moments."""
        return self.filter(state=Post.State.SCHEDULED, due_at__lte=now).order_by("due_at", "id")

    def standing_on(self, event):
        """What leads to an event and is out, or may still go out; what was put right by another post is past."""
        right = self.model.objects.filter(corrects=OuterRef("pk"), event=event, state=Post.State.POSTED)
        return self.filter(event=event).exclude(state=Post.State.WITHDRAWN).exclude(Exists(right)).order_by("id")


@tracked()
class Post(Drafted, Versioned):
    """Something the unit tells in its channels: an announcement or a post, written once, in a text for each length.

    A text that is out cannot be edited there, so nothing of it is edited here either. What was wrong is put right by
    another post, which names this one and is approved like any other.
    """

    LETTER = "B"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        SCHEDULED = "scheduled", _("Scheduled")
        POSTED = "posted", _("Posted")
        WITHDRAWN = "withdrawn", _("Will not be posted")

    MOVES = {
        State.WAITING: {State.DRAFT},
        State.DRAFT: {State.WAITING, State.APPROVED, State.SCHEDULED},
        State.APPROVED: {State.WAITING, State.SCHEDULED},
        State.SCHEDULED: {State.APPROVED, State.SCHEDULED},
        State.POSTED: {State.APPROVED, State.SCHEDULED, State.POSTED},
        State.WITHDRAWN: {State.DRAFT, State.WAITING, State.APPROVED, State.SCHEDULED},
    }

    title = models.CharField(_("what it is about"), max_length=120)
    long_en = _text(Length.LONG, _("long text in English"))
    long_es = _text(Length.LONG, _("long text in Spanish"))
    medium_en = _text(Length.MEDIUM, _("medium text in English"))
    medium_es = _text(Length.MEDIUM, _("medium text in Spanish"))
    short_en = _text(Length.SHORT, _("short text in English"))
    short_es = _text(Length.SHORT, _("short text in Spanish"))
    update = models.ForeignKey(
        Update, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("update it leads to")
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("event it leads to")
    )
    # How often the event had been moved, postponed or canceled when the words were last written.
    event_seen = models.PositiveIntegerField(default=0, editable=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = by_staff()
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = by_staff(null=True)
    day = models.DateField(_("day"), null=True, editable=False)
    clock = models.TimeField(_("time"), null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    posted_at = models.DateTimeField(_("first posted"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = by_staff(null=True)
    withdrawn_why = models.CharField(_("why it is not posted"), max_length=300, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post in channels")
        verbose_name_plural = _("posts in channels")
        ordering = ["-made_at", "-id"]
        constraints = [
            pair("portal_post_sent_pair", "sent_at", "sent_by"),
            pair("portal_post_back_pair", "back_at", "back_by", back_note=""),
            pair("portal_post_approved_pair", "approved_at", "approved_by"),
            pair("portal_post_withdrawn_pair", "withdrawn_at", "withdrawn_by", withdrawn_why=""),
            models.CheckConstraint(name="portal_post_leads_to_one", condition=Q(update=None) | Q(event=None)),
            models.CheckConstraint(
                name="portal_post_by_two",
                condition=Q(approved_by=None) | ~Q(approved_by=F("owner")) & ~Q(approved_by=F("changed_by")),
            ),
            models.CheckConstraint(
                name="portal_post_out_was_approved",
                condition=Q(state__in=["approved", "scheduled", "posted"], approved_at__isnull=False)
                | Q(state__in=["draft", "waiting"], approved_at=None)
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="portal_post_scheduled_for",
                condition=Q(day=None, clock=None, due_at=None) & ~Q(state="scheduled")
                | Q(day__isnull=False, clock__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="portal_post_posted_at_follows_state",
                condition=Q(state="posted", posted_at__isnull=False) | ~Q(state="posted") & Q(posted_at=None),
            ),
            models.CheckConstraint(
                name="portal_post_withdrawn_at_follows_state",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-made_at"], name="portal_post_state"),
            models.Index(fields=["due_at"], condition=Q(state="scheduled"), name="portal_post_due"),
        ]

    def get_absolute_url(self):
        return reverse("portal:post_detail", args=[self.reference])

    @property
    def is_approved(self):
        return self.state == self.State.APPROVED

    @property
    def is_scheduled(self):
        return self.state == self.State.SCHEDULED

    @property
    def is_posted(self):
        return self.state == self.State.POSTED

    @property
    def is_withdrawn(self):
        return self.state == self.State.WITHDRAWN

    # What it says -----------------------------------------------------------------------------------------------

    def around(self, language):
        """What stands before and after the words, whatever their length: what they correct, and where to read on."""
        with override(language):
            before = ""
            if self.corrects is not None:
                day = date_format(timezone.localtime(self.corrects.posted_at), "DATE_FORMAT")
                before = now_("Correction to our post of %(day)s:") % {"day": day} + " "
        return before, f"\n{self.leads_to}" if self.leads_to else ""

    @property
    def leads_to(self):
        """The address under its texts, where residents read on; empty where there is none."""
        if self.update is not None:
            return self.update.public_url
        return announced.address(self.event) if self.event is not None else ""

    def whole(self, length, language):
        """The words for a length as they are posted; nothing where there are none."""
        words = getattr(self, f"{length}_{language}")
        before, after = self.around(language)
        return f"{before}{words}{after}" if words else ""

    def text_for(self, length, language):
        """What a channel of this length is given: its own words, or those for a longer one where they fit."""
        longer = list(LIMITS)[: list(LIMITS).index(length) + 1]
        texts = (self.whole(one, language) for one in reversed(longer))
        return next((text for text in texts if text and len(text) <= LIMITS[length]), "")

    def texts(self):
        """[(length, language, text)] of everything that can be copied or posted, each text once."""
        found = []
        for length in LIMITS:
            for language in LANGUAGES:
                text = self.text_for(length, language)
                if text and text not in [one for _length, _language, one in found]:
                    found.append((length, language, text))
        return found

    def lacks(self):
        """The texts without which some channel would get nothing, in words."""
        needed = {Length.LONG, *(channel.length for channel in channels.usable())}
        missing = [
            now_("a text of at most %(limit)s characters in %(language)s")
            % {"limit": LIMITS[length], "language": LANGUAGE_NAMES[language]}
            for length in LIMITS
            if length in needed
            for language in LANGUAGES
            if not self.text_for(length, language)
        ]
        if self.is_overtaken:
            missing.append(now_("another look at its words, because its event was changed since"))
        return missing + ([now_("a page to lead to that residents can read")] if self.leads_nowhere() else [])

    def leads_nowhere(self):
        """Whether it names an update or an event that residents cannot read."""
        return any(page is not None and not page.is_shown for page in (self.update, self.event))

    @property
    def is_overtaken(self):
        """Whether its event was moved, postponed or canceled since its words were written."""
        return self.event is not None and self.event.sequence != self.event_seen

    def obstacle(self):
        """Why it cannot go out as it is, because of what it leads to; empty where nothing keeps it."""
        if self.is_overtaken:
            return now_("The event that it leads to was moved, postponed or canceled after its words were written.")
        return now_("The page that it leads to cannot be read by residents.") if self.leads_nowhere() else ""

    # The verbs. They are called by `approving` and `posting`, which owe the tasks --------------------------------

    @transaction.atomic
    def write(self, *, by):
        """Begin it."""
        self.owner = self.changed_by = by
        self._see_event()
        self.save()
        self.writers.set([by])
        audit.record(by, "post.write", self, corrects=self.corrects.reference if self.corrects else "")

    @transaction.atomic
    def edit(self, form, *, by):
        """Write what a form brings; of two who edit at once the second is shown both texts."""
        # What the form brings lies in this row already, so how it stands is read into another.
        Post.objects.select_for_update(of=("self",)).get(pk=self.pk).refuse_unless_draft()
        form.save_version()
        self.changed_at, self.changed_by = timezone.now(), by
        self._see_event()
        self.save(update_fields=["changed_at", "changed_by", "event_seen"])
        self.writers.add(by)
        audit.record(by, "post.edit", self, fields=sorted(set(form.changed_data) - {"version"}))

    def _see_event(self):
        """Its words are about the event as it was when somebody chose it for them."""
        self.event_seen = self.event.sequence if self.event is not None else 0

    def send(self, *, by):
        """Ask a second person to approve it."""
        self._send(by=by)

    def send_back(self, note, *, by):
        """It is to be changed before it goes out, though it may have been approved already."""
        self._send_back(note, by=by, **NOT_APPROVED, **NOT_SCHEDULED)

    @transaction.atomic
    def approve(self, *, by, seen):
        """A second person has read it: it may go out as it is."""
        self._hold()
        if not self.is_waiting:
            raise MoveNotAllowed(now_("%(thing)s does not wait for approval.") % {"thing": self})
        self._refuse_if_changed(seen, self.version)
        self._refuse_obstacle()
        self._move(self.State.APPROVED, by=by, approved_at=timezone.now(), approved_by=by)

    @transaction.atomic
    def schedule(self, day, clock, *, by):
        """It goes out when the clocks here show this time on this day."""
        due_at = local_to_utc(day, clock)
        if due_at <= timezone.now():
            raise MoveNotAllowed(now_("That time has passed."))
        self._refuse_without_channels()
        self._refuse_obstacle()
        self._move(self.State.SCHEDULED, by=by, day=day, clock=clock, due_at=due_at)

    def come_due(self):
        """Hold it, its time having come; refused where somebody took it or chose another time in this moment."""
        self._hold()
        if self.state != self.State.SCHEDULED or self.due_at > timezone.now():
            raise MoveNotAllowed(now_("%(thing)s is not due.") % {"thing": self})

    def put_off(self, *, by):
        """It did not go out when it was to: a person decides anew."""
        self._move(self.State.APPROVED, by=by, **NOT_SCHEDULED)

    @transaction.atomic
    def go_out(self, *, by):
        """Owe its texts to each channel that has not had them. Returns what is owed now."""
        self._hold()
        self._move(self.State.POSTED, by=by, posted_at=self.posted_at or timezone.now())
        self._refuse_without_channels()
        self._refuse_obstacle()
        # Whoever posted it by hand may have written the name of the channel in their own way.
        had = {(name.casefold(), language) for name, language in self.postings.values_list("channel", "language")}
        owed = [
            Posting(post=self, channel=channel.name, language=language, text=self._fitting(channel, language))
            for channel in channels.usable()
            for language in LANGUAGES
            if (channel.name.casefold(), language) not in had
        ]
        if not owed:
            raise MoveNotAllowed(now_("Every channel has had it."))
        return Posting.objects.bulk_create(owed)

    def _fitting(self, channel, language):
        text = self.text_for(channel.length, language)
        if not text:
            told = now_("No text fits %(channel)s: send it back and write one of at most %(limit)s characters.")
            raise MoveNotAllowed(told % {"channel": channel.name, "limit": channel.limit})
        return text

    def _refuse_without_channels(self):
        if not channels.usable():
            raise MoveNotAllowed(now_("No channel is set up. Copy the text and mark it as posted by hand."))

    def _refuse_obstacle(self):
        if why := self.obstacle():
            raise MoveNotAllowed(why)

    @transaction.atomic
    def note_by_hand(self, *, place, language, length, link, by):
        """Somebody posted a text of it themselves."""
        self._hold()
        if not (self.is_approved or self.is_posted):
            raise MoveNotAllowed(now_("%(thing)s is not approved, or is scheduled.") % {"thing": self})
        if self.is_approved:
            self._move(self.State.POSTED, by=by, posted_at=timezone.now())
        posting = self.postings.create(
            channel=place, language=language, text=self.text_for(length, language), link=link,
            state=Posting.State.BY_HAND, ended_at=timezone.now(), confirmed_by=by,
        )  # fmt: skip
        audit.record(by, "post.by_hand", self, channel=place, language=language)
        return posting

    def withdraw(self, why, *, by):
        """It is not posted. What is out cannot be taken back, only corrected."""
        self._move(self.State.WITHDRAWN, by=by, withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_why=why)

    @transaction.atomic
    def correct(self, *, by):
        """Begin the post that puts this one right."""
        if not self.is_posted:
            raise MoveNotAllowed(now_("%(thing)s is not out yet, so it can still be changed.") % {"thing": self})
        correction = Post(corrects=self, title=self.title, update=self.update, event=self.event)
        correction.write(by=by)
        return correction
