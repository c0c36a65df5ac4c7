"""The pages of a records officer: the audit, the history of a record, retention and legal holds."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import audit, csv, history, privacy, retention, rules
from core.answers import require
from core.models import AuditEntry, Heartbeat, LegalHold
from core.numbers import whole
from core.once import once
from core.record_forms import AuditFilter, LegalHoldForm, ReasonForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
PAGE, COUNTED = 50, 1_000
# More rows make no file that a person can read; narrow the filter.
LONGEST_EXPORT = 200_000


@require_safe
def audit_list(request):
    """The audit, newest first. Reading it is an act of the audit too: the filter and how much it found."""
    require(rules.can_read_audit(request.user))
    form = AuditFilter(request.GET)
    entries = form.entries()
    found = entries[: COUNTED + 1].count()
    page = list(older_than(entries, request.GET.get("before", ""))[: PAGE + 1])
    audit.record(request.user, "audit.list", kind=audit.Kind.CONSULTATION, filter=form.chosen(), found=found)
    context = {
        "form": form,
        "entries": lines(page[:PAGE]),
        "older": place(page[PAGE - 1]) if len(page) > PAGE else "",
        "found": min(found, COUNTED),
        "more": found > COUNTED,
        "is_filtered": bool(form.chosen()),
    }
    return render(request, "core/audit_list.html", context)


def place(entry):
    """Where a page ends, for the address of the next one."""
    return f"{entry.at.isoformat()}~{entry.pk}"


def older_than(entries, before):
    """The entries after a page's end; all of them where the address holds nonsense."""
    moment, _tilde, pk = before.partition("~")
    try:
        at, pk = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return entries
    return entries.filter(at__lte=at).exclude(at=at, pk__gte=pk) if at.tzinfo else entries


def lines(entries):
    """Entries with what a row needs in words."""
    kinds, names = dict(audit.Kind.choices), kind_names()
    tracked = {label for label, model in named_models().items() if history.events_of(model)}
    for entry in entries:
        entry.kind_name = kinds.get(entry.kind, entry.kind)
        entry.object_name = names.get(entry.object_type, entry.object_type)
        entry.words = facts_in_words(entry.facts)
        entry.has_history = entry.object_type in tracked
        yield entry


def named_models():
    return {model._meta.label_lower: model for model in privacy.declarations}


def kind_names():
    return {label: model._meta.verbose_name for label, model in named_models().items()}


def facts_in_words(facts):
    """The facts of an entry in one line; they are states, counts, reasons and references."""
    return "; ".join(f"{name}: {_flat(value)}" for name, value in facts.items() if value not in ("", None, {}, []))


def _flat(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@FORM
def audit_export(request):
    """The filtered audit as a table, with a reason; the export is a disclosure on record before its first row."""
    require(rules.can_read_audit(request.user))
    filtering, back = AuditFilter(request.GET), f"{reverse('core:audit_list')}?{request.GET.urlencode()}"
    form = ReasonForm(request.POST or None, submit=_("Download the table"), cancel=back)
    count = filtering.entries()[: LONGEST_EXPORT + 1].count()
    if request.method == "POST" and form.is_valid() and count <= LONGEST_EXPORT:
        return exported(request, filtering, form.cleaned_data["reason"], count)
    context = {
        "form": form,
        "count": count,
        "longest": LONGEST_EXPORT,
        "too_long": count > LONGEST_EXPORT,
        "back": back,
    }
    return render(request, "core/audit_export.html", context)


def exported(request, filtering, reason, count):
    facts = {"reason": reason, "filter": filtering.chosen(), "rows": count}
    audit.record(request.user, "audit.export", kind=audit.Kind.DISCLOSURE, **facts)
    header = ["at", "who", "kind", "act", "record", "reference", "facts", "request", "entry"]
    rows = (
        [
            entry.at.isoformat(), entry.actor, entry.kind, entry.act, entry.object_type, entry.reference,
            facts_in_words(entry.facts), entry.request_id, entry.pk,
        ]
        for entry in filtering.entries().iterator(chunk_size=2_000)
    )  # fmt: skip
    return csv.download("audit", header, rows)


@require_safe
def history_detail(request, label, reference):
    """When a record changed, by whom, and which fields; the values stay in the record's own pages."""
    require(rules.can_read_audit(request.user))
    model = named_models().get(label)
    pk = pk_of(model, reference) if model is not None and history.events_of(model) else None
    if pk is None:
        raise Http404
    audit.record(request.user, "history.open", kind=audit.Kind.CONSULTATION, reference=reference, of=label)
    changes = [(change, field_names(model, change)) for change in history.changes_of(model, pk)]
    context = {"kind": model._meta.verbose_name, "reference": reference, "changes": changes}
    return render(request, "core/history_detail.html", context)


def pk_of(model, reference):
    """The key of a record by what the audit calls it, also where the row itself is gone."""
    for event in history.events_of(model):
        if any(field.name == "reference" for field in event._meta.fields):
            return event.objects.filter(reference=reference).values_list("pgh_obj_id", flat=True).first()
        key = whole(reference)
        if key and event.objects.filter(pgh_obj_id=key).exists():
            return key
    return None


def field_names(model, change):
    return [model._meta.get_field(name).verbose_name for name in change.fields] if change.what == "update" else []


@require_safe
def retention_list(request):
    """What is kept, how long, what is due, and what legal holds keep."""
    require(rules.can_keep_retention(request.user))
    context = {
        "lines": retention.report(),
        "kept": privacy.kept(),
        "holds": LegalHold.objects.standing().select_related("placed_by"),
        "kinds": kind_names(),
        "last": Heartbeat.objects.filter(name=retention.HEARTBEAT).first(),
        "purges": AuditEntry.objects.filter(act="retention.purge")[:20],
    }
    return render(request, "core/retention_list.html", context)


@FORM
@once
def hold_create(request):
    """Place a legal hold on a record."""
    require(rules.can_keep_retention(request.user))
    form = LegalHoldForm(request.POST or None, cancel=reverse("core:retention_list"))
    if request.method == "POST" and form.is_valid():
        hold = form.save(by=request.user)
        messages.success(request, _("%(record)s is kept until the hold is lifted.") % {"record": hold})
        return redirect("core:retention_list")
    return render(request, "core/hold_create.html", {"form": form})


@FORM
def hold_lift(request, label, reference):
    """Lift a legal hold, after a page that says what follows."""
    require(rules.can_keep_retention(request.user))
    hold = get_object_or_404(LegalHold.objects.standing(), Q(object_type=label, reference=reference))
    if request.method == "POST":
        hold.lift(by=request.user)
        messages.success(request, _("The hold on %(record)s is lifted.") % {"record": hold})
        return redirect("core:retention_list")
    return render(request, "core/hold_lift.html", {"hold": hold, "kind": kind_names().get(label, label)})
