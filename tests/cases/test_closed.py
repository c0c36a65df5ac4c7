"""What a closed case takes no more, on every path: the page, a form filled before, a race with whoever closes it."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, scheduling
from cases.models import Case, Facilitator, Party, Session
from core.states import MoveNotAllowed
from notices.models import Contact
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, ContactAttemptFactory, PartyFactory, SessionFactory
from tests.factories.notices import ContactFactory
from tests.racing import just_before

SAID = "is closed. Reopen it first."


def forms(staff):
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    return {
        "case_assign": {"officer": staff.colleague.pk},
        "party_add": {
            "party-role": "responding",
            "contact-name": "Sam Example",
            "contact-language": "en",
            "contact-phone": "206-555-0123",
            "contact-may_call": "on",
            "contact-agreed": "on",
        },  # fmt: skip
        "facilitator_add": {"kind": "volunteer", "part": "co", "user": staff.other_mediator.pk},
        "session_book": {"kind": "call", "day": day, "clock": "14:00", "minutes": 60, "place": "phone"},
    }


@pytest.mark.parametrize("name", ["case_assign", "party_add", "facilitator_add", "session_book"])
def test_closed_cases_refuse_the_page_and_the_form(open_case, staff, sign_in, name):
    case, client, fields = open_case(closed=True), sign_in(staff.supervisor), forms(staff)[name]
    address = reverse(f"cases:{name}", args=[case.reference])
    kept = [model.objects.count() for model in (Party, Facilitator, Session, Contact)]

    for answer in (
        client.get(address),
        client.post(address, fields),
        client.post(address, {"idempotency_key": str(uuid.uuid4()), **fields}),
    ):
        assert answer.status_code == 409
        assert SAID in answer.content.decode()

    case.refresh_from_db()
    assert case.assigned_to == staff.assigned
    assert [model.objects.count() for model in (Party, Facilitator, Session, Contact)] == kept


@pytest.mark.parametrize("name", ["case_assign", "party_add", "facilitator_add", "session_book"])
def test_the_same_forms_serve_an_open_case(open_case, staff, sign_in, name):
    """The fields above are right, so that what refuses them is the closing alone."""
    address = reverse(f"cases:{name}", args=[open_case().reference])

    assert sign_in(staff.supervisor).post(address, forms(staff)[name]).status_code == 302


def test_the_verbs_refuse_whoever_calls_them(open_case, staff):
    case = open_case()
    stale = Case.objects.get(pk=case.pk)
    actions.close_case(case=case, reason=Case.ClosingReason.COACHING, by=staff.supervisor)
    party = PartyFactory.build(case=stale, contact=ContactFactory())
    facilitator = Facilitator(case=stale, kind="volunteer", part="co", user=staff.other_mediator)

    for verb in (
        lambda: actions.assign(case=stale, officer=staff.colleague, by=staff.supervisor),
        lambda: party.join(by=staff.supervisor),
        lambda: facilitator.begin(by=staff.supervisor),
    ):
        stale.state = Case.State.INTAKE
        with pytest.raises(MoveNotAllowed, match="Reopen it first"):
            verb()


@pytest.mark.django_db(transaction=True)
def test_who_assigns_while_another_closes_is_told(sign_in):
    case = CaseFactory(area=AreaFactory())
    supervisor, officer = UserFactory(supervisor=True, areas=[case.area]), UserFactory(officer=True, areas=[case.area])
    closing = Case.objects.get(pk=case.pk)

    with just_before(lambda: actions.close_case(case=closing, reason="coaching", by=supervisor)):
        answer = sign_in(supervisor).post(reverse("cases:case_assign", args=[case.reference]), {"officer": officer.pk})

    assert (answer.status_code, SAID in answer.content.decode()) == (409, True)
    case.refresh_from_db()
    assert (case.is_closed, case.assigned_to) == (True, None)


def test_a_call_after_the_closing_is_still_written_down(open_case, staff, sign_in):
    """People call when a case is closed, and what they said must reach the log; only reopening makes it work again."""
    case = open_case(closed=True)
    address = reverse("cases:contact_create", args=[case.reference])

    assert sign_in(staff.assigned).post(address, {"way": "call", "result": "spoke"}).status_code == 302
    case.refresh_from_db()
    assert (case.is_closed, case.contact_log.count()) == (True, 1)


def test_the_page_of_a_closed_case_offers_none_of_them(open_case, staff, sign_in):
    case = open_case(closed=True)
    page = sign_in(staff.supervisor).get(case.get_absolute_url()).content.decode()

    for name in forms(staff):
        assert reverse(f"cases:{name}", args=[case.reference]) not in page
    assert reverse("cases:contact_create", args=[case.reference]) in page


# The checklist -----------------------------------------------------------------------------------------------
def test_an_appointment_without_a_result_is_recorded_before_the_close(case, staff, sign_in):
    begun = timezone.now() - timedelta(hours=3)
    session = SessionFactory(case=case, starts_at=begun)
    client, url = sign_in(staff.assigned), reverse("cases:case_close", args=[case.reference])
    page = client.get(url).content.decode()
    assert f"appointments/{session.reference}/record/" in page
    assert client.post(url, {"reason": "improved"}).status_code == 409
    case.refresh_from_db()
    assert not case.is_closed

    scheduling.record_session(session=session, result="held", absent=[], by=staff.assigned)
    assert client.post(url, {"reason": "improved"}).status_code == 302


def test_the_page_says_who_was_not_told_and_that_a_court_date_is_ahead(case, staff, sign_in):
    told, silent = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    ContactAttemptFactory(case=case, party=told)
    type(case).objects.filter(pk=case.pk).update(court_on=timezone.localdate() + timedelta(days=9))
    page = sign_in(staff.assigned).get(reverse("cases:case_close", args=[case.reference])).content.decode()

    assert f"?party={silent.handle}" in page
    assert f"?party={told.handle}" not in page
    assert "Put the case on hold until then instead" in page
