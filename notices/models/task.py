from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.references import handle_field
from core.states import Stateful

LONGEST_TEXT, LONGEST_KEY = 200, 180
WITHOUT_OWNER = "coordinator"


def storable(value):
    """A value of a text as it is kept: words that are translated by their English, days as days, the rest as it is."""
    if isinstance(value, Promise):
        with override(None):
            return {"text": str(value)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if isinstance(value, int | dict) else str(value)


def told(text, values):
    """A text with its values, in the language that is active."""
    words = gettext(text)
    return words % {name: _readable(value) for name, value in values.items()} if values else words


def _readable(value):
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return date_format(date.fromisoformat(value["day"]), "MONTH_DAY_FORMAT")
    return told(value["text"], value.get("values", {}))


class TaskQuerySet(models.QuerySet):
    def owe(
        self, key, *, text, values=None, due_at=None, owner=None, role="", area=None, ref="", link="", escalate_at=None
    ):
        """Owe something once per key; a second call with the key changes nothing and gives the first task.

        The text is English, marked by `gettext_noop`, and what it leaves open stands in `values`: whoever causes a
        task may read another language than whoever owes it. A task whose person and role are both unknown falls to
        the coordinators, so that none is ever nobody's.
        """
        fields = {
            "text": str(text)[:LONGEST_TEXT],
            "values": {name: storable(value) for name, value in (values or {}).items()},
            "due_at": due_at or timezone.now(),
            "owner": owner,
            "role": role if owner is not None or role else WITHOUT_OWNER,
            "area": area,
            "ref": ref,
            "link": link,
            "escalate_at": escalate_at,
        }
        return self.get_or_create(key=key, defaults=fields)[0]

    def owed_by(self, user):
        """What a member of staff owes: their own tasks, and those of a role they hold in an area they serve."""
        by_role = Q(owner=None, role__in=user.roles) & (Q(area=None) | Q(area__in=user.area_ids))
        return self.filter(Q(owner=user) | by_role)

    def open(self):
        return self.filter(state=Task.State.OPEN)

    def due(self, now=None):
        """Late, or due before this day ends."""
        tonight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return self.filter(due_at__lt=tonight)

    def awake(self, now=None):
        now = now or timezone.now()
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def asleep(self, now=None):
        return self.filter(snoozed_until__gt=now or timezone.now())

    def void_for(self, ref, prefix=""):
        """What a record no longer needs: its open tasks whose key begins so. Returns how many.

        Called in the transaction of the act that made them needless, which writes the audit entry.
        """
        return (
            self.open()
            .filter(ref=ref, key__startswith=prefix)
            .update(state=Task.State.VOID, ended_at=timezone.now(), ended_by=None)
        )

    def take_up(self):
        """Those of these that were no longer needed are owed again. Returns how many."""
        return self.filter(state=Task.State.VOID).update(state=Task.State.OPEN, ended_at=None, ended_by=None)

    def finish_for(self, ref, prefix="", *, by):
        """What an act on a record has done: its open tasks whose key begins so. Returns how many."""
        return (
            self.open()
            .filter(ref=ref, key__startswith=prefix)
            .update(state=Task.State.DONE, ended_at=timezone.now(), ended_by=by)
        )

    def to_escalate(self, now):
        return self.open().filter(escalate_at__lte=now, escalated_at=None)


class Task(Stateful):
    """Something a member of staff owes: a next step, a blocked message, an item of a checklist, a reminder in the app.

    Its text names records by their reference, never people: it may escalate to somebody who may not open the record.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        VOID = "void", _("No longer needed")

    MOVES = {
        State.DONE: {State.OPEN},
        State.VOID: {State.OPEN},
        State.OPEN: {State.DONE},
    }

    handle = handle_field()
    key = models.CharField(max_length=LONGEST_KEY, unique=True)
    text = models.CharField(_("what"), max_length=LONGEST_TEXT)
    values = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    ref = models.CharField(_("record"), max_length=60, blank=True)
    link = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    role = models.CharField(max_length=20, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(_("due"))
    snoozed_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    escalate_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(name="notices_task_has_an_owner", condition=Q(owner__isnull=False) | ~Q(role="")),
            models.CheckConstraint(
                name="notices_task_ended_at_follows_state",
                condition=Q(state="open", ended_at=None) | ~Q(state="open") & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], condition=Q(state="open"), name="notices_task_owner"),
            models.Index(fields=["role", "area", "due_at"], condition=Q(state="open"), name="notices_task_role"),
            models.Index(fields=["ref"], name="notices_task_ref"),
            models.Index(
                fields=["escalate_at"], condition=Q(state="open", escalated_at=None), name="notices_task_escalate"
            ),
        ]

    def __str__(self):
        return self.words

    @property
    def words(self):
        """What to do, in the language of who reads it; text and values are stored apart, in English."""
        return told(self.text, self.values)

    @property
    def reference(self):
        """What the audit calls this task: the record it belongs to, else its key."""
        return self.ref or self.key

    def finish(self, *, by):
        self._move(self.State.DONE, by=by, ended_at=timezone.now(), ended_by=by, snoozed_until=None)
        Task.objects.void_for(self.ref, self.escalation_key)

    def reopen(self, *, by):
        """Take back a press of "done"."""
        self._move(self.State.OPEN, by=by, ended_at=None, ended_by=None)

    def snooze(self, until):
        """Hide it from My day until a moment; the list of all reminders still shows it. None wakes it."""
        self.snoozed_until = until
        self.save(update_fields=["snoozed_until"])

    @property
    def escalation_key(self):
        return f"escalated:{self.key}"[:LONGEST_KEY]
