"""The floor: what nobody can go below who signs people in and shows these rows with Django.

Session, user, the rows, a count; no shell, no forms, no rules, no partials.
"""

from django.contrib.postgres.search import SearchQuery
from django.http import HttpResponse
from django.template import engines

from cases.models import Case

PAGE = 50
LIST = engines["django"].from_string(
    "<table>{% for case in cases %}<tr><td>{{ case.reference }}</td><td>{{ case.title }}</td><td>{{ case.state }}</td>"
    "<td>{{ case.area.name }}</td><td>{{ case.assigned_to.name }}</td><td>{{ case.received_at|date:'j F Y' }}</td>"
    "<td>{{ case.last_contact_at|date:'j F Y' }}</td></tr>{% endfor %}</table><p>{{ total }}</p>"
)
DETAIL = engines["django"].from_string(
    "<h1>{{ case.title }}</h1><p>{{ case.summary }}</p>"
    "<ul>{% for entry in log %}<li>{{ entry.at|date:'j F Y' }} {{ entry.note }}</li>{% endfor %}</ul>"
)


def case_list(request):
    """Four queries: session, user, count, rows."""
    assert request.user.is_authenticated
    cases = Case.objects.select_related("area", "assigned_to").order_by("-received_at")
    return HttpResponse(LIST.render({"cases": cases[:PAGE], "total": cases.count()}, request))


def case_detail(request, reference):
    """Four queries: session, user, case, contact log."""
    assert request.user.is_authenticated
    case = Case.objects.get(reference=reference)
    return HttpResponse(DETAIL.render({"case": case, "log": case.contact_log.all()[:4]}, request))


def search(request):
    """Three queries: session, user, ranked by nothing, 25 rows."""
    assert request.user.is_authenticated
    found = Case.objects.select_related("area", "assigned_to").filter(
        vector=SearchQuery(request.GET["q"], config="english")
    )
    return HttpResponse(LIST.render({"cases": found[:25], "total": ""}, request))
