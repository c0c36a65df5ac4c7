"""Reminders of a member of staff, and the button "they asked us to stop"."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from core.answers import is_ours
from notices import stop
from notices.forms import SnoozeForm
from notices.models import Contact, Task
from notices.rows import TABS, task_rows, tasks_of_tab
from notices.templatetags.notices import STOP_SALT, STOP_TOKEN_AGE

PAGE = 50


def _back(request, fallback="notices:task_list"):
    """To the page that the button stood on, if it is one of ours."""
    address = request.POST.get("next", "")
    return HttpResponseRedirect(address) if is_ours(address) else redirect(fallback)


@require_safe
def task_list(request):
    """Everything that this person owes, by tab: open, overdue, snoozed, done in the last weeks."""
    tab = request.GET.get("show", "open")
    if tab not in TABS:
        raise Http404
    page = Paginator(tasks_of_tab(request.user, tab), PAGE).get_page(request.GET.get("page"))
    context = {"tab": tab, "tabs": TABS, "heading": TABS[tab], "page": page, "rows": task_rows(page.object_list)}
    return render(request, "notices/task_list.html", context)


@require_safe
def task_detail(request, handle):
    task = get_object_or_404(Task.objects.owed_by(request.user).select_related("owner", "area"), handle=handle)
    return render(request, "notices/task_detail.html", {"row": task_rows([task])[0], "form": SnoozeForm(task=task)})


@require_POST
def task_done(request, handle):
    task = get_object_or_404(Task.objects.owed_by(request.user), handle=handle)
    task.finish(by=request.user)
    return _answer(request, task, _("Done: %(task)s") % {"task": task.words})


@require_POST
def task_snooze(request, handle):
    task = get_object_or_404(Task.objects.owed_by(request.user).open(), handle=handle)
    form = SnoozeForm(request.POST, task=task)
    if not form.is_valid():
        context = {"row": task_rows([task])[0], "form": form}
        return render(request, "notices/task_detail.html", context, status=422)
    task.snooze(form.comes_back_at())
    day = date_format(form.cleaned_data["day"], pgettext("day of the week and month", "l j F"))
    return _answer(request, task, _("Put off until %(day)s: %(task)s") % {"day": day, "task": task.words})


@require_POST
def task_undo(request, handle):
    """Take back "done" or "put off", whichever it was."""
    task = get_object_or_404(Task.objects.owed_by(request.user), handle=handle)
    if task.state == Task.State.DONE:
        task.reopen(by=request.user)
    task.snooze(None)
    return _answer(request, task, "")


def _answer(request, task, said):
    """Script gets the row as it is now, with Undo in it; without script a message says so and links to the task."""
    if request.htmx:
        context = {"row": task_rows([task], said=said)[0], "back": request.htmx.current_url_abs_path}
        return render(request, "notices/_task_row.html", context)
    if said:
        link = format_html('<a href="{}">{}</a>', task_rows([task])[0].url, _("Undo"))
        messages.success(request, format_html("{} {}", said, link))
    return _back(request)


def _contact_of(request, token):
    """The contact whose signed address was made where this person may see it, and for this person alone."""
    try:
        pk, user = signing.loads(token, salt=STOP_SALT, max_age=STOP_TOKEN_AGE)
    except signing.BadSignature:
        raise BadRequest from None
    if user != request.user.pk:
        raise Http404
    return get_object_or_404(Contact, pk=pk)


@require_POST
def contact_stop(request, token):
    """They asked us to stop."""
    stop.stop_contact(_contact_of(request, token), by=request.user)
    messages.success(request, _("Nothing more is sent to them. What was waiting became a reminder of its owner."))
    return _back(request)
