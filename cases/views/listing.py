"""The list of cases, its saved views and its export."""

from django.contrib import messages
from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import lists, rules
from cases.act_forms import ReasonForm
from cases.filters import CaseFilter
from cases.forms import SavedViewForm
from cases.models import Case
from core import audit, csv
from core.answers import require
from core.models import SavedView

PAGE = "cases"
LEFT_OUT = ("page", "view")
LONGEST_QUERY = 500


@require_safe
def case_list(request):
    """Cases this person may open: filtered, sorted, a page at a time. The reading is recorded as one entry."""
    saved = list(SavedView.objects.filter(Q(user=request.user) | Q(shared=True), page=PAGE))
    query = _query(request, saved)
    wanted, sort = CaseFilter(query, user=request.user), lists.sort_in_force(query.get("sort", ""))
    cases = lists.ordered(wanted.apply(Case.objects.visible_to(request.user)), sort)
    page = lists.page_of(cases, query.get("page"), query.get("size"))
    audit.record(
        request.user,
        "case.list",
        kind=audit.Kind.CONSULTATION,
        reference=PAGE,
        count=page.counted,
        filter=wanted.told(),
    )
    rows = lists.rows_of(page)
    context = {
        "page": page,
        "rows": rows,
        "body": lists.drawn(rows),
        "filter": wanted,
        "sort": sort,
        "query": query.urlencode(),
    }
    context |= _surroundings(request, query, saved, wanted, sort)
    return render(request, "cases/_case_rows.html" if request.htmx else "cases/case_list.html", context)


def _surroundings(request, query, saved, wanted, sort):
    """What stands around the rows: the filter row and its chips, the headers, the saved views, the acts."""
    options = list(wanted.rows())
    return {
        "options": options,
        "chips": list(wanted.chips(options)),
        "columns": list(_columns(query, sort)),
        "sizes": lists.SIZES,
        "saved": _tabs(saved, query, request.user),
        "can_log": rules.can_log(request.user),
        "can_export": rules.can_export(request.user),
        "can_assign_several": rules.can_assign_several(request.user),
    }


def _query(request, saved):
    """What was asked for; without a question, the view that this person made their default."""
    if request.GET:
        return request.GET.copy()
    default = next((view for view in saved if view.is_default and view.user_id == request.user.pk), None)
    return QueryDict(default.query if default else "", mutable=True)


def _tabs(saved, query, user):
    here = _plain(query)
    return [
        {
            "name": view.name,
            "shared": view.shared,
            "url": f"?{view.query or 'state=open'}",
            "current": QueryDict(view.query) == here,
            "own": view.user_id == user.pk,
        }
        for view in saved
    ]


def _plain(query):
    plain = query.copy()
    for name in LEFT_OUT:
        plain.pop(name, None)
    return plain


def _columns(query, sort):
    """The headers: each sorts by a link, the one in force the other way round."""
    for key, label in lists.COLUMNS.items():
        if key not in lists.SORTS:
            yield {"label": label}
            continue
        plain = _plain(query)
        plain["sort"] = f"-{key}" if sort == key else key
        direction = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
        yield {"label": label, "url": f"?{plain.urlencode()}", "direction": direction}


@require_POST
def view_save(request):
    """Keep the filter of the list under a name."""
    require(rules.can_keep_views(request.user))
    form = SavedViewForm(request.POST)
    # Cut before it is an address: one without an end is refused as a redirect, after the view was saved.
    query = _plain(QueryDict(request.POST.get("query", ""))).urlencode()[:LONGEST_QUERY]
    address = f"{reverse('cases:case_list')}?{query}"
    if not form.is_valid():
        messages.error(request, _("The view was not saved: give it a name of at most 60 letters."))
        return redirect(address)
    form.keep(user=request.user, page=PAGE, query=query)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
    return redirect(address)


@require_POST
def view_delete(request):
    """Forget a view of one's own; no case changes by it."""
    view = get_object_or_404(SavedView, user=request.user, page=PAGE, name=request.POST.get("name", ""))
    view.delete()
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return redirect("cases:case_list")


@require_http_methods(["GET", "HEAD", "POST"])
def case_export(request):
    """The list as a file for spreadsheets: same filter, same rights; the reason and the number of rows are recorded."""
    require(rules.can_export(request.user))
    query = _plain(request.GET)
    wanted = CaseFilter(query, user=request.user)
    cases = lists.ordered(
        wanted.apply(Case.objects.visible_to(request.user)), lists.sort_in_force(query.get("sort", ""))
    )
    form, count = ReasonForm(request.POST or None), cases.count()
    if not form.is_valid():
        context = {"form": form, "count": count, "query": query.urlencode()}
        return render(request, "cases/case_export.html", context)
    facts = {"count": count, "filter": wanted.told(), "reason": form.cleaned_data["reason"]}
    audit.record(request.user, "case.export", kind=audit.Kind.DISCLOSURE, reference=PAGE, **facts)
    name = f"cases-{timezone.localdate():%Y-%m-%d}"
    return csv.download(name, lists.EXPORTED.values(), lists.exported_rows(cases))
