"""The calendar of a partner: a file is uploaded, looked through, and then taken as drafts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from events import importing, rules
from events.import_forms import ImportForm
from events.models import CalendarImport

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
NOTES = {
    "calendars": gettext_lazy("The file holds several calendars: the entries of all are here."),
    "bare": gettext_lazy("The file has no frame of a calendar around its entries. They are read all the same."),
    "decoded": gettext_lazy("The file is not in UTF-8. Look at its accents and quotation marks."),
    "cut": gettext_lazy("The file holds more than 500 entries. The first 500 are here."),
}


@FORM
@once
def import_create(request):
    """Upload a file; nothing is made of it yet."""
    require(rules.can_plan(request.user))
    form = ImportForm(
        request.POST or None, request.FILES or None, user=request.user, cancel=reverse("events:event_list")
    )
    if request.method == "POST" and form.is_valid():
        row = form.save(commit=False)
        row.upload(by=request.user)
        return redirect(row)
    return render(request, "events/import_create.html", {"form": form})


def _import(request, handle):
    rows = CalendarImport.objects.visible_to(request.user).select_related("organization", "area", "type")
    return get_object_or_404(rows, handle=handle)


@require_safe
def import_detail(request, handle):
    """What each entry becomes, or why not."""
    row = _import(request, handle)
    found = importing.lines(row, request.user)
    counts = {word: sum(line.becomes == word for line in found) for word in importing.Becomes}
    context = {
        "row": row,
        "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "notes": [NOTES[code] for code in row.notes],
        "counts": [(importing.CHIPS[word][2], count) for word, count in counts.items() if count],
        "may_take": row.taken_at is None and counts["new"] + counts["changed"] > 0,
        "prefix": reverse("events:event_list"),
    }
    return render(request, "events/import_detail.html", context)


@require_POST
def import_take(request, handle):
    """Make drafts of the entries, and change those that were made before."""
    row = _import(request, handle)
    counts = importing.take(row=row, by=request.user)
    told = {"new": counts["new"], "changed": counts["changed"]}
    messages.success(request, _("New drafts: %(new)s. Changed drafts: %(changed)s.") % told)
    return redirect(row)
