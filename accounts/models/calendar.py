import uuid

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from core import audit
from core.keyed import digest, secret


class CalendarFeedQuerySet(models.QuerySet):
    def opened_by(self, token):
        """The feed behind a secret address, if its owner still works here."""
        return self.filter(token_digest=digest("calendar", token), user__is_active=True)

    @transaction.atomic
    def make(self, user):
        """A fresh address for somebody's appointments; one that they had shows nothing from now on."""
        self.filter(user=user).delete()
        feed = self.model(user=user)
        feed.token_digest = digest("calendar", feed.token)
        feed.save()
        audit.record(user, "calendar.make", user, kind=audit.Kind.ADMINISTRATION)
        return feed

    @transaction.atomic
    def end(self, user):
        """Nothing is shown under their address any more. True if there was one."""
        ended, _rows = self.filter(user=user).delete()
        if ended:
            audit.record(user, "calendar.end", user, kind=audit.Kind.ADMINISTRATION)
        return bool(ended)


class CalendarFeed(models.Model):
    """The secret address under which a member of staff reads their appointments in a calendar of their own.

    It follows from the row and a key outside the database, so it can be shown again and no copy of the database opens
    it.
    """

    # Of 5 bits each.
    TOKEN = 26

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    seed = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")

    def __str__(self):
        return str(self.user)

    @property
    def token(self):
        return secret(f"calendar {self.seed}", self.TOKEN)
