"""The desk of a member of staff: my day, search, the lists of what there is to open and to begin."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import figures, paper_codes
from core import audit
from core.answers import require
from desk import commands, dashboard, day, finding, rail, results, rules


@require_safe
def my_day(request):
    """What this person owes, where they must be, and their cases; others find the pages of their work."""
    context = day.page(request.user)
    if rules.works_on_cases(request.user):
        context |= day.casework(request.user) | {"may_log": rail.NEW_CASE.may_open(request.user)}
    else:
        # The first group is this page and the reminders on it.
        context["groups"] = rail.groups_for(request.user)[1:]
        context["totals"] = dashboard.totals() if rules.reads_totals(request.user) else []
    return render(request, "desk/my_day.html", context)


@require_safe
def supervisor(request):
    """The caseload of the areas a supervisor serves; every number opens the list of what it counts."""
    require(rules.can_supervise(request.user), _("Supervisors see the caseload of their areas."))
    context = dashboard.page(request.user, request.GET.get("area", "")) | day.page(request.user)
    return render(request, "desk/supervisor.html", context)


@require_safe
def outcomes(request):
    """What became of the cases of the areas a supervisor serves, in a span of time."""
    require(rules.can_supervise(request.user), _("Supervisors see what became of the cases of their areas."))
    asked = request.GET.get("span", ""), request.GET.get("area", "")
    return render(request, "desk/outcomes.html", results.page(request.user, *asked))


@require_safe
def search(request):
    """Records, people in cases, and commands. A record's number alone opens the record, a paper's code its page."""
    text = request.GET.get("q", "").strip()[: finding.LONGEST]
    reference = finding.reference_in(text)
    record = finding.record(request.user, reference) if reference and len(text.split()) == 1 else None
    if place := record or paper_codes.page_of(request.user, text):
        return redirect(place)
    found = finding.found(request.user, text)
    if found:
        hits = {kind.name: len(kind.hits) for kind in found}
        audit.record(request.user, "desk.search", kind=audit.Kind.CONSULTATION, **hits)
    context = {"text": text, "found": found, "commands": commands.meant(request.user, text) if text else []}
    return render(request, "desk/search.html", context)


@require_safe
def new(request):
    """What there is to begin."""
    return render(request, "desk/new.html", {"places": rail.new_for(request.user)})


@require_safe
def choose_case(request):
    """Log a contact: in which case?"""
    require(rules.works_on_cases(request.user))
    return render(request, "desk/choose_case.html", {"cases": figures.my_cases(request.user, limit=50)})


@require_safe
def menu(request):
    """The whole rail as a page, for phones."""
    return render(request, "desk/menu.html", {"groups": rail.groups_for(request.user)})


@require_safe
def keys(request):
    """The keys that work on staff pages, and where to find help."""
    return render(request, "desk/keys.html")


@require_safe
def drafts(request):
    """What this person began to type and may go on with or throw away."""
    return render(request, "desk/drafts.html", {"drafts": day.drafts(request.user)})
