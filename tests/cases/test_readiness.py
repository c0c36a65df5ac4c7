"""The readiness gate: what opens it, what closes it again, what a supervisor may let pass and what nobody may."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases import gate, readying, scheduling, session_owed
from cases.models import (
    Case,
    ConflictDeclaration,
    Consent,
    GateOverride,
    NoticeGiven,
    Party,
    Screening,
    Session,
    Wording,
)
from cases.tasks import check_meetings_ahead
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.escalation import escalate_overdue
from notices.models import Notice, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory, book
from tests.factories.partners import OrganizationFactory
from tests.factories.readiness import consented, declared, informed, make_ready, reach, screened, wording
from tests.racing import just_before


@pytest.fixture
def sides(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


@pytest.fixture
def ready(case, sides):
    make_ready(case)
    return sides


def titles(case):
    return [check.title for check in gate.gate_of(case).missing]


def address(name, case, *more):
    return reverse(f"cases:{name}", args=[case.reference, *more])


# What opens it -----------------------------------------------------------------------------------------------
def test_everything_done_opens_the_gate_and_makes_the_case_ready(case, ready):
    assert titles(case) == []
    case.refresh_from_db()
    assert case.state == Case.State.READY
    assert {party.stage for party in Party.objects.filter(case=case)} == {Party.Stage.READY}
    assert book(case, ready).state == Session.State.PLANNED


UNDONE = {
    "was given the confidentiality notice": lambda party: party.notices_given.all().delete(),
    "was screened, alone": lambda party: party.screenings.all().delete(),
    "consented to meet": lambda party: party.consents.all().delete(),
    "declared on conflicts with": lambda party: party.declarations.all().delete(),
    "was reached": lambda party: Party.objects.filter(pk=party.pk).update(stage="invited", reached_at=None),
}


@pytest.mark.parametrize("what", UNDONE)
@pytest.mark.parametrize("side", [0, 1])
def test_each_check_alone_closes_it_and_is_named(case, ready, staff, sign_in, what, side):
    """The planted failure of each check: taken away, the booking is refused and the page names it."""
    UNDONE[what](ready[side])
    missing = [title for title in titles(case) if what in title]
    assert len(missing) == 1
    assert str(ready[side]) in missing[0]
    with pytest.raises(gate.GateClosed):
        book(case, ready)
    posted = {
        "kind": "joint", "day": (timezone.localdate() + timedelta(days=5)).isoformat(), "clock": "14:00",
        "minutes": 90, "place": "x", "parties": [party.pk for party in ready],
    }  # fmt: skip
    answer = sign_in(staff.assigned).post(address("session_book", case), posted)
    assert answer.status_code == 409
    assert f"{missing[0]}: missing" in answer.content.decode()
    assert not case.sessions.exists()


def test_without_a_facilitator_it_stays_closed(area):
    case = CaseFactory(area=area)
    PartyFactory(case=case)

    assert "Somebody facilitates" in titles(case)


def test_every_facilitator_declares_on_every_side(case, ready):
    one_more = FacilitatorFactory(case=case, part="co")

    assert titles(case) == [f"{one_more} declared on conflicts with {party}" for party in ready]
    for party in ready:
        declared(one_more, party)
    assert titles(case) == []


def test_a_side_that_joins_later_closes_it_again(case, ready):
    late = PartyFactory(case=case, responding=True)

    assert {str(late) in title for title in titles(case)} == {True}
    with pytest.raises(gate.GateClosed):
        book(case, ready)


def test_consent_before_the_notice_is_no_consent(case, sides, staff):
    party = sides[0]
    consented(party, staff.facilitator)
    informed(party, staff.facilitator)

    [check] = [
        check for check in gate.gate_of(case).missing if "consented" in check.title and str(party) in check.title
    ]
    assert check.why.startswith("The notice comes before the consent")
    assert check.lapsed is None


def test_a_minor_needs_assent_and_the_consent_of_each_guardian(case, ready, staff):
    Party.objects.filter(pk=ready[1].pk).update(is_minor=True)
    assert [title for title in titles(case) if "guardian" in title]
    guardian = PartyFactory(case=case, role="guardian", beside=ready[1])
    assert titles(case) == [f"{guardian} consented for {ready[1]} (Responding party)"]

    consented(ready[1], staff.facilitator, guardian=guardian)
    assert titles(case) == []
    consented(ready[1], staff.facilitator, answer="declined")
    assert titles(case) == [f"{ready[1]} (Responding party) consented to meet"]


def test_an_interpreter_is_found_where_one_is_needed(case, ready):
    Party.objects.filter(pk=ready[0].pk).update(needs_interpreter=True)
    assert len(titles(case)) == 1
    PartyFactory(case=case, role="interpreter", beside=ready[0])
    assert titles(case) == []


def test_screening_is_asked_again_after_each_joint_session(case, ready, staff):
    session = book(case, ready)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(seconds=1))
    session.refresh_from_db()
    scheduling.record_session(session=session, result="held", absent=[ready[1]], by=staff.assigned)

    assert [title for title in titles(case) if "screened" in title] == titles(case)
    assert len(titles(case)) == 2
    case.refresh_from_db()
    assert case.state == Case.State.IN_PROCESS
    assert [party.stage for party in Party.objects.order_by("pk")] == ["attended", "no_show"]


# What closes it again ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("reminded", [False, True])
def test_withdrawal_calls_off_joint_sessions_at_once_and_gives_no_reason(case, ready, staff, sign_in, reminded):
    session = book(case, ready)
    if reminded:
        Notice.objects.filter(ref=session.reference).update(
            state="sent", sent_at=timezone.now(), ended_at=timezone.now()
        )
    consent = ready[0].consents.get()
    answer = sign_in(staff.assigned).post(address("consent_withdraw", case, consent.handle), follow=True)

    session.refresh_from_db()
    assert session.state == Session.State.CANCELED
    assert "1 joint session was called off." in answer.content.decode()
    assert titles(case) == [f"{ready[0]} (Initiating party) consented to meet"]
    assert Notice.objects.filter(kind="cases.session_changed").count() == (2 if reminded else 0)
    case.refresh_from_db()
    assert (case.state, Party.objects.get(pk=ready[0].pk).stage) == (Case.State.SCREENING, Party.Stage.DECLINED)
    with pytest.raises(MoveNotAllowed):
        readying.withdraw_consent(
            consent=Consent.objects.get(), by=staff.assigned
        ) if Consent.objects.count() == 1 else (readying.withdraw_consent(consent=consent, by=staff.assigned))


def test_not_suitable_closes_it_for_everybody(case, ready, staff):
    session = book(case, ready)
    screened(ready[1], staff.facilitator, result="not_suitable")

    session.refresh_from_db()
    assert session.state == Session.State.CANCELED
    [check] = gate.gate_of(case).missing
    assert "Nobody can override this" in check.why
    assert check.lapsed is None


def test_a_sign_of_violence_in_a_screening_stops_everything(case, ready, staff):
    joint = book(case, ready)
    screened(ready[0], staff.facilitator, result="not_suitable", partner_violence=True, concerns=["fear"])

    case.refresh_from_db()
    joint.refresh_from_db()
    assert (case.violence_indicated, joint.state) == (True, Session.State.CANCELED)
    assert not Notice.objects.waiting().filter(kind="cases.session").exists()
    assert not Notice.objects.filter(kind="cases.session_changed").exists()
    assert Task.objects.open().filter(key__startswith="cases.tell:").count() == 2


def test_who_steps_back_leaves_the_case(case, ready, staff):
    facilitator = case.facilitators.serving().get()
    declared(facilitator, ready[0], "recused", serious=True)

    assert not case.facilitators.serving().exists()
    assert not Case.objects.visible_to(staff.facilitator).filter(pk=case.pk).exists()
    assert titles(case)[0] == "Somebody facilitates"
    assert Task.objects.open().filter(key__startswith="cases.facilitator:").count() == 1


@pytest.mark.parametrize(("who", "stays"), [("facilitator", False), ("assigned", True)])
def test_who_steps_back_is_led_to_what_they_may_still_open(case, ready, staff, sign_in, who, stays):
    person = getattr(staff, who)
    facilitator = case.facilitators.serving().get()
    if facilitator.user != person:
        facilitator = FacilitatorFactory(case=case, user=person, kind="officer", part="co")
    posted = {"party": ready[0].pk, "result": "recused"}
    answer = sign_in(person).post(address("conflict_declare", case, facilitator.handle), posted)
    assert answer.url == (case.get_absolute_url() if stays else reverse("cases:case_list"))


def test_nobody_books_on_a_consent_that_is_being_taken_back(case, ready, staff, transactional_db):
    consent = ready[0].consents.get()
    withdraw = partial(readying.withdraw_consent, consent=consent, by=staff.assigned)
    with just_before(withdraw), pytest.raises(gate.GateClosed), transaction.atomic():
        book(case, ready)


@pytest.mark.parametrize(("days", "asked"), [(8, None), (6, 7), (2.5, 3), (0.5, 1)])
def test_checks_that_are_open_again_are_asked_for_before_the_session(case, ready, staff, days, asked):
    session = book(case, ready)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(days=days))
    check_meetings_ahead()
    assert not Task.objects.filter(key__startswith="cases.gate:").exists()
    lapse_conflict(case, ready, staff)
    for _again in range(2):
        check_meetings_ahead()
    keys = Task.objects.open().filter(key__startswith="cases.gate:").values_list("key", flat=True)
    assert list(keys) == ([f"cases.gate:{session.reference}:v0:{asked}"] if asked else [])
    for facilitator in case.facilitators.serving():
        declared(facilitator, ready[0])
    check_meetings_ahead()
    assert not Task.objects.open().filter(key__startswith="cases.gate:").exists()


def test_the_facilitator_is_asked_to_screen_again_before_the_session(case, ready, staff):
    session = book(case, ready)
    task = Task.objects.get(key=f"cases.screen:{session.reference}:v0")
    assert (task.owner, task.due_at) == (staff.facilitator, session.starts_at - timedelta(days=1))
    screened(ready[0], staff.facilitator)
    task.refresh_from_db()
    assert task.state == Task.State.OPEN
    screened(ready[1], staff.facilitator)
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def screening_of(session):
    return Task.objects.get(key=f"cases.screen:{session.reference}:v0")


@pytest.mark.parametrize("how", ["dismissed", "recused"])
def test_a_facilitator_who_is_gone_is_not_the_one_to_screen(case, ready, staff, sign_in, how):
    """Nor where they stay as the officer of the case: only who facilitates opens a screening."""
    other = FacilitatorFactory(case=case, user=staff.other_mediator, part="co")
    for party in ready:
        declared(other, party)
    session, lead = book(case, ready), case.facilitators.serving().get(part="lead")
    assert screening_of(session).owner == staff.facilitator
    if how == "recused":
        declared(lead, ready[0], "recused")
    else:
        sign_in(staff.assigned).post(address("facilitator_end", case, lead.handle))

    assert screening_of(session).owner == staff.other_mediator


def test_whoever_leads_from_now_on_is_the_one_to_screen(case, ready, staff, sign_in):
    officer = FacilitatorFactory(case=case, user=staff.assigned, kind="officer", part="co")
    for party in ready:
        declared(officer, party)
    session, client = book(case, ready), sign_in(staff.supervisor)
    client.post(address("facilitator_end", case, case.facilitators.serving().get(part="lead").handle))
    assert screening_of(session).owner == staff.assigned
    posted = {"kind": "volunteer", "user": staff.other_mediator.pk, "part": "lead"}
    assert client.post(address("facilitator_add", case), posted).status_code == 302

    assert screening_of(session).owner == staff.other_mediator
    session.refresh_from_db()
    assert session.state == Session.State.PLANNED, "the declaration of the new one is owed, and nothing is called off"
    assert Task.objects.open().filter(key=f"cases.gate:{session.reference}:v0:open").exists()


def test_where_nobody_screens_a_supervisor_hears_of_it_in_time(case, ready, staff, area):
    session = book(case, ready)
    task = screening_of(session)
    assert task.escalate_at == session.starts_at - timedelta(hours=12)
    escalate_overdue(now=task.escalate_at)
    told = Task.objects.get(key=task.escalation_key)
    assert (told.role, told.area) == ("supervisor", area)
    assert [str(word) for word in (*ready, staff.facilitator) if str(word) in told.words] == []


def test_where_a_service_outside_facilitates_a_supervisor_finds_who_screens(case, ready, staff):
    lead = case.facilitators.serving().get()
    session = SessionFactory(case=case, kind="joint", parties=ready)
    type(lead).objects.filter(pk=lead.pk).update(kind="external", user=None, organization=OrganizationFactory())
    session_owed.screen_again(session)

    assert (screening_of(session).owner, screening_of(session).role) == (None, "supervisor")


def test_a_canceled_session_asks_for_no_screening(case, ready, staff):
    session = book(case, ready)
    scheduling.cancel_session(session=session, reason="The room is closed", by=staff.assigned)

    assert Task.objects.get(key=f"cases.screen:{session.reference}:v0").state == Task.State.VOID


# What a supervisor may let pass ------------------------------------------------------------------------------
def lapse_notice(case, sides, staff):
    Wording(kind="notice", language="en", body="Another").publish(by=staff.coordinator)
    return "notice", sides[0].notices_given.get().pk


def lapse_consent(case, sides, staff):
    Wording(kind="consent", language="en", body="Another").publish(by=staff.coordinator)
    return "consent", sides[0].consents.get().pk


def lapse_conflict(case, sides, staff):
    old = ConflictDeclaration.objects.filter(party=sides[0])
    old.update(at=timezone.now() - ConflictDeclaration.STANDS - timedelta(minutes=1))
    return "conflict", old.get().pk


def lapse_contact(case, sides, staff):
    day = timezone.localdate()
    type(sides[0].contact).objects.filter(pk=sides[0].contact_id).update(reconfirm_on=day)
    return "contact", f"{sides[0].handle}-{day:%Y%m%d}"


LAPSES = [lapse_notice, lapse_consent, lapse_conflict, lapse_contact]


@pytest.mark.parametrize("lapse", LAPSES)
def test_a_supervisor_lets_a_lapsed_formality_pass_with_a_reason(case, ready, staff, sign_in, lapse):
    kind, lapsed = lapse(case, ready, staff)
    # A new text lapses what both sides were given.
    both = 2 if lapse in (lapse_notice, lapse_consent) else 1
    assert len(titles(case)) == both
    page = sign_in(staff.supervisor).get(case.get_absolute_url()).content.decode()
    assert f"overrides/{kind}/{lapsed}/" in page
    answer = sign_in(staff.supervisor).post(
        address("gate_override", case, kind, lapsed), {"reason": "The court waits for us"}
    )

    assert answer.status_code == 302
    assert len(titles(case)) == both - 1
    row = GateOverride.objects.get()
    assert (row.kind, row.by, row.reason) == (kind, staff.supervisor, "The court waits for us")
    assert AuditEntry.objects.get(act="gate.override").facts == {"check": kind}


@pytest.mark.parametrize("who", ["assigned", "facilitator", "opener"])
def test_nobody_else_overrides(case, ready, staff, sign_in, who):
    kind, lapsed = lapse_notice(case, ready, staff)
    client = sign_in(getattr(staff, who))
    answer = client.post(address("gate_override", case, kind, lapsed), {"reason": "The court waits for us"})

    assert answer.status_code == 403
    assert "overrides/" not in client.get(case.get_absolute_url()).content.decode()
    assert not GateOverride.objects.exists()


def never_consent(case, sides, staff):
    return (
        "consent",
        sides[0].consents.get().pk,
        readying.withdraw_consent(consent=sides[0].consents.get(), by=staff.assigned),
    )


def never_notice(case, sides, staff):
    return "notice", sides[0].notices_given.get().pk, sides[0].notices_given.all().delete()


def never_screening(case, sides, staff):
    screened(sides[0], staff.facilitator, result="not_suitable")
    return "screening", sides[0].screenings.first().pk, None


def never_conflict(case, sides, staff):
    pk = sides[0].declarations.get().pk
    return "conflict", pk, ConflictDeclaration.objects.filter(pk=pk).update(result="recused")


@pytest.mark.parametrize("never", [never_consent, never_notice, never_screening, never_conflict])
def test_what_nobody_may_override_is_refused_to_a_supervisor_too(case, ready, staff, sign_in, never):
    kind, lapsed, _done = never(case, ready, staff)
    client, url = sign_in(staff.supervisor), address("gate_override", case, kind, lapsed)

    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "The court waits for us"}).status_code == 409
    assert not GateOverride.objects.exists()


def test_an_override_does_not_outlive_the_row_that_it_was_for(case, ready, staff):
    kind, lapsed = lapse_conflict(case, ready, staff)
    readying.override(case=case, kind=kind, lapsed=str(lapsed), reason="Only this once", by=staff.supervisor)
    assert titles(case) == []
    newer = declared(case.facilitators.serving().get(), ready[0])
    ConflictDeclaration.objects.filter(pk=newer.pk).update(at=timezone.now() - timedelta(days=29))
    ConflictDeclaration.objects.filter(pk=lapsed).update(at=timezone.now() - timedelta(days=90))
    assert titles(case) == []
    ConflictDeclaration.objects.filter(pk=newer.pk).update(at=timezone.now() - timedelta(days=31))
    assert len(titles(case)) == 1


# Screening is sealed -----------------------------------------------------------------------------------------
def test_answers_are_for_facilitators_alone(open_case, staff, sign_in):
    case = open_case()
    party = PartyFactory(case=case)
    screened(party, staff.facilitator, concerns=["weapons"], note="sealedcanary", result="suitable")
    url = address("screening_record", case, party.handle)

    page = sign_in(staff.facilitator).get(url).content.decode()
    assert "sealedcanary" in page
    assert "Weapons within reach" in page
    for who in ("assigned", "opener", "supervisor"):
        client = sign_in(getattr(staff, who))
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code == 403
        assert "sealedcanary" not in client.get(case.get_absolute_url()).content.decode()
    for who in ("coordinator", "records_officer", "former_facilitator", "colleague"):
        assert sign_in(getattr(staff, who)).get(url).status_code == 404
    facts = [entry.facts for entry in AuditEntry.objects.filter(act="screening.record")]
    assert facts == [{"result": "suitable"}]


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"result": "suitable"}, "confirm that you did"),
        ({"alone": "on"}, "Choose whether a joint session is suitable"),
        ({"alone": "on", "result": "with_changes"}, "Choose what has to be different"),
        ({"alone": "on", "result": "suitable", "changes": ["rooms"]}, "Leave these empty"),
        ({"alone": "on", "result": "suitable", "partner_violence": "on"}, "a joint session is not suitable"),
        ({"alone": "on", "result": "suitable", "concerns": ["nonsense"]}, "nonsense"),
    ],
)
def test_a_screening_that_does_not_hang_together_is_not_kept(case, sides, staff, sign_in, posted, told):
    answer = sign_in(staff.facilitator).post(address("screening_record", case, sides[0].handle), posted)

    assert told in answer.content.decode()
    assert not Screening.objects.exists()


# Conflicts ---------------------------------------------------------------------------------------------------
def test_a_serious_conflict_cannot_be_waived(case, sides, staff, sign_in):
    facilitator = case.facilitators.serving().get()
    posted = {"party": sides[0].pk, "result": "waived", "disclosed": "We were neighbors", "serious": "on"}
    answer = sign_in(staff.facilitator).post(address("conflict_declare", case, facilitator.handle), posted)

    assert "cannot be waived by anybody" in answer.content.decode()
    assert not ConflictDeclaration.objects.exists()


def test_records_tell_of_a_possible_conflict_and_of_nothing_else(case, sides, staff, sign_in):
    earlier = CaseFactory(title="About earliercanary", sealed=True)
    FacilitatorFactory(case=earlier, user=staff.facilitator)
    contact = PartyFactory(case=earlier).contact
    type(contact).objects.filter(pk=contact.pk).update(phone_e164="+12065550199", phone="206-555-0199")
    mine = sides[0].contact
    type(mine).objects.filter(pk=mine.pk).update(phone_e164="+12065550199", phone="206-555-0199")
    facilitator = case.facilitators.serving().get()
    answer = sign_in(staff.facilitator).post(
        address("conflict_declare", case, facilitator.handle), {"party": sides[0].pk, "result": "none"}, follow=True
    )

    page = answer.content.decode()
    assert "The records show a possible conflict. Talk to a supervisor" in page
    assert "earliercanary" not in page
    assert earlier.reference not in page
    assert ConflictDeclaration.objects.get().hit
    assert not declared(facilitator, sides[1]).hit


def test_nobody_declares_for_another_person(case, sides, staff, sign_in):
    facilitator = case.facilitators.serving().get()
    for who in ("assigned", "supervisor"):
        assert (
            sign_in(getattr(staff, who)).get(address("conflict_declare", case, facilitator.handle)).status_code == 403
        )


def test_the_timeline_tells_what_was_done_and_no_answer_of_a_screening(case, ready, staff, sign_in):
    screened(
        ready[0], staff.facilitator, result="with_changes", changes=["rooms"], concerns=["fear"], note="notecanary"
    )
    readying.withdraw_consent(consent=ready[1].consents.get(), by=staff.assigned)
    page = sign_in(staff.assigned).get(case.get_absolute_url() + "timeline/?show=changes").content.decode()

    for told in (
        f"{ready[0]} was given the confidentiality notice",
        f"{ready[0]} was screened: suitable with changes",
        f"{ready[1]}: agreed to take part",
        f"{ready[1]} withdrew their consent",
        f"{staff.facilitator} declared on conflicts with {ready[0]}",
    ):
        assert told in page
    for secret in ("notecanary", "Afraid of", "Separate rooms"):
        assert secret not in page


# Notice, consent and their texts -----------------------------------------------------------------------------
def test_notice_and_consent_are_recorded_with_version_and_language(case, sides, staff, sign_in):
    client, party = sign_in(staff.assigned), sides[0]
    reach(party)
    spanish = wording("notice", "es")
    client.post(address("notice_give", case, party.handle), {"wording": spanish.pk, "way": "paper"})
    posted = {
        "answer": "consented",
        "voluntary": "on",
        "mode": "verbal",
        "witness": "Ofc. B.",
        "wording": wording("consent", "es").pk,
    }
    client.post(address("consent_record", case, party.handle), posted)

    given, consent = NoticeGiven.objects.get(), Consent.objects.get()
    assert (given.wording, given.by, given.way) == (spanish, staff.assigned, "paper")
    assert (consent.wording.name, consent.witness, consent.stands) == ("consent.es.1", "Ofc. B.", True)
    assert Party.objects.get(pk=party.pk).stage == Party.Stage.INFORMED


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"answer": "consented", "mode": "signed"}, "only where they know that it is voluntary"),
        ({"answer": "consented", "voluntary": "on", "mode": "verbal"}, "Enter who heard it"),
        ({"answer": "consented", "voluntary": "on", "mode": "signed", "wording": 0}, "Select a valid choice"),
    ],
)
def test_a_consent_that_is_none_is_not_kept(case, sides, staff, sign_in, posted, told):
    posted = {"wording": wording("consent").pk} | posted
    answer = sign_in(staff.assigned).post(address("consent_record", case, sides[0].handle), posted)

    assert told in answer.content.decode()
    assert not Consent.objects.exists()


def test_an_old_version_is_not_offered(case, sides, staff, sign_in):
    old = wording("notice")
    Wording(kind="notice", language="en", body="Another").publish(by=staff.coordinator)
    sign_in(staff.assigned).post(address("notice_give", case, sides[0].handle), {"wording": old.pk, "way": "read"})

    assert not NoticeGiven.objects.exists()


def test_coordinators_publish_the_next_version_of_a_text(staff, sign_in):
    client, url = sign_in(staff.coordinator), reverse("cases:wording_publish", args=["notice", "en"])
    Wording.objects.filter(pk=wording("notice").pk).update(body="The first line\nand the second")
    same = wording("notice").body.replace("\n", "\r\n")
    assert "\r\n" in same, "a browser sends its own line ends"
    assert "Change something" in client.post(url, {"body": same}).content.decode()
    assert client.post(url, {"body": "The new notice"}).status_code == 302

    assert (wording("notice").version, wording("notice").made_by) == (2, staff.coordinator)
    assert wording("notice", "es").version == 1
    assert client.get(reverse("cases:wording_publish", args=["notice", "fr"])).status_code == 404


def test_people_beside_a_side_are_neither_screened_nor_asked(case, sides, staff, sign_in):
    supporter = PartyFactory(case=case, role="supporter", beside=sides[0])
    for name in ("screening_record", "notice_give", "consent_record"):
        assert sign_in(staff.facilitator).get(address(name, case, supporter.handle)).status_code == 404


def test_a_closed_case_takes_none_of_it(open_case, staff, sign_in):
    case = open_case(closed=True)
    party = PartyFactory(case=case)
    for name in ("screening_record", "notice_give", "consent_record"):
        assert sign_in(staff.facilitator).get(address(name, case, party.handle)).status_code == 409
    with pytest.raises(MoveNotAllowed):
        informed(party, staff.facilitator)


def test_a_disabled_facilitator_no_longer_declares(case, sides):
    gone = FacilitatorFactory(case=case, part="co", user=UserFactory(mediator=True, disabled=True))

    assert f"{gone} declared on conflicts with {sides[0]}" in titles(case)
