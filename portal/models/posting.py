import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.references import handle_field
from core.states import Stateful
from portal.models.drafted import WRITERS, by_staff


class PostingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.holds(*WRITERS) else self.none()

    def waiting(self):
        return self.filter(state=Posting.State.WAITING).order_by("queued_at", "id")

    def cut_off(self, before):
        """Begun so long ago that whoever began it is gone."""
        return self.filter(state=Posting.State.UNDER_WAY, started_at__lt=before)


class Posting(Stateful):
    """One text of a post in one channel and language: when it was given, and what came of it.

    It is given once. Where nobody knows whether the channel has it, a person looks and says so.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        UNDER_WAY = "under_way", _("Being posted")
        SENT = "sent", _("Posted")
        FAILED = "failed", _("Failed")
        UNSURE = "unsure", _("Cut off: look whether it is there")
        BY_HAND = "by_hand", _("Posted, noted by hand")

    MOVES = {
        State.WAITING: {State.FAILED, State.UNSURE},
        State.UNDER_WAY: {State.WAITING},
        State.SENT: {State.UNDER_WAY},
        State.FAILED: {State.WAITING, State.UNDER_WAY},
        State.UNSURE: {State.UNDER_WAY},
        State.BY_HAND: {State.FAILED, State.UNSURE},
    }
    TROUBLE = (State.FAILED, State.UNSURE)

    handle = handle_field()
    post = models.ForeignKey("Post", models.CASCADE, related_name="postings")
    channel = models.CharField(_("where"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("text"))
    link = models.URLField(_("address of the post"), max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = by_staff(null=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["post", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "channel", "language"], name="portal_posting_once"),
            models.CheckConstraint(
                name="portal_posting_ended_at_follows_state",
                condition=Q(state__in=["waiting", "under_way"], ended_at=None)
                | ~Q(state__in=["waiting", "under_way"]) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="portal_posting_started_before_it_is_sent",
                condition=~Q(state__in=["under_way", "sent", "unsure"]) | Q(started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="portal_posting_by_hand_says_who",
                condition=Q(state="by_hand", confirmed_by__isnull=False) | ~Q(state="by_hand") & Q(confirmed_by=None),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "queued_at"], condition=Q(ended_at=None), name="portal_posting_owed"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="text_never_changes", fields=["post", "channel", "language", "text"]),
        ]

    def __str__(self):
        return f"{self.post} {self.channel} {self.language}"

    @property
    def reference(self):
        """What the audit calls it: the post."""
        return self.post.reference

    @property
    def is_in_trouble(self):
        return self.state in self.TROUBLE

    def start(self):
        """From here on it is with the channel, or nobody knows."""
        self._move(self.State.UNDER_WAY, by="worker", started_at=timezone.now(), tries=self.tries + 1)

    def settle(self, went):
        """The channel said that it has it, or it did not."""
        self._move(self.State.SENT if went else self.State.FAILED, by="worker", ended_at=timezone.now())

    def come_late(self):
        """It waited so long for the worker that it may no longer be true."""
        self._move(self.State.FAILED, by="worker", ended_at=timezone.now())

    def be_in_doubt(self):
        """The worker died between giving it and noting so."""
        self._move(self.State.UNSURE, by="worker", ended_at=timezone.now())

    def retry(self, *, by):
        """Somebody looked, and it is not there: the worker tries again."""
        self._move(self.State.WAITING, by=by, queued_at=timezone.now(), started_at=None, ended_at=None)

    def confirm(self, *, by):
        """Somebody looked, and it is there, or posted it themselves."""
        self._move(self.State.BY_HAND, by=by, ended_at=timezone.now(), confirmed_by=by)
