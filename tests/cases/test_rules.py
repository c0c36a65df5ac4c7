"""Who may act on a case they can see: one table for each guarded verb, with every status."""

import pytest
from django.urls import reverse

from tests.factories.cases import FacilitatorFactory, PartyFactory, SessionFactory

SEEN = {"opener", "assigned", "facilitator", "supervisor", "second_supervisor", "colleague"}
SUPERVISORS = {"supervisor", "second_supervisor"}
WORKERS = SEEN - {"colleague"}
DECIDERS = WORKERS - {"opener"}
MAY = {
    "case_edit": WORKERS,
    "case_assign": SUPERVISORS | {"assigned"},
    "case_hold": DECIDERS,
    "case_resume": DECIDERS,
    "case_refer_out": DECIDERS,
    "case_close": DECIDERS,
    "case_reopen": DECIDERS,
    "case_merge": DECIDERS,
    "case_access": DECIDERS,
    "contact_create": SEEN,
    "party_add": WORKERS,
    "party_edit": WORKERS,
    "party_remove": WORKERS,
    "facilitator_add": SUPERVISORS | {"assigned"},
    "facilitator_end": SUPERVISORS | {"assigned"},
    "session_book": WORKERS,
    "session_move": WORKERS,
    "session_cancel": WORKERS,
    "session_record": WORKERS,
}


@pytest.fixture
def addresses(open_case, staff):
    """The address of every verb on one case that the whole unit may see."""
    case = open_case(unit=True)
    party, session = PartyFactory(case=case), SessionFactory(case=case)
    further = {
        "party_edit": [party.handle],
        "party_remove": [party.handle],
        "facilitator_end": [case.facilitators.serving().get().handle],
        "session_move": [session.reference],
        "session_cancel": [session.reference],
        "session_record": [session.reference],
    }
    return {verb: reverse(f"cases:{verb}", args=[case.reference, *further.get(verb, [])]) for verb in MAY}


@pytest.mark.parametrize("verb", MAY)
def test_verbs_are_for_those_the_table_names(verb, addresses, staff, sign_in):
    expected = {name: 200 if name in MAY[verb] else 403 if name in SEEN else 404 for name in vars(staff)}

    assert {name: sign_in(user).get(addresses[verb]).status_code for name, user in vars(staff).items()} == expected


@pytest.mark.parametrize("verb", MAY)
def test_posts_are_refused_alike(verb, addresses, staff, sign_in):
    refused = {name: 403 if name in SEEN else 404 for name in vars(staff) if name not in MAY[verb]}

    assert {name: sign_in(getattr(staff, name)).post(addresses[verb], {}).status_code for name in refused} == refused


def test_the_tables_are_whole(addresses, staff):
    assert (len(MAY), len(vars(staff)), len(addresses)) == (19, 15, 19)


@pytest.mark.parametrize("address", ["case_create", "case_export"])
def test_logging_and_exporting_is_for_officers_and_supervisors(address, staff, sign_in):
    allowed = {
        name for name, user in vars(staff).items() if sign_in(user).get(reverse(f"cases:{address}")).status_code == 200
    }

    assert allowed == {
        "opener", "assigned", "colleague", "supervisor", "second_supervisor", "supervisor_elsewhere",
        "officer_elsewhere",
    }  # fmt: skip


def test_who_logged_a_case_may_assign_it_while_it_is_nobodys(open_case, staff, sign_in):
    case = open_case(assigned_to=None)
    address = reverse("cases:case_assign", args=[case.reference])
    client = sign_in(staff.opener)

    assert client.get(address).status_code == 200
    assert client.post(address, {"officer": staff.opener.pk}).status_code == 302
    case.refresh_from_db()
    assert case.assigned_to == staff.opener


def test_cases_are_given_only_to_officers_at_work_who_serve_the_area(case, staff, sign_in):
    address = reverse("cases:case_assign", args=[case.reference])
    client = sign_in(staff.supervisor)
    staff.colleague.disable(by=staff.coordinator)

    for name in ("colleague", "officer_elsewhere", "facilitator", "analyst", "nobody"):
        assert client.post(address, {"officer": getattr(staff, name).pk}).status_code == 200, name
    case.refresh_from_db()
    assert case.assigned_to == staff.assigned


def test_a_facilitator_whose_part_ended_loses_the_case(case, staff, sign_in):
    client = sign_in(staff.facilitator)
    facilitator = case.facilitators.serving().get()
    sign_in(staff.supervisor).post(reverse("cases:facilitator_end", args=[case.reference, facilitator.handle]))

    assert client.get(case.get_absolute_url()).status_code == 404


def test_one_person_facilitates_once_and_one_leads(case, staff, sign_in):
    address = reverse("cases:facilitator_add", args=[case.reference])
    client = sign_in(staff.supervisor)

    twice = client.post(address, {"kind": "volunteer", "user": staff.facilitator.pk, "part": "co"})
    second_lead = client.post(address, {"kind": "volunteer", "user": staff.other_mediator.pk, "part": "lead"})
    service = client.post(address, {"kind": "external", "user": staff.other_mediator.pk, "part": "co"})
    assert [answer.status_code for answer in (twice, second_lead, service)] == [200, 200, 200]
    assert client.post(address, {"kind": "volunteer", "user": staff.other_mediator.pk, "part": "co"}).status_code == 302
    assert case.facilitators.serving().count() == 2


def test_facilitator_factory_makes_one_who_serves(db):
    assert FacilitatorFactory().ended_at is None
