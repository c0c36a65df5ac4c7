"""Several cases for one officer: who is offered it, what is given, what is skipped and why, and what is never told."""

import pytest
from django.urls import reverse

from cases import actions, assigning, unsealing
from cases.models import Case, ConflictDeclaration
from core.models import AuditEntry
from notices.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory

PAGE = "/cases/assign/"


@pytest.fixture
def client(staff, sign_in):
    return sign_in(staff.supervisor)


@pytest.fixture
def cases(area, staff):
    """Three open cases of the area: nobody's, the assigned officer's, nobody's."""
    owners = (None, staff.assigned, None)
    return [CaseFactory(area=area, opened_by=staff.opener, assigned_to=owner) for owner in owners]


def officers_of(cases):
    by_pk = dict(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "assigned_to"))
    return [by_pk[case.pk] for case in cases]


def give(client, officer, *cases, **more):
    references = [getattr(case, "reference", case) for case in cases]
    return client.post(PAGE, {"case": references, "officer": officer.pk} | more, follow=True)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_it_is_for_supervisors_and_offered_to_them(staff, sign_in):
    answers = {name: sign_in(user).get(PAGE).status_code for name, user in vars(staff).items()}
    offered = {name for name, user in vars(staff).items() if PAGE in sign_in(user).get("/cases/").content.decode()}

    supervisors = {"supervisor", "second_supervisor", "supervisor_elsewhere"}
    assert {name for name, status in answers.items() if status == 200} == supervisors == offered
    assert set(answers.values()) == {200, 403}


def test_the_list_hands_its_filter_on(cases, client):
    page = client.get("/cases/?risk=high&state=open").content.decode()

    assert f"{PAGE}?risk=high&amp;state=open" in page


def test_it_shows_what_the_filter_finds_and_this_person_may_assign(area, staff, client, cases):
    CaseFactory(area=area, closed=True)
    CaseFactory(area=area, sealed=True, assigned_to=staff.assigned)
    CaseFactory(assigned_to=staff.assigned)

    assert {case.pk for case in client.get(f"{PAGE}?state=all").context["cases"]} == {case.pk for case in cases}
    assert [case.pk for case in client.get(f"{PAGE}?assigned={staff.assigned.reference}").context["cases"]] == [
        cases[1].pk
    ]
    entry = AuditEntry.objects.filter(act="case.assign_list").latest("id")
    assert (entry.kind, entry.facts["count"]) == ("consultation", 1)


def test_at_most_fifty_are_shown_with_a_word_about_the_rest(area, client, cases):
    assert "only the first" not in client.get(PAGE).content.decode()
    CaseFactory.create_batch(48, area=area)
    answer = client.get(PAGE)

    assert len(answer.context["cases"]) == 50
    assert "only the first 50 are shown" in answer.content.decode()


def test_it_offers_the_officers_whom_one_case_would_be_offered(area, staff, client, cases):
    form = client.get(PAGE).context["form"]
    alone = client.get(reverse("cases:case_assign", args=[cases[0].reference])).context["form"]

    assert set(form.fields["officer"].queryset) == set(alone.fields["officer"].queryset)
    assert staff.officer_elsewhere not in form.fields["officer"].queryset


def test_the_ticked_ones_are_given_with_what_is_owed_to_them(staff, client, cases):
    first, second, third = cases
    for case in (first, third):
        Task.objects.owe(f"cases.assign:{case.reference}:0", text="Assign", role="supervisor", ref=case.reference)
    answer = give(client, staff.colleague, first, second)

    assert officers_of(cases) == [staff.colleague.pk, staff.colleague.pk, None]
    assert "2 cases are now with" in said(answer)
    assert {first.reference, second.reference} <= set(said(answer).replace(",", " ").replace(".", " ").split())
    assert "skipped" not in said(answer)
    assert {task.ref for task in Task.objects.open().filter(key__startswith="cases.assign:")} == {third.reference}
    assert Task.objects.open().filter(key__startswith="cases.first_contact:", owner=staff.colleague).count() == 2
    assert AuditEntry.objects.filter(act="case.assign", actor=staff.supervisor.email).count() == 2


def test_all_that_were_shown_are_given_without_a_tick(staff, client, cases):
    shown = [case.reference for case in cases[:2]]
    answer = client.post(PAGE, {"shown": shown, "all": "1", "officer": staff.colleague.pk}, follow=True)

    assert officers_of(cases) == [staff.colleague.pk, staff.colleague.pk, None]
    assert "2 cases are now with" in said(answer)
    page = client.get(PAGE).content.decode()
    assert 'name="all" value="1"' in page
    assert page.count('type="hidden" name="shown"') == 3


def test_without_a_case_or_an_officer_nothing_is_given(staff, client, cases):
    for posted in ({"officer": staff.colleague.pk}, {"case": [cases[0].reference]}):
        answer = client.post(PAGE, posted)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert 'id="error-summary"' in answer.content.decode()
    assert officers_of(cases) == [None, staff.assigned.pk, None]


def test_what_was_ticked_stays_ticked_when_the_officer_is_missing(client, cases):
    page = client.post(PAGE, {"case": [cases[0].reference]}).content.decode()

    assert page.count(" checked") == 1


def test_each_one_skipped_is_told_with_the_reason_and_the_rest_is_given(area, staff, client, cases):
    closed, theirs, fine = cases
    elsewhere = AreaFactory(name="Harbor")
    staff.supervisor.set_areas([area, elsewhere], by=staff.coordinator)
    other = CaseFactory(area=elsewhere)
    actions.close_case(case=closed, reason="coaching", by=staff.supervisor)
    answer = give(client, staff.assigned, closed, theirs, fine, other)

    assert officers_of([closed, theirs, fine, other]) == [None, staff.assigned.pk, staff.assigned.pk, None]
    assert "3 cases were skipped." in said(answer)
    assert f"{closed} is closed. Reopen it first." in said(answer)
    assert f"{theirs}: {staff.assigned} has it already." in said(answer)
    assert f"{other}: {staff.assigned} does not serve Harbor." in said(answer)


def test_who_stepped_back_for_a_conflict_is_not_given_the_case(area, staff, client, cases):
    case = cases[0]
    facilitator = FacilitatorFactory(case=case, user=staff.colleague, kind="officer", ended_at=case.opened_at)
    declared = {"facilitator": facilitator, "party": PartyFactory(case=case), "by": staff.colleague}
    ConflictDeclaration.objects.create(result=ConflictDeclaration.Result.RECUSED, **declared)
    answer = give(client, staff.colleague, *cases[:2])

    assert officers_of(cases) == [None, staff.colleague.pk, None]
    assert f"{case}: {staff.colleague} stepped back from it for a conflict of interest." in said(answer)


def test_a_supervisor_who_opened_a_sealed_case_gives_it_to_another_and_never_to_themselves(staff, client, open_case):
    case = open_case(sealed=True)
    unsealing.break_glass(case=case, reason="The officer is ill for weeks", by=staff.supervisor)

    answer = give(client, staff.supervisor, case)
    assert "nobody takes it themselves" in said(answer)
    assert officers_of([case]) == [staff.assigned.pk]
    give(client, staff.colleague, case)
    assert officers_of([case]) == [staff.colleague.pk]


@pytest.mark.parametrize("kind", ["foreign", "sealed", "absent", "nonsense"])
def test_references_beyond_reach_are_answered_alike_and_by_nothing(area, staff, client, cases, kind):
    hidden = {
        "foreign": CaseFactory(title="Hidden quarrel"),
        "sealed": CaseFactory(area=area, sealed=True, title="Hidden quarrel"),
    }
    named = hidden[kind].reference if kind in hidden else {"absent": "M-26-00000", "nonsense": "a\x00' OR 1=1"}[kind]
    answer = give(client, staff.colleague, named, named, cases[0])

    assert officers_of(cases)[0] == staff.colleague.pk
    assert officers_of(hidden.values()) == [None, None]
    assert named not in answer.content.decode()
    assert "Hidden quarrel" not in answer.content.decode()
    assert "skipped" not in said(answer)
    alone = give(client, staff.colleague, named)
    assert "Choose at least one case" in alone.content.decode()


def test_ten_thousand_references_are_refused_and_more_than_a_page_are_cut_off(area, staff, client, cases):
    answer = client.post(PAGE, {"case": [f"M-26-{n:05}" for n in range(10_000)], "officer": staff.colleague.pk})
    assert answer.status_code == 400

    many = [f"M-26-{n:05}" for n in range(60)]
    answer = give(client, staff.colleague, *many, cases[0])
    assert "Choose at least one case" in answer.content.decode()
    assert officers_of(cases) == [None, staff.assigned.pk, None]


def test_an_officer_beyond_reach_is_no_choice(staff, client, cases):
    for name in ("officer_elsewhere", "facilitator", "analyst"):
        assert give(client, getattr(staff, name), cases[0]).context["form"].errors, name
    assert officers_of(cases) == [None, staff.assigned.pk, None]


def test_one_that_fails_takes_no_other_with_it(staff, cases):
    """Each is given in a transaction of its own."""
    stale = Case.objects.get(pk=cases[0].pk)
    actions.close_case(case=cases[0], reason="coaching", by=staff.supervisor)
    done, skipped = assigning.assign_several(cases=[stale, cases[2]], officer=staff.colleague, by=staff.supervisor)

    assert (done, len(skipped)) == ([cases[2]], 1)
    assert officers_of(cases)[2] == staff.colleague.pk


def test_a_case_that_may_be_opened_and_not_assigned_is_skipped(staff):
    """Who logged a case reads it, also after it went to an area that they do not serve."""
    supervisor = UserFactory(supervisor=True, areas=[AreaFactory()])
    case = CaseFactory(opened_by=supervisor, assigned_to=None)
    done, skipped = assigning.assign_several(cases=[case], officer=staff.assigned, by=supervisor)

    assert (done, skipped) == ([], [f"{case}: you may open it and not assign it."])


def test_who_hands_a_case_over_is_led_to_what_they_may_still_open(area, staff, sign_in):
    ours = CaseFactory(area=area, opened_by=staff.opener, assigned_to=staff.assigned)
    own = CaseFactory(area=area, opened_by=staff.assigned, assigned_to=staff.assigned)
    client = sign_in(staff.assigned)
    led = [
        client.post(reverse("cases:case_assign", args=[case.reference]), {"officer": staff.colleague.pk}).url
        for case in (ours, own)
    ]

    assert led == [reverse("cases:case_list"), own.get_absolute_url()]
