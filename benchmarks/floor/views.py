"""The floor pages. Each names the queries it may make: no more than the floors this project is measured against."""

import uuid

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import transaction
from django.db.models import F, Q, Sum
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.template import engines
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cases.models import Case, ContactAttempt, Party, Session
from core.models import AuditEntry, IdempotencyKey
from events.models import Event, Part, Registration
from events.models.registration import PEOPLE
from notices.models import Consent, Contact, Notice, OptOut, Task

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

EVENT_FIELDS = (
    "id", "title_en", "about_en", "starts_at", "minutes", "languages", "interpreters", "children", "state", "place",
    "capacity", "venue__name", "venue__address", "venue__transport", "area__name", "type__label_en",
)  # fmt: skip
EVENT = engines["django"].from_string(
    "<h1>{{ event.title_en }}</h1><dl>{% for name, value in event.items %}<dt>{{ name }}</dt><dd>{{ value }}</dd>"
    "{% endfor %}</dl><ul>{% for name in parts %}<li>{{ name }}</li>{% endfor %}</ul><p>{{ taken }}</p>"
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


HOLDING = Q(state__in=["confirmed", "offered", "attended"])


def event_page(request, reference):
    """Three queries: the event, who takes part, how many places are taken."""
    event = Event.objects.values(*EVENT_FIELDS).get(reference=reference, published_at__isnull=False)
    parts = Part.objects.filter(event=event["id"]).values_list("organization__name", flat=True)
    taken = Registration.objects.filter(HOLDING, event=event["id"]).aggregate(taken=Sum(PEOPLE))["taken"]
    return HttpResponse(EVENT.render({"event": event, "parts": parts, "taken": taken}, request))


@csrf_exempt
def register(request, reference):
    """In one transaction, with the event held, the rows that a registration is: key, contact, what they agreed to,
    the registration, the audit entry, two messages after a look at who said STOP.
    """
    with transaction.atomic():
        key = IdempotencyKey.objects.create(key=request.POST["idempotency_key"], owner="")
        event = Event.objects.select_for_update().get(reference=reference)
        taken = event.registrations.filter(HOLDING).aggregate(taken=Sum(PEOPLE))["taken"] or 0
        contact = Contact.objects.create(
            name=request.POST["called"], language=request.POST["language"], email=request.POST["email"], may_email=True
        )
        Consent.objects.create(contact=contact, purpose="events", channel="email")
        place = Registration.objects.create(
            event=event,
            contact=contact,
            adults=int(request.POST["adults"]),
            needs=request.POST.getlist("needs"),
            state="confirmed" if event.capacity is None or taken < event.capacity else "waiting",
            code_digest=uuid.uuid4().hex,
            token_digest=uuid.uuid4().hex,
        )
        AuditEntry.objects.create(kind="collection", act="registration.begin", actor="resident")
        if not OptOut.objects.filter(digest=key.key).exists():
            Notice.objects.bulk_create(
                Notice(
                    key=f"{kind}:{place.handle}", kind=kind, ref=str(place.handle), contact=contact, channel="email",
                    owner_id=event.lead_id, due_at=event.starts_at,
                )
                for kind in ("events.registered", "events.reminder")
            )  # fmt: skip
    return HttpResponseRedirect(f"/floor/event/{event.reference}/")
