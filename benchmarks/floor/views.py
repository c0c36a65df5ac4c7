"""The floor pages. Each names the queries it may make: no more than the floors this project is measured against."""

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.template import engines
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cases.models import Case, ContactAttempt, Party, Session
from core.models import AuditEntry, IdempotencyKey
from notices.models import Task

PAGE, TOP = 50, 25
ROW = (
    "<tr><td>{{ case.reference }}</td><td>{{ case.title }}</td><td>{{ case.state }}</td><td>{{ case.risk }}</td>"
    "<td>{{ case.access }}</td><td>{{ case.area__name }}</td><td>{{ case.assigned_to__name }}</td>"
    "<td>{{ case.last_contact_at|date:'j F Y' }}</td><td>{{ case.received_at|date:'j F Y' }}</td></tr>"
)
FIELDS = (
    "reference", "title", "state", "risk", "access", "area__name", "assigned_to__name", "last_contact_at", "received_at"
)  # fmt: skip
ONE = engines["django"].from_string("<h1>{{ case.reference }}</h1><p>{{ user.name }}</p>")
LIST = engines["django"].from_string(
    f"<table>{{% for case in cases %}}{ROW}{{% endfor %}}</table><p>{{{{ total }}}}</p>"
)
DETAIL_FIELDS = (
    *FIELDS, "id", "summary", "process", "dispute", "source", "source_detail", "place", "violence_indicated",
    "court_place", "court_on", "first_contact_at", "reopened_count", "opened_by__name", "held_until", "hold_reason",
)  # fmt: skip
DETAIL = engines["django"].from_string(
    "<h1>{{ case.title }}</h1><dl>{% for name, value in case.items %}<dt>{{ name }}</dt><dd>{{ value }}</dd>"
    "{% endfor %}</dl><ul>{% for row in rows %}<li>{{ row.0|date:'j F Y' }} {{ row.1 }} {{ row.2 }} "
    "{{ row.3 }} {{ row.4 }}</li>{% endfor %}</ul>"
)


def signed_in(view):
    """Session and user: the two queries every page of staff begins with."""

    def answer(request, *args, **kwargs):
        return view(request, *args, **kwargs) if request.user.is_authenticated else HttpResponseForbidden()

    return answer


def alive(request):
    return HttpResponse()


@signed_in
def one(request):
    """Three queries: session, user, one indexed row."""
    case = Case.objects.values("reference", "title").get(reference=request.GET["case"])
    return HttpResponse(ONE.render({"case": case}, request))


@signed_in
def case_list(request):
    """Four queries: session, user, count, rows."""
    cases = Case.objects.open().order_by("quiet_since", "id")
    context = {"total": cases.count(), "cases": cases.values(*FIELDS)[:PAGE]}
    return HttpResponse(LIST.render(context, request))


SESSIONS = (Session, "starts_at", "kind", "state", "place", "booked_by__name")


def _hanging_on(case, *more):
    """The people of a case and its contact log, in one query."""
    parts = [
        (Party, "added_at", "role", "stage", "access_needs", "contact__name"),
        (ContactAttempt, "at", "way", "result", "note", "by__name"),
        *more,
    ]
    first, *others = [model.objects.filter(case=case).order_by().values_list(*fields) for model, *fields in parts]
    return first.union(*others, all=True)


@signed_in
def case_detail(request, reference):
    """Four queries: session, user, the case, what hangs on it."""
    case = Case.objects.values(*DETAIL_FIELDS).get(reference=reference)
    return HttpResponse(DETAIL.render({"case": case, "rows": _hanging_on(case["id"])}, request))


@signed_in
def case_full(request, reference):
    """Four queries as well, with all appointments beside all notes."""
    case = Case.objects.values(*DETAIL_FIELDS).get(reference=reference)
    return HttpResponse(DETAIL.render({"case": case, "rows": _hanging_on(case["id"], SESSIONS)}, request))


@signed_in
def search(request):
    """Three queries: session, user, the best 25 of all that match."""
    query = SearchQuery(request.GET["q"], config="english")
    found = Case.objects.filter(vector=query).annotate(rank=SearchRank(F("vector"), query)).order_by("-rank", "id")
    return HttpResponse(LIST.render({"cases": found.values(*FIELDS)[:TOP]}, request))


@csrf_exempt
@signed_in
def log_case(request):
    """Session and user, then in one transaction the rows that a logged case is: key, case, audit entry, task."""
    with transaction.atomic():
        key = IdempotencyKey.objects.create(key=request.POST["idempotency_key"], owner=str(request.user.pk))
        case = Case.objects.create(
            title=request.POST["title"],
            source=request.POST["source"],
            dispute=request.POST["dispute"],
            process=request.POST["process"],
            area_id=request.POST["area_id"],
            place=request.POST["place"],
            summary=request.POST["summary"],
            opened_by=request.user,
        )
        AuditEntry.objects.create(kind="collection", act="case.open_case", actor=request.user.email)
        Task.objects.create(
            key=f"floor:{key.key}", text="Assign", role="supervisor", ref=case.reference, due_at=timezone.now()
        )
    return HttpResponseRedirect(f"/floor/detail/{case.reference}/")
