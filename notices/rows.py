"""Tasks as rows of a page: the words and addresses of each, worked out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from notices.models import Task

# How long things done are shown among the reminders.
DONE_DAYS = 14
TABS = {
    "open": pgettext_lazy("reminders", "Open"),
    "overdue": pgettext_lazy("reminders", "Overdue"),
    "snoozed": pgettext_lazy("reminders", "Put off"),
    "done": pgettext_lazy("reminders", "Done"),
}
# Until when something may be put off with one press; a day of one's own choice is on the page of the task.
UNTIL = {"1": _lazy("1 day"), "3": _lazy("3 days"), "monday": _lazy("Monday")}
DUE_ICONS = {"late": "exclamation-circle-fill", "today": "clock-history", "later": "calendar3", "ended": "check-circle"}


@dataclass(frozen=True)
class TaskRow:
    """What `notices/_task_row.html` needs of one task."""

    handle: str
    text: str
    ref: str
    link: str
    when: str
    word: str
    icon: str
    url: str
    done_url: str
    snooze_url: str
    undo_url: str
    open: bool
    asleep: str
    said: str
    labels: dict


def tasks_of_tab(user, tab, now=None):
    now = now or timezone.now()
    owed = Task.objects.owed_by(user)
    if tab == "done":
        return owed.filter(state=Task.State.DONE, ended_at__gte=now - timedelta(days=DONE_DAYS)).order_by(
            "-ended_at", "id"
        )
    if tab == "snoozed":
        return owed.open().asleep(now)
    awake = owed.open().awake(now)
    return awake.filter(due_at__lt=now) if tab == "overdue" else awake


def task_rows(tasks, *, said=""):
    """Rows of these tasks. The address prefix is reversed once, not once a row."""
    now, prefix = timezone.now(), reverse("notices:task_list")
    labels = {
        "done": _("Done"),
        "put_off": _("Put off"),
        "until": [(value, str(label)) for value, label in UNTIL.items()],
        "date": _("A date"),
        "undo": _("Undo"),
    }
    return [_row(task, now, prefix, said, labels) for task in tasks]


def _row(task, now, prefix, said, labels):
    is_open = task.state == Task.State.OPEN
    word, icon, when = urgency(task, now)
    url = f"{prefix}{task.handle}/"
    return TaskRow(
        handle=str(task.handle),
        text=task.words,
        ref=task.ref,
        link=task.link,
        when=when,
        word=word,
        icon=icon,
        url=url,
        done_url=f"{url}done/",
        snooze_url=f"{url}snooze/",
        undo_url=f"{url}undo/",
        open=is_open,
        asleep=_asleep(task, now) if is_open else "",
        said=said,
        labels=labels,
    )


def _asleep(task, now):
    if task.snoozed_until is None or task.snoozed_until <= now:
        return ""
    return _("Put off until %(day)s") % {"day": date_format(timezone.localtime(task.snoozed_until), "MONTH_DAY_FORMAT")}


def urgency(task, now):
    """Kind of word, icon and words for when a task is due."""
    if task.state != Task.State.OPEN:
        day = date_format(timezone.localtime(task.ended_at), "MONTH_DAY_FORMAT")
        words = _("Done %(day)s") if task.state == Task.State.DONE else _("No longer needed since %(day)s")
        return "good", DUE_ICONS["ended"], words % {"day": day}
    due: datetime = timezone.localtime(task.due_at)
    days = (timezone.localtime(now).date() - due.date()).days
    if days > 0:
        late = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
        return "stop", DUE_ICONS["late"], late
    if days == 0:
        return "wait", DUE_ICONS["today"], _("Today")
    return "quiet", DUE_ICONS["later"], date_format(due, "j M")
