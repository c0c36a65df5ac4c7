"""The gates of the matrix are shown what they must catch."""

from http import HTTPStatus

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from cases.models import Case
from liaison import urls
from tests.matrix import actors, headers, table
from tests.matrix.gate import Browser, Place, faults, registered, text_of, told_to_strangers, unclassified
from tests.matrix.listing import cells, places

pytestmark = pytest.mark.django_db


def unscoped(request, reference):
    """A view without its scope."""
    return HttpResponse(Case.objects.get(reference=reference).title)


@login_not_required
def unguarded(request):
    return HttpResponse("Everybody is welcome.")


# The site with three planted addresses. It is a URLconf: Django reads the name.
urlpatterns = [
    path("planted/", unguarded, name="planted"),
    path("nameless/", unguarded),
    path("planted/<str:reference>/", unscoped, name="planted_case"),
    path("", include(urls)),
]
PLANTED = Place("planted_case", table.of("case", actors.TEAM, 200)[0])
ROLE = Place("planted", table.role(actors.COORDINATORS, 200)[0])


@pytest.fixture
def planted():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def asked(site, place, method, actor):
    return list(faults(place, method, actor, site.ask(actor, method, place.address(place.kwargs(site.world)))))


def test_an_address_that_nobody_classified_is_caught():
    assert unclassified(registered(__name__), table.TABLE) == {"planted", "planted_case", "nameless/"}


def test_a_line_whose_address_is_gone_is_caught():
    assert unclassified(registered(), table.TABLE | {"desk:gone": table.staff(200)}) == {"desk:gone"}


def test_a_view_without_its_scope_is_caught(site, planted):
    assert asked(site, PLANTED, "GET", actors.OFFICER) == []
    assert asked(site, PLANTED, "GET", actors.OFFICER_ELSEWHERE) == [
        "GET planted_case at case answers 200 to officer elsewhere, not 404",
        "GET planted_case at case tells officer elsewhere of casecanary",
    ]


def test_a_view_without_its_guard_is_caught(site, planted):
    assert asked(site, ROLE, "GET", actors.COORDINATOR) == []
    assert asked(site, ROLE, "GET", actors.ANALYST) == ["GET planted answers 200 to analyst, not 403"]
    for actor in (actors.ANONYMOUS, actors.DISABLED, actors.HALF):
        wrong = asked(site, ROLE, "GET", actor)
        assert wrong[0] == f"GET planted answers 200 to {actor}, not 302"
        assert wrong[1].startswith(f"GET planted does not send {actor} to /accounts/")


def test_a_view_that_takes_every_method_is_caught(site, planted):
    assert asked(site, ROLE, "POST", actors.COORDINATOR) == ["POST planted answers 200 to coordinator, not 405"]


def test_what_tells_a_stranger_of_a_record_is_caught():
    assert told_to_strangers(b"<p>About CaseCanary", actors.ANALYST) == {"casecanary"}
    assert told_to_strangers(b"<p>About CaseCanary", actors.OFFICER) == set()


def test_an_answer_that_tells_what_is_there_from_what_is_not_is_caught():
    there, absent = HttpResponse("/cases/1/ is not yours"), HttpResponse("/cases/2/ does not exist")
    assert text_of(there, "/cases/1/") != text_of(absent, "/cases/2/")
    assert text_of(there, "/cases/1/?page=2") == text_of(HttpResponse("%2Fcases%2F2%2F is not yours"), "/cases/2/")


@pytest.mark.parametrize("name", [*headers.EXACT, "Content-Security-Policy", "Permissions-Policy", "Cache-Control"])
def test_a_missing_header_is_caught(under_https, name):
    answer = Browser().get("/healthz", secure=True)
    assert list(headers.faults(answer)) == []
    del answer.headers[name]
    assert list(headers.faults(answer))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("Content-Security-Policy", "default-src *"),
        ("Permissions-Policy", "camera=*"),
        ("Cache-Control", "private, max-age=60"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Server", "gunicorn"),
    ],
)
def test_a_loose_header_is_caught(under_https, name, value):
    answer = Browser().get("/healthz", secure=True)
    answer.headers[name] = value
    assert any(name.split("-")[0] in fault or "CSP" in fault for fault in headers.faults(answer))


@pytest.mark.parametrize("lacks", ["secure", "httponly", "samesite"])
def test_a_loose_cookie_is_caught(lacks):
    options = {"secure": True, "httponly": True, "samesite": "Lax"}
    answer = HttpResponse()
    answer.set_cookie("__Host-session", "x", **options)
    assert list(headers.cookie_faults(answer.cookies)) == []
    answer = HttpResponse()
    answer.set_cookie("__Host-session", "x", **(options | {lacks: "None" if lacks == "samesite" else False}))
    assert list(headers.cookie_faults(answer.cookies))


def test_a_cookie_of_no_host_is_caught():
    answer = HttpResponse()
    answer.set_cookie("session", "x", secure=True, httponly=True, samesite="Lax")
    assert list(headers.cookie_faults(answer.cookies)) == ["cookie session is not bound to the host"]


def test_every_status_of_refusal_is_met_in_the_matrix():
    """A table of pages that welcome everybody would prove nothing."""
    met = {place.line.answers(actor, method) for place, method, actor in cells(places(registered()), everybody=False)}
    assert {200, 302, 403, 404, 405, 409, 422, 400} <= met
    assert all(HTTPStatus(status) for status in met)
