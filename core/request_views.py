"""Requests by people: a records officer records and matches, a second person decides, the worker does it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit, people, rules
from core.answers import require
from core.models import PersonRequest
from core.once import once
from core.record_forms import FindingsForm, PersonRequestForm, ReasonForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 200


def request_of(request, reference):
    rows = PersonRequest.objects.visible_to(request.user).select_related("asked_by", "approved_by", "refused_by", "job")
    return get_object_or_404(rows, reference=reference)


@require_safe
def request_list(request):
    """Open requests first, then those that ended; who they are about stands on their own pages alone."""
    require(rules.can_see_requests(request.user))
    rows = PersonRequest.objects.visible_to(request.user).select_related("asked_by")
    context = {
        "open": rows.open().order_by("received_on", "pk"),
        "ended": rows.exclude(pk__in=rows.open())[:SHOWN],
        "may_create": rules.can_keep_requests(request.user),
    }
    return render(request, "core/request_list.html", context)


@FORM
@once
def request_create(request):
    """Write down that somebody asks."""
    require(rules.can_keep_requests(request.user))
    form = PersonRequestForm(request.POST or None, cancel=reverse("core:request_list"))
    if request.method == "POST" and form.is_valid():
        row = form.save(by=request.user)
        messages.success(request, _("Request %(reference)s is recorded.") % {"reference": row})
        return redirect(row)
    return render(request, "core/request_create.html", {"form": form})


@require_safe
def request_detail(request, reference):
    row = request_of(request, reference)
    audit.opened(request.user, row)
    return render(request, "core/request_detail.html", _context(request, row))


def _context(request, row):
    return {
        "row": row,
        "findings": row.findings.all(),
        "may_keep": rules.can_keep_requests(request.user),
        "may_approve": rules.can_approve_request(request.user, row),
        "may_refuse": rules.can_refuse_request(request.user, row),
        "left": people.left_texts(row) if row.kind == PersonRequest.RequestKind.ERASURE else [],
        "is_copy": row.kind == PersonRequest.RequestKind.COPY,
        "file": row.job.result if row.job is not None else None,
        "job": row.job,
        "is_approved": row.state == PersonRequest.State.APPROVED,
    }


@require_POST
def request_match(request, reference):
    """Run the one match; it is run on a request alone, so this is no way to look people up."""
    row = request_of(request, reference)
    require(rules.can_keep_requests(request.user))
    people.match(row, by=request.user)
    return redirect(row)


@require_POST
def request_choose(request, reference):
    """Keep which finds are the person who asks."""
    row = request_of(request, reference)
    require(rules.can_keep_requests(request.user))
    form = FindingsForm(request.POST, request=row)
    if form.is_valid():
        row.choose(form.cleaned_data["chosen"], by=request.user)
        messages.success(request, _("Saved. A second person can decide now."))
    return redirect(row)


@require_POST
def request_approve(request, reference):
    row = request_of(request, reference)
    require(rules.can_approve_request(request.user, row), _("A second person has to approve this request."))
    try:
        people.approve(row, by=request.user, seen=request.POST.get("seen", ""))
    except people.ChoiceChanged as refusal:
        # Shown anew, it is an opening like any other: what is ticked may be news.
        audit.opened(request.user, row)
        messages.warning(request, str(refusal))
        return render(request, "core/request_detail.html", _context(request, row), status=409)
    messages.success(request, _("Request %(reference)s is approved.") % {"reference": row})
    return redirect(row)


@FORM
def request_refuse(request, reference):
    row = request_of(request, reference)
    require(rules.can_refuse_request(request.user, row))
    form = ReasonForm(request.POST or None, submit=_("Refuse the request"), cancel=row.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        people.refuse(row, form.cleaned_data["reason"], by=request.user)
        return redirect(row)
    return render(request, "core/request_refuse.html", {"form": form, "row": row})


@require_POST
def request_begin(request, reference):
    """Have the worker start again, where it failed or nobody fetched the copy in time."""
    row = request_of(request, reference)
    require(rules.can_keep_requests(request.user))
    people.begin(row)
    return redirect(row)


@require_POST
def request_download(request, reference):
    """Hand the copy out, once: the file is deleted with this answer."""
    row = request_of(request, reference)
    require(rules.can_keep_requests(request.user))
    name, content = people.hand_over(row, by=request.user)
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
