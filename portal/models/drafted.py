from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from core.references import Referenced
from core.states import MoveNotAllowed, Stateful

# Who writes for residents also reads what colleagues are writing.
WRITERS = ("officer", "supervisor", "coordinator")
LANGUAGES = ("en", "es")


def by_staff(**options):
    """Which member of staff did something."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, **options)


class DraftedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.holds(*WRITERS) else self.none()


class Drafted(Referenced, Stateful):
    """A text for residents that one person writes and another lets out.

    Whoever had a hand in what waits for approval does not approve it: `writers` are these people.
    """

    owner = by_staff()
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = by_staff(null=True)
    back_note = models.CharField(_("why it was sent back"), max_length=300, blank=True, editable=False)
    back_at = models.DateTimeField(null=True, editable=False)
    back_by = by_staff(null=True)

    class Meta:
        abstract = True

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    def is_of(self, user):
        """Whether somebody had a hand in it as it stands."""
        return self.writers.filter(pk=user.pk).exists()

    def refuse_unless_draft(self):
        """What is sent for approval, approved or out is not changed under the eyes of whoever reads it."""
        if not self.is_draft:
            told = now_("%(thing)s is “%(state)s”. Only a draft can be changed.")
            raise MoveNotAllowed(told % {"thing": self, "state": self.get_state_display()})

    def lacks(self):
        """What must be written before it can be sent for approval, in words."""
        raise NotImplementedError

    def _hold(self):
        """Hold it until the transaction ends, and know how it stands."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))

    @transaction.atomic
    def _send(self, *, by):
        self._hold()
        self._move(self.State.WAITING, by=by, sent_at=timezone.now(), sent_by=by, **self._not_back())
        if missing := self.lacks():
            told = now_("%(thing)s cannot be sent for approval yet. Missing: %(what)s.")
            raise MoveNotAllowed(told % {"thing": self, "what": ", ".join(map(str, missing))})

    def _send_back(self, note, *, by, **fields):
        self._move(
            self.State.DRAFT, by=by, sent_at=None, sent_by=None, back_note=note, back_at=timezone.now(), back_by=by,
            **fields,
        )  # fmt: skip

    def _not_back(self):
        return {"back_note": "", "back_at": None, "back_by": None}

    def _refuse_if_changed(self, seen, edits):
        """Nobody approves a text that they have not read: `seen` is the count of edits that their page showed."""
        if str(edits) != seen:
            raise MoveNotAllowed(now_("%(thing)s was changed since you read it. Read it again.") % {"thing": self})
