"""What a proxy or a container asks: does the process live, and may it be sent visitors?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core import health


@login_not_required
@require_safe
def healthz(request):
    """The process answers. Nothing else is looked at, so that a database that is down restarts no web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """Each check in a word; 503 when one of them fails, 200 when pages can be served, even if somebody must look."""
    answers = health.report()
    worst = next((word for word in (health.FAILING, health.DEGRADED) if word in answers.values()), health.OK)
    return JsonResponse({"status": worst, **answers}, status=503 if worst == health.FAILING else 200)
