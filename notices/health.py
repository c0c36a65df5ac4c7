"""How the engine of messages and reminders is."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import health
from core.models import Heartbeat
from notices import outbox, walltime
from notices.models import Notice, Task
from notices.models.task import WITHOUT_OWNER

TICK = "notices.tick"
# The tick comes every 30 seconds; ten of them missing is no accident.
SILENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Engine:
    """What the page of the operation shows of the outbox."""

    last_tick: datetime | None
    stopped: bool
    due: int
    oldest_due: datetime | None
    states: dict

    @property
    def lag(self):
        """How long the oldest due message has waited."""
        return timezone.now() - self.oldest_due if self.oldest_due else timedelta(0)


def last_tick():
    return Heartbeat.objects.filter(name=TICK).values_list("at", flat=True).first()


def engine_stopped(now=None):
    """Nothing has ticked for some minutes; of an engine that never ticked, whether something waits for it."""
    now = now or timezone.now()
    ticked = last_tick()
    if ticked is not None:
        return now - ticked > SILENCE
    return Notice.objects.claimable(now - SILENCE).exists()


def engine():
    """The figures of the outbox, in three queries."""
    now = timezone.now()
    due = Notice.objects.claimable(now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    counted = dict(Notice.objects.order_by().values_list("state").annotate(Count("pk")))
    return Engine(
        last_tick=last_tick(),
        stopped=engine_stopped(now),
        due=due["count"],
        oldest_due=due["oldest"],
        states={state: counted.get(state, 0) for state in Notice.State},
    )


def tell_of_silence(now=None):
    """The engine was stopped and somebody must know: a task and a mail to the coordinators, once for each silence.

    The worker calls this when it is back, and `manage.py engine_check` while it is away. True if it is or was silent.
    """
    now = now or timezone.now()
    ticked = last_tick()
    if ticked is None or now - ticked <= SILENCE:
        return False
    since = timezone.localtime(ticked).strftime("%Y-%m-%d %H:%M")
    Task.objects.owe(
        f"notices.engine:{since}",
        text=gettext_noop("The reminder engine stood still since %(since)s. Look whether messages went out late."),
        values={"since": since},
        role=WITHOUT_OWNER,
        link=reverse("notices:operation"),
    )
    for person in get_user_model().objects.active().with_role(WITHOUT_OWNER).select_related("contact"):
        outbox.post(
            f"notices.engine:{since}:{person.contact_id}",
            contact=person.contact,
            kind="notices.engine",
            ref=since,
            owner=person,
        )
    return True


def tell_of_failures(now=None):
    """Messages failed for good today: one task a day for the coordinators, who can see why and send them again."""
    day = timezone.localdate(now)
    midnight = walltime.local_to_utc(day, time.min)
    if Notice.objects.filter(state=Notice.State.DEAD, ended_at__gte=midnight).exists():
        Task.objects.owe(
            f"notices.failed:{day}",
            text=gettext_noop("Messages failed for good on %(day)s. See why, and send them again or give them up."),
            values={"day": day},
            role=WITHOUT_OWNER,
            link=reverse("notices:operation"),
        )


@health.check("reminders", needs_database=True)
def reminders():
    """A dead worker delays messages; pages are served all the same."""
    return health.DEGRADED if engine_stopped() else health.OK
