"""Every page about a case is an opening of it, whatever may be done there: one entry of the audit for one GET."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import audit
from core.models import AuditEntry

READS = ("GET", "HEAD")


def show(request, case, template, context, **answer):
    """Answer with a page about a case, named in the audit by its address. A post that is shown again is no opening."""
    if request.method in READS:
        audit.opened(request.user, case, page=request.resolver_match.url_name.removeprefix("case_"))
    return render(request, template, {"case": case, **context}, **answer)


def hand_out(request, case, content, name, **facts):
    """Answer with a paper of a case as a file, which is an opening of it too."""
    audit.opened(request.user, case, page=request.resolver_match.url_name, **facts)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def is_open(request, case):
    """Whether this is a part of a page that the person has open, as a header alone would have us believe."""
    lately = timezone.now() - settings.SESSION_ABSOLUTE
    openings = AuditEntry.objects.filter(actor=request.user.audit_name, act="case.open", at__gt=lately)
    return bool(request.htmx) and openings.filter(reference=case.reference).exists()
