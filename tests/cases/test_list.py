"""The list of cases: filters, order, pages, saved views, and the file made of it."""

import csv
import io
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from areas.models import Area
from cases import lists
from cases.filters import CaseFilter
from cases.models import Case
from core.models import AuditEntry, SavedView
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory
from tests.factories.notices import TaskFactory

LIST = "/cases/"


def references(answer):
    return [row["reference"] for row in answer.context["rows"]]


@pytest.fixture
def supervisor(staff, sign_in):
    return sign_in(staff.supervisor)


@pytest.fixture
def three(area, staff):
    """Three open cases, the one longest without contact first, and a closed one."""
    now = timezone.now()
    return [
        CaseFactory(area=area, title="Fence", risk="low", received_at=now - timedelta(days=40)),
        CaseFactory(
            area=area, title="Barking", risk="high", dispute="pets", process="coaching",
            received_at=now - timedelta(days=60), last_contact_at=now - timedelta(days=20), assigned_to=staff.assigned,
        ),
        CaseFactory(area=area, title="Parking", risk="medium", state="contacting", received_at=now),
        CaseFactory(area=area, title="Settled", closed=True, received_at=now - timedelta(days=90)),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_costs_eight_queries_whatever_it_holds(count, area, staff, supervisor, django_assert_num_queries):
    CaseFactory.create_batch(count, area=area, opened_by=staff.opener, assigned_to=staff.assigned)
    supervisor.get(LIST)

    with django_assert_num_queries(8):
        answer = supervisor.get(f"{LIST}?size=50")
    assert len(answer.context["rows"]) == count


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "Fence Barking Parking"),
        ("state=open", "Fence Barking Parking"),
        ("state=contacting", "Parking"),
        ("state=closed", "Settled"),
        ("state=all", "Settled Fence Barking Parking"),
        ("risk=high", "Barking"),
        ("dispute=pets", "Barking"),
        ("process=coaching", "Barking"),
        ("silent=14", "Fence Barking"),
        ("silent=30", "Fence"),
        ("assigned=nobody", "Fence Parking"),
        ("q=bark", "Barking"),
        ("q=settl&state=all", "Settled"),
        ("overdue=1", "Parking"),
        ("sort=-contact", "Parking Barking Fence"),
        ("sort=case", "Barking Fence Parking"),
        ("sort=risk", "Barking Parking Fence"),
        ("sort=received", "Barking Fence Parking"),
        ("sort=nonsense&risk=nonsense&page=9&size=7", "Fence Barking Parking"),
    ],
)
def test_filters_and_order(query, found, three, supervisor):
    TaskFactory(ref=three[2].reference, role="supervisor", due_at=timezone.now() - timedelta(days=1))
    TaskFactory(ref=three[0].reference, role="supervisor", due_at=timezone.now() + timedelta(days=1))

    answer = supervisor.get(f"{LIST}?{query}")
    assert [row["title"] for row in answer.context["rows"]] == found.split()


def test_filter_by_officer_area_and_mine(three, area, staff, supervisor, sign_in):
    by_officer = supervisor.get(f"{LIST}?assigned={staff.assigned.reference}")
    by_area = supervisor.get(f"{LIST}?area={area.reference}")
    elsewhere = supervisor.get(f"{LIST}?area=A-00-00000")
    mine = sign_in(staff.assigned).get(f"{LIST}?mine=1")

    assert [references(answer) for answer in (by_officer, mine)] == [[three[1].reference]] * 2
    assert (len(references(by_area)), len(references(elsewhere))) == (3, 0)


def test_headers_say_how_they_sort(three, supervisor):
    page = supervisor.get(f"{LIST}?sort=-risk").content.decode()

    assert page.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in page
    assert "longest since contact first" in supervisor.get(LIST).content.decode()


def test_filters_in_force_can_be_taken_away_one_by_one(three, supervisor):
    chips = supervisor.get(f"{LIST}?risk=high&dispute=pets").context["chips"]

    assert [chip["url"] for chip in chips] == ["?dispute=pets", "?risk=high"]


def test_pages_say_where_they_stand(area, supervisor):
    CaseFactory.create_batch(60, area=area)

    second = supervisor.get(f"{LIST}?page=2").content.decode()
    assert "26 to 50 of 60" in second
    assert supervisor.get(f"{LIST}?page=99").context["page"].number == 1
    seen = [ref for number in (1, 2, 3) for ref in references(supervisor.get(f"{LIST}?page={number}"))]
    assert len(seen) == len(set(seen)) == 60


def test_counting_ends_at_a_thousand(area, supervisor, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 50)
    CaseFactory.create_batch(51, area=area)

    answer = supervisor.get(LIST)
    assert "of more than 1,000" in answer.content.decode()
    assert (answer.context["page"].count, supervisor.get(f"{LIST}?page=2").context["page"].next) == (50, 0)


def test_script_gets_the_rows_alone(three, supervisor):
    answer = supervisor.get(f"{LIST}?risk=high", headers={"HX-Request": "true"})

    assert answer.content.decode().lstrip().startswith('<div id="case-rows"')


def test_an_empty_list_says_why(supervisor):
    assert "There is no open case that you may open." in supervisor.get(LIST).content.decode()
    assert "matches these filters" in supervisor.get(f"{LIST}?risk=high").content.decode()


def test_reading_the_list_is_one_entry_without_the_words(three, supervisor, staff):
    supervisor.get(f"{LIST}?q=barking&risk=high")

    entry = AuditEntry.objects.get(act="case.list")
    assert (entry.actor, entry.facts) == (staff.supervisor.email, {"count": 1, "filter": {"q": "…", "risk": "high"}})


# Saved views --------------------------------------------------------------------------------------------------------
def test_views_are_saved_shared_and_one_is_the_default(three, staff, supervisor, sign_in):
    save = reverse("cases:view_save")
    supervisor.post(save, {"name": "High risk", "query": "risk=high&page=3", "shared": "on", "is_default": "on"})
    supervisor.post(save, {"name": "Silent", "query": "silent=30", "is_default": "on"})
    supervisor.post(save, {"name": "Silent", "query": "silent=14", "is_default": "on"})

    assert {view.name: (view.query, view.is_default) for view in SavedView.objects.all()} == {
        "High risk": ("risk=high", False),
        "Silent": ("silent=14", True),
    }
    assert len(references(supervisor.get(LIST))) == 2
    others = sign_in(staff.opener).get(LIST).context["saved"]
    assert [view["name"] for view in others] == ["High risk"]
    sign_in(staff.opener).post(reverse("cases:view_delete"), {"name": "High risk"})
    assert SavedView.objects.count() == 2
    supervisor.post(reverse("cases:view_delete"), {"name": "Silent"})
    assert len(references(supervisor.get(LIST))) == 3


def test_a_view_of_an_endless_filter_is_saved_as_far_as_it_fits(supervisor):
    answer = supervisor.post(reverse("cases:view_save"), {"name": "Long", "query": "q=" + "é" * 1_000})

    assert (answer.status_code, len(SavedView.objects.get().query)) == (302, 500)


def test_a_view_without_a_name_is_not_saved(supervisor):
    answer = supervisor.post(reverse("cases:view_save"), {"name": "", "query": "risk=high"}, follow=True)

    assert "was not saved" in answer.content.decode()
    assert not SavedView.objects.exists()


# Export -------------------------------------------------------------------------------------------------------------
def test_the_file_holds_what_the_list_shows_and_is_recorded(three, staff, supervisor):
    Case.objects.filter(pk=three[1].pk).update(title="=cmd|' /C calc'!A0")
    address = f"{reverse('cases:case_export')}?risk=high"

    assert "1 case, as filtered" in supervisor.get(address).content.decode()
    assert supervisor.post(address, {"reason": ""}).status_code == 200
    answer = supervisor.post(address, {"reason": "Yearly report to the council"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"cases-{timezone.localdate():%Y-%m-%d}.csv" in answer.headers["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Case"] for row in rows] == [three[1].reference]
    assert rows[0]["Short name"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["Risk"] == "High risk"
    entry = AuditEntry.objects.get(act="case.export")
    assert (entry.kind, entry.facts["count"], entry.facts["reason"]) == (
        "disclosure",
        1,
        "Yearly report to the council",
    )


def test_the_file_holds_no_case_that_is_not_theirs(three, staff, sign_in, open_case):
    open_case(sealed=True)
    answer = sign_in(staff.supervisor_elsewhere).post(reverse("cases:case_export"), {"reason": "Yearly report"})

    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 1


def test_an_export_of_no_columns_about_people():
    assert not {"summary", "place", "parties", "contact_log"} & set(lists.EXPORTED)


@pytest.mark.parametrize(
    ("role", "status"),
    [("officer", 302), ("supervisor", 302), ("mediator", 302), ("analyst", 403), ("records_officer", 403)],
)
def test_only_those_who_have_cases_keep_views_of_them(db, sign_in, role, status):
    user = UserFactory(**{role: True})

    answer = sign_in(user).post(reverse("cases:view_save"), {"name": "Mine", "shared": "on", "query": "risk=high"})

    assert answer.status_code == status
    assert user.saved_views.count() == (status == 302)


@pytest.mark.parametrize("who", ["supervisor", "assigned"])
def test_areas_and_officers_to_choose_from_are_those_that_the_models_know(case, staff, who):
    user = getattr(staff, who)
    UserFactory(officer=True, name="Ofc. Gone").disable(by=staff.supervisor)
    UserFactory(mediator=True)
    options = {row["name"]: row["choices"] for row in CaseFilter(QueryDict(""), user=user).rows()}

    areas = Area.objects.filter(pk__in=user.area_ids).order_by("name", "reference")
    assert options["area"][1:] == list(areas.values_list("reference", "name"))
    officers = User.objects.active().with_role(Role.OFFICER).order_by("name", "reference")
    known = list(officers.values_list("reference", "name")) if user.is_supervisor else None
    assert options.get("assigned", [None, None])[2:] == (known or [])
    assert (known is None) == ("assigned" not in options)
