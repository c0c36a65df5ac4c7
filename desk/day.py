"""My day: what somebody owes now, today and this week, and where they must be."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import unsent
from cases import figures
from cases.lists import STATE_ICONS, STATE_KINDS
from core import drafts as core_drafts
from core.templatetags.liaison import word
from notices.models import Task
from notices.rows import TaskRow, task_rows

# A page is read from the top: what does not fit is one link away.
NOW_AT_MOST, WEEK_AT_MOST = 25, 15
WEEK = timedelta(days=7)
# Between these hours a night's work is going on.
EVENING, MORNING = time(18), time(6)
DRAFTS = {
    "cases:case_create": _lazy("New case"),
    "cases:case_edit": _lazy("Edit of a case"),
    "cases:contact_create": _lazy("Contact"),
    "cases:party_add": _lazy("New party"),
    "cases:party_edit": _lazy("Edit of a party"),
    "cases:session_book": _lazy("Appointment"),
    unsent.FORM: _lazy("Typed when your session ended"),
}


@dataclass(frozen=True)
class Owed:
    """The tasks of My day: rows of what is late or due today, rows of the week, and how many there are of each."""

    now: list[TaskRow]
    week: list[TaskRow]
    overdue: int
    today: int
    coming: int
    all: int


def page(user):
    """What everybody has on their desk."""
    now = timezone.now()
    return {"now": timezone.localtime(now), "owed": owed(user, now), "drafts": drafts(user)}


def casework(user):
    """What those who work on cases have beside it."""
    found = appointments(user)
    planned = sum("appointment" in row for row in found)
    return {"on_cases": True, "appointments": found, "planned_today": planned, "cases": my_cases(user)}


def midnight(now=None, days=0):
    """The beginning of today here, or of another day counted from it."""
    today = timezone.localdate(now) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(today, datetime.min.time()))


def owed(user, now=None):
    """What this person owes, in three queries however much it is."""
    now = now or timezone.now()
    today, tomorrow, week = midnight(now), midnight(now, 1), midnight(now) + WEEK
    tasks = Task.objects.owed_by(user).open().awake(now)
    counts = tasks.aggregate(
        overdue=Count("pk", filter=Q(due_at__lt=today)),
        today=Count("pk", filter=Q(due_at__gte=today, due_at__lt=tomorrow)),
        coming=Count("pk", filter=Q(due_at__gte=tomorrow, due_at__lt=week)),
        all=Count("pk"),
    )
    return Owed(
        now=task_rows(tasks.filter(due_at__lt=tomorrow)[:NOW_AT_MOST]),
        week=task_rows(tasks.filter(due_at__gte=tomorrow, due_at__lt=week)[:WEEK_AT_MOST]),
        **counts,
    )


def working_day(now):
    """From midnight to midnight; in the evening and at night the whole of a night's work, which crosses midnight."""
    clock = timezone.localtime(now).time()
    starts, ends = midnight(now), midnight(now, 1)
    if clock < MORNING:
        starts = at(now, -1, EVENING)
    elif clock >= EVENING:
        ends = at(now, 1, MORNING)
    return starts, ends


def at(now, days, clock):
    """A clock time here, so many days from today."""
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=days), clock))


def other_day(moment, now):
    """ "Yesterday" or "Tomorrow" for what lies across midnight, else nothing."""
    days = (timezone.localdate(moment) - timezone.localdate(now)).days
    return {-1: _("Yesterday"), 1: _("Tomorrow")}.get(days, "")


def appointments(user, now=None):
    """Today by the clock, with a line between what has begun and what is to come."""
    now = now or timezone.now()
    rows = [
        {"appointment": one, "over": one.ends_at <= now, "day": other_day(one.starts_at, now)}
        for one in figures.appointments_of(user, *working_day(now))
    ]
    begun = sum(row["appointment"].starts_at <= now for row in rows)
    if rows:
        rows.insert(begun, {"now": timezone.localtime(now)})
    return rows


def my_cases(user, now=None):
    """Rows of the table of one's own cases, longest since contact first."""
    now = now or timezone.now()
    return [
        {
            "line": line,
            "stage": word(STATE_KINDS.get(line.state, "info"), STATE_ICONS[line.state], line.state_label),
            "quiet": (now - line.quiet_since).days,
            "next": date_format(timezone.localtime(line.next_at), "j M, H:i") if line.next_at else "",
        }
        for line in figures.my_cases(user)
    ]


def drafts(user):
    """What somebody began to type and may go on with. What they had typed when a session ended has its own page."""
    return [
        {
            "name": DRAFTS.get(draft.form, _("A form")),
            "subject": "" if draft.form == unsent.FORM else draft.subject,
            "url": reverse("accounts:unsent") if draft.form == unsent.FORM else draft.path,
            "saved_at": draft.saved_at,
            "form": draft.form,
            "can_go": draft.form != unsent.FORM,
        }
        for draft in core_drafts.of(user).defer("fields")
    ]
