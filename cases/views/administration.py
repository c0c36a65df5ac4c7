"""Case administration: several cases for one officer, and duplicates that become one case."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases import assigning, comparing, lists, merging, rules
from cases.administration_forms import AssignSeveralForm, KeepForm, MergeForm
from cases.fetch import case_of
from cases.filters import CaseFilter
from cases.models import Case
from cases.opening import show
from core import audit
from core.answers import require
from core.once import once

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def case_assign_several(request):
    """Cases of the list's filter, to be ticked and given to one officer; what cannot be given is told, and why."""
    require(rules.can_assign_several(request.user))
    wanted, sort = CaseFilter(request.GET, user=request.user), lists.sort_in_force(request.GET.get("sort", ""))
    cases = list(lists.ordered(wanted.apply(assigning.assignable(request.user)), sort)[: assigning.AT_ONCE + 1])
    shown = cases[: assigning.AT_ONCE]
    form = AssignSeveralForm(request.POST or None, user=request.user, cases=shown)
    if request.method == "POST" and form.is_valid():
        officer = form.cleaned_data["officer"]
        done, skipped = assigning.assign_several(cases=form.cleaned_data["cases"], officer=officer, by=request.user)
        _tell(request, officer, done, skipped)
        return redirect(f"{request.path}?{wanted.query_string()}")
    facts = {"count": len(shown), "filter": wanted.told()}
    audit.record(request.user, "case.assign_list", kind=audit.Kind.CONSULTATION, reference="cases", **facts)
    context = {"form": form, "cases": shown, "more": len(cases) > len(shown), "query": wanted.query_string()}
    return render(request, "cases/case_assign_several.html", context)


def _tell(request, officer, done, skipped):
    """What was given, and of everything else why not."""
    if done:
        words = ngettext("%(n)s case is now with %(officer)s: %(cases)s.",
                         "%(n)s cases are now with %(officer)s: %(cases)s.", len(done))  # fmt: skip
        messages.success(request, words % {"n": len(done), "officer": officer, "cases": ", ".join(map(str, done))})
    if skipped:
        words = ngettext("%(n)s case was skipped.", "%(n)s cases were skipped.", len(skipped))
        messages.warning(request, " ".join([words % {"n": len(skipped)}, *skipped]))


@FORM
@once
def case_merge(request, reference):
    """A duplicate is merged into the case that is kept: name that one, compare the two, say why."""
    duplicate = case_of(request, reference)
    require(rules.can_decide(request.user, duplicate))
    duplicate.refuse_if_closed()
    named = request.POST or (request.GET if "keep" in request.GET else None)
    keep, form = KeepForm(named, user=request.user), MergeForm(request.POST or None)
    kept = keep.cleaned_data["keep"] if keep.is_valid() else None
    if request.method == "POST" and kept and form.is_valid():
        merging.merge(duplicate=duplicate, kept=kept, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(duplicate)s is merged into %(kept)s.") % {"duplicate": duplicate, "kept": kept})
        return redirect(kept)
    context = _compared(request, duplicate, kept) if kept else {"cases": comparing.candidates(request.user, duplicate)}
    return show(request, duplicate, "cases/case_merge.html", {"keep": keep, "form": form, "kept": kept, **context})


def _compared(request, duplicate, kept):
    """The two side by side, which opens the other one too, with what stands in the way or what moves."""
    if request.method != "POST" and kept.pk != duplicate.pk:
        audit.opened(request.user, kept, page="merge")
    obstacles = list(merging.obstacles(duplicate, kept, request.user))
    return {
        "rows": comparing.side_by_side(duplicate, kept),
        "obstacles": obstacles,
        "turned": bool(obstacles) and not any(merging.obstacles(kept, duplicate, request.user)),
        "moving": comparing.what_moves(duplicate),
        "readers": [] if obstacles else list(comparing.new_readers(duplicate, kept)),
    }


@FORM
def case_merge_undo(request, reference):
    """A merge was a mistake: the duplicate stands again, with what came from it."""
    duplicate = case_of(request, reference)
    merges = duplicate.merges.standing().filter(kept__in=Case.objects.visible_to(request.user))
    merge = get_object_or_404(merges.select_related("kept__area"))
    require(rules.can_merge(request.user, duplicate, merge.kept))
    if request.method == "POST":
        merging.undo(row=merge, by=request.user)
        messages.success(request, _("The merge is undone. %(case)s stands where it stood.") % {"case": duplicate})
        return redirect(duplicate)
    return show(request, duplicate, "cases/case_merge_undo.html", {"merge": merge, "ties": list(merging.ties(merge))})
