"""The page of the operation: how the engine is, what failed, what is blocked. It names no record and no resident."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from core import health as checks
from core.answers import require
from core.models import Heartbeat
from notices import health, outbox, rules
from notices.models import Notice

SHOWN = 100
CHECK_ICONS = {"good": "check-circle", "wait": "exclamation-triangle", "stop": "exclamation-circle-fill"}
CHECK_WORDS = {
    checks.OK: ("good", CHECK_ICONS["good"], _lazy("Good")),
    checks.DEGRADED: ("wait", CHECK_ICONS["wait"], _lazy("Look at it")),
    checks.FAILING: ("stop", CHECK_ICONS["stop"], _lazy("Failing")),
}


@require_safe
def operation(request):
    require(rules.can_operate(request.user), _("Coordinators look after the operation."))
    unsent = Notice.objects.select_related("owner").only(
        "handle", "kind", "channel", "reason", "due_at", "ended_at", "attempts", "state", "owner__name"
    )
    engine = health.engine()
    context = {
        "engine": engine,
        "counted": [(Notice.State(state).label, count) for state, count in engine.states.items()],
        "checks": [(name, *CHECK_WORDS[answer]) for name, answer in checks.report().items()],
        "heartbeats": Heartbeat.objects.all(),
        "dead": unsent.filter(state=Notice.State.DEAD).order_by("-ended_at", "id")[:SHOWN],
        "blocked": unsent.filter(state=Notice.State.BLOCKED).order_by("-ended_at", "id")[:SHOWN],
    }
    return render(request, "notices/operation.html", context)


@require_POST
def notice_retry(request, handle):
    return _decide(request, handle, outbox.retry, _("It is sent again now."))


@require_POST
def notice_give_up(request, handle):
    return _decide(request, handle, outbox.give_up, _("Given up. Its owner still has the reminder to act."))


def _decide(request, handle, act, said) -> HttpResponseRedirect:
    require(rules.can_operate(request.user), _("Coordinators look after the operation."))
    act(get_object_or_404(Notice, handle=handle), by=request.user)
    messages.success(request, said)
    return redirect("notices:operation")
