from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.references import handle_field
from notices.models.contact import Channel, Contact


class NoticeQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state__in=Notice.WAITING)

    def claimable(self, now):
        """Due and free, or held by a lease that ended: its worker is gone."""
        free = Q(state=Notice.State.PENDING) | Q(state=Notice.State.LEASED, lease_until__lte=now)
        return self.filter(free, due_at__lte=now)

    def held(self, lease):
        """What this lease still holds: a notice that was voided or claimed anew meanwhile is not among it."""
        return self.filter(state=Notice.State.LEASED, lease=lease)

    def end(self, state, *, reason="", at=None):
        """End these without sending them. Returns how many."""
        return self.update(state=state, reason=reason, ended_at=at or timezone.now(), lease=None, lease_until=None)

    def free(self, **fields):
        """Let others claim these again."""
        return self.update(
            state=Notice.State.PENDING, lease=None, lease_until=None, started_at=None, ended_at=None, **fields
        )


class Notice(models.Model):
    """A message owed to a Contact. It is rendered when it is sent, from the state of that moment, and never stored.

    Its state is written by notices alone, in sets and under a lease (docs/adr/0004-outbox.md), so it has no verbs.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        BLOCKED = "blocked", _("Blocked, a person must act")
        EXPIRED = "expired", _("Too late to send")
        DEAD = "dead", _("Failed")
        VOID = "void", _("No longer wanted")

    class Reason(models.TextChoices):
        """Why a notice did not go out, in words that fit into a task."""

        NOT_TICKED = "not_ticked", _("this way is not ticked as safe")
        NO_ADDRESS = "no_address", _("there is no address for this way")
        NO_GATEWAY = "no_gateway", _("no service for this way is set up here")
        NO_WAY = "no_way", _("no way to write to them is ticked as safe")
        STOPPED = "stopped", _("they asked us to stop")
        NO_CONSENT = "no_consent", _("they have not agreed to such messages")
        RECONFIRM = "reconfirm", _("their safe-contact rules must be asked for again first")
        HOURS = "hours", _("their hours leave no time before it would be too late")
        UNSURE = "unsure", _("sending was cut off, and it may have reached them")
        REFUSED = "refused", _("their mail service refused the address")
        TRIES = "tries", _("it failed too many times")
        NO_TEXT = "no_text", _("its text could not be made")
        LATE = "late", _("it was too late to be of use")
        NEWER = "newer", _("a newer reminder of the same thing went out instead")
        CROSSED = "crossed", _("it was already on its way when it was called off")
        GIVEN_UP = "given_up", _("a coordinator gave it up")

    WAITING = (State.PENDING, State.LEASED)

    handle = handle_field()
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=60)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=8, choices=Channel, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=12, choices=Reason, blank=True, editable=False)
    posted_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="notices_notice_sent_at_follows_state",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
            ),
            models.CheckConstraint(
                name="notices_notice_ended_at_follows_state",
                condition=Q(state__in=["pending", "leased"], ended_at=None)
                | ~Q(state__in=["pending", "leased"]) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notices_notice_lease_follows_state",
                condition=Q(state="leased", lease_until__isnull=False, lease__isnull=False)
                | ~Q(state="leased") & Q(lease_until=None, lease=None),
            ),
            models.CheckConstraint(
                name="notices_notice_waits_for_a_channel",
                condition=~Q(channel="") | ~Q(state__in=["pending", "leased", "sent"]),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["pending", "leased"]), name="notices_notice_due"),
            models.Index(fields=["ref", "kind"], name="notices_notice_ref"),
            models.Index(fields=["state", "due_at"], name="notices_notice_state"),
        ]

    def __str__(self):
        return self.key
