"""Where a party stands: what they reached and when, on the page of the party."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import actions, agreeing, following, readying
from cases.models import Agreement, Consent, ContactAttempt, FollowUpAnswer, NoticeGiven, Party, Screening
from cases.standing import steps_of
from tests.factories.cases import PartyFactory, SessionFactory
from tests.factories.partners import OrganizationFactory
from tests.factories.readiness import consented, informed, make_ready, screened

NOW = timezone.now()


@pytest.fixture
def party(case):
    return PartyFactory(case=case, added_at=days_ago(60))


def days_ago(days):
    return NOW - timedelta(days=days)


def words(party):
    party.refresh_from_db()
    return [label for label, _at in steps_of(party)]


def try_to_reach(party, result, days):
    attempt = ContactAttempt(case=party.case, party=party, way="call", result=result, at=days_ago(days))
    actions.log_contact(attempt=attempt, by=party.case.opened_by)


def met(party, kind, state, absent=(), days=1):
    session = SessionFactory(
        case=party.case, kind=kind, parties=[party], starts_at=days_ago(days), state=state,
        recorded_at=NOW, recorded_by=party.case.opened_by,
    )  # fmt: skip
    session.absent.set(absent)


def test_who_was_only_named_is_identified(party):
    assert steps_of(party) == [("Identified", party.added_at)]


def test_the_first_message_invites_and_who_answers_is_reached(party):
    try_to_reach(party, "no_answer", 50)
    assert words(party) == ["Identified", "Not reached"]
    for days in (40, 30):
        try_to_reach(party, "left_message", days)
    try_to_reach(party, "spoke", 20)
    try_to_reach(party, "no_answer", 10)
    party.refresh_from_db()
    assert steps_of(party) == [
        ("Identified", party.added_at), ("Invited", days_ago(40)), ("Reached", days_ago(20)),
    ]  # fmt: skip


def test_of_tries_that_failed_the_last_counts(party):
    for days in (50, 45):
        try_to_reach(party, "wrong_address" if days == 50 else "no_answer", days)
    party.refresh_from_db()
    assert steps_of(party)[1:] == [("Not reached", days_ago(45))]


def test_every_stage_up_to_the_follow_up_has_its_day(case, party, staff):
    other = PartyFactory(case=case, responding=True)
    make_ready(case)
    met(party, "joint", "held")
    agreement = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    agreeing.record(agreement=agreement, by=staff.assigned)
    answer = FollowUpAnswer(follow_up=agreement.follow_ups.first(), party=party, holding="held", mode="call")
    following.answer(answer, {}, by=staff.assigned)

    assert words(party) == [
        "Identified", "Attended: Joint session", "Informed", "Screened", "Consented", "Ready", "Followed up",
    ]  # fmt: skip
    told = dict(steps_of(party))
    rows = ((NoticeGiven, "Informed"), (Screening, "Screened"), (Consent, "Consented"), (FollowUpAnswer, "Followed up"))
    assert {name: told[name] for _model, name in rows} == {
        name: model.objects.get(party=party).at for model, name in rows
    }
    assert "Attended: Joint session" not in dict(steps_of(other))


def test_a_consent_that_was_taken_back_stays_with_the_day_it_ended(party, staff):
    consent = consented(party, staff.facilitator)
    readying.withdraw_consent(consent=consent, by=staff.assigned)
    assert words(party) == ["Identified", "Consented", "Withdrew consent"]


def test_declining_and_a_guardian_are_named(case, staff):
    minor = PartyFactory(case=case, is_minor=True)
    guardian = PartyFactory(case=case, role="guardian", beside=minor)
    consented(minor, staff.facilitator, guardian=guardian)
    consented(minor, staff.facilitator, answer="declined")
    assert words(minor) == ["Identified", "Consented: Parent or guardian", "Declined"]


@pytest.mark.parametrize(
    ("state", "absent", "told"),
    [
        ("held", False, ["Attended: Circle or conference"]),
        ("held", True, ["No-show: Circle or conference"]),
        ("no_show", True, ["No-show: Circle or conference"]),
        # The other did not come, so there was nothing to attend.
        ("no_show", False, []),
        ("ended_for_safety", False, ["Attended: Circle or conference"]),
    ],
)
def test_who_came_and_who_did_not(party, state, absent, told):
    met(party, "circle", state, absent=[party] if absent else [])
    assert words(party)[1:] == told


def test_what_is_only_planned_or_of_somebody_else_is_no_step(case, party, staff):
    SessionFactory(case=case, parties=[party])
    other = PartyFactory(case=case, responding=True)
    informed(other, staff.facilitator)
    try_to_reach(other, "left_message", 5)
    assert words(party) == ["Identified"]


def test_the_page_shows_the_days_to_the_team_and_no_result_of_the_screening(party, staff, sign_in):
    screened(
        party, staff.facilitator, concerns=["fear"], result="with_changes", changes=["rooms"], note="privatecanary"
    )
    for user in (staff.assigned, staff.facilitator):
        page = sign_in(user).get(party.get_absolute_url()).content.decode()
        panel = page.partition('id="h-stands"')[2].partition("</section>")[0]
        assert "Screened" in panel
        for word in ("Suitable", "Afraid", "Separate rooms", "privatecanary"):
            assert word not in page


def test_a_page_asks_once_however_much_happened(party, staff):
    with CaptureQueriesContext(connection) as little:
        steps_of(party)
    for days in (9, 8, 7):
        informed(party, staff.facilitator)
        screened(party, staff.facilitator)
        met(party, "call", "held", days=days)
    with CaptureQueriesContext(connection) as much:
        assert len(steps_of(party)) >= 10
    assert (len(little), len(much)) == (1, 1)


def test_a_party_may_stand_for_an_organization(case, staff, sign_in):
    """The form offers it, and the case names it beside the person who speaks for it."""
    housing, party = OrganizationFactory(name="Elm Housing"), PartyFactory(case=case, contact__name="Ines R.")
    client = sign_in(staff.assigned)
    assert "Elm Housing" in client.get(party.get_absolute_url()).content.decode()
    posted = {
        "party-role": party.role, "party-organization": housing.pk, "party-version": party.version,
        "contact-name": "Ines R.", "contact-language": "en", "contact-no_safe_phone": "on",
    }  # fmt: skip
    answer = client.post(party.get_absolute_url(), posted, follow=True)

    assert Party.objects.get(pk=party.pk).organization == housing
    assert "Initiating party, Elm Housing" in answer.content.decode()
    assert "Ines R., Elm Housing" in client.get(party.get_absolute_url()).content.decode()
