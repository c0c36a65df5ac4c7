"""Agencies joined to a case: who may join one, what it reads by its link and when, what it writes, what it owes."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, agreeing, belonging, joining, people
from cases.models import AgencyLink, AgencyUpdate, Agreement, Case, JoinedAgency, Signature, Term
from core.models import AuditEntry, IdempotencyKey
from core.states import MoveNotAllowed
from notices.models import Task
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory
from tests.factories.partners import OrganizationFactory
from tests.proof.test_closed_account import places_of

TODAY = timezone.localdate
SEES = ["summary", "stage", "appointments", "agreement"]


@pytest.fixture
def sides(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


@pytest.fixture
def landlord(db):
    return OrganizationFactory(name="Harbor Housing")


@pytest.fixture
def agency(case, sides, landlord, staff):
    """With everything to see, and the consent of both sides."""
    wanted = JoinedAgency(
        case=case, organization=landlord, person="Ana Example", purpose="Repairs", sees=SEES,
        starts_on=TODAY(), ends_on=TODAY() + timedelta(days=30),
    )  # fmt: skip
    return joining.join(agency=wanted, consented=sides, by=staff.assigned)


@pytest.fixture
def link(agency, staff):
    return agency.issue_link(by=staff.assigned)


def posted(landlord, sides, **more):
    return {
        "organization": landlord.pk, "person": "Ana Example", "purpose": "Repairs", "sees": ["summary", "stage"],
        "starts_on": TODAY().isoformat(), "ends_on": (TODAY() + timedelta(days=30)).isoformat(),
        "consented": [side.pk for side in sides], **more,
    }  # fmt: skip


def as_it_stands(agency, **more):
    """What the page of an agency would post, changed by `more`."""
    return {
        "seen": agency.changed, "person": agency.person, "purpose": agency.purpose, "sees": agency.sees,
        "starts_on": agency.starts_on.isoformat(), "ends_on": agency.ends_on.isoformat(),
        "consented": list(agency.consented.values_list("pk", flat=True)), **more,
    }  # fmt: skip


def address(name, case, *parts):
    return reverse(f"cases:{name}", args=[case.reference, *parts])


def page_of(link, client):
    return client.get(link.address).content.decode()


def of_agency(agency, what):
    return Task.objects.open().filter(key__startswith=f"cases.agency:{agency.handle}:{what}:")


# Joining


def test_an_officer_joins_an_agency_and_the_case_shows_it(case, sides, landlord, staff, sign_in):
    client = sign_in(staff.assigned)
    assert "Join an agency" in client.get(case.get_absolute_url()).content.decode()
    shown = client.post(address("agency_join", case), posted(landlord, sides), follow=True).content.decode()

    joined = JoinedAgency.objects.get()
    assert "Harbor Housing is joined" in shown
    assert (joined.by, joined.sees, set(joined.consented.all())) == (staff.assigned, ["summary", "stage"], set(sides))
    page = client.get(case.get_absolute_url()).content.decode()
    assert joined.get_absolute_url() in page
    assert "Harbor Housing joined as an agency" in page
    entry = AuditEntry.objects.get(act="agency.join")
    assert (entry.kind, entry.reference, entry.facts["consented"]) == ("collection", case.reference, 2)
    assert "Ana" not in str(entry.facts)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"organization": ""}, "Choose the agency"),
        ({"person": " "}, "Enter who reads and writes for the agency"),
        ({"purpose": ""}, "Enter what it is for"),
        ({"sees": []}, "Tick what it may see"),
        ({"sees": ["notes"]}, "notes is not one of the available choices"),
        ({"ends_on": (TODAY() - timedelta(days=1)).isoformat()}, "Enter a day that is not before the first"),
        ({"ends_on": "2026-13-45"}, "Enter a real date"),
        (
            {"starts_on": "2026-01-01", "ends_on": (TODAY() - timedelta(days=1)).isoformat()},
            "Enter a day that has not passed",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(case, sides, landlord, staff, sign_in, wrong, told):
    answer = sign_in(staff.assigned).post(address("agency_join", case), posted(landlord, sides) | wrong)

    assert told in answer.content.decode()
    assert not JoinedAgency.objects.exists()


def test_only_sides_of_the_case_consent_and_only_active_organizations_join(case, sides, landlord, staff, sign_in):
    client, stranger = sign_in(staff.assigned), PartyFactory()
    supporter = PartyFactory(case=case, role="supporter")
    closed_down = OrganizationFactory(active=False)
    for wrong in ({"consented": [stranger.pk]}, {"consented": [supporter.pk]}, {"organization": closed_down.pk}):
        assert client.post(address("agency_join", case), posted(landlord, sides) | wrong).status_code == 200
    assert not JoinedAgency.objects.exists()


def test_an_agency_is_joined_once_at_a_time(case, sides, agency, landlord, staff, sign_in):
    client = sign_in(staff.assigned)
    answer = client.post(address("agency_join", case), posted(landlord, sides))
    assert answer.status_code == 200
    assert JoinedAgency.objects.count() == 1

    joining.end(agency=agency, by=staff.assigned)
    assert client.post(address("agency_join", case), posted(landlord, sides)).status_code == 302


@pytest.mark.parametrize(
    ("traits", "told"),
    [
        ({"closed": True}, "is closed. Reopen it first."),
        ({"sealed": True}, "No agency is joined to a sealed case."),
        ({"violence_indicated": True}, "There is a sign of violence in"),
    ],
)
def test_no_agency_is_joined_to_a_case_that_is_nobodys_to_see(open_case, landlord, staff, sign_in, traits, told):
    case = open_case(**traits)
    side = PartyFactory(case=case)
    client = sign_in(staff.assigned)
    for answer in (
        client.get(address("agency_join", case)),
        client.post(address("agency_join", case), posted(landlord, [side])),
    ):
        assert answer.status_code == 409
        assert told in answer.content.decode()
    assert "Join an agency" not in client.get(case.get_absolute_url()).content.decode()

    wanted = JoinedAgency(
        case=Case(pk=case.pk), organization=landlord, person="A", purpose="B", sees=["stage"],
        starts_on=TODAY(), ends_on=TODAY(),
    )  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        joining.join(agency=wanted, consented=[side], by=staff.assigned)
    assert not JoinedAgency.objects.exists()


def test_who_may_only_read_the_case_joins_nobody_and_opens_no_agency(open_case, landlord, staff, sign_in):
    case = open_case(unit=True)
    wanted = JoinedAgency(
        case=case, organization=landlord, person="A", purpose="B", sees=["stage"], starts_on=TODAY(), ends_on=TODAY()
    )
    agency = joining.join(agency=wanted, consented=[PartyFactory(case=case)], by=staff.assigned)
    client = sign_in(staff.colleague)
    assert client.get(case.get_absolute_url()).status_code == 200
    for name in ("agency_detail", "agency_end", "agency_link", "agency_revoke"):
        for asked in (client.get, client.post):
            assert asked(address(name, case, agency.handle)).status_code == 403
    assert client.post(address("agency_join", case), posted(landlord, [])).status_code == 403


def test_an_agency_of_another_case_is_not_found(agency, staff, sign_in):
    other = CaseFactory(assigned_to=staff.assigned, area=agency.case.area)
    assert sign_in(staff.assigned).get(address("agency_detail", other, agency.handle)).status_code == 404


# What its link opens


def test_it_reads_what_every_side_consented_to_and_no_more(agency, sides, link, client):
    case = agency.case
    Case.objects.filter(pk=case.pk).update(title="titlecanary", place="placecanary", summary="Two homes, one wall")
    page = page_of(link, client)
    for shown in ("Two homes, one wall", "Intake", "Harbor Housing", "What the sides agreed on"):
        assert shown in page
    hidden = (case.reference, "titlecanary", "placecanary", *map(str, sides), "Repairs", "Ana Example")
    assert not [word for word in hidden if word in page]
    assert "/about/complaints/" in page
    assert "Leave now" in page
    assert "no-store" in client.get(link.address).headers["Cache-Control"]

    JoinedAgency.objects.filter(pk=agency.pk).update(sees=["stage"])
    page = page_of(link, client)
    assert "Intake" in page
    assert "Two homes, one wall" not in page
    assert "What the sides agreed on" not in page


def test_it_reads_in_spanish(link, client):
    page = client.get(link.address, headers={"accept-language": "es"}).content.decode()
    assert '<html lang="es"' in page


def test_it_reads_when_the_sides_meet_and_neither_where_nor_who(agency, sides, link, client, staff):
    day, session = TODAY() + timedelta(days=9), {"case": agency.case, "parties": sides, "staff": [staff.assigned]}
    SessionFactory(kind="joint", day=day, place="placecanary", **session)
    SessionFactory(kind="circle", day=day + timedelta(days=1), time_zone="America/Denver", **session)
    SessionFactory(kind="caucus", day=day + timedelta(days=2), **session)
    SessionFactory(kind="joint", day=TODAY() - timedelta(days=3), **session)
    SessionFactory(
        kind="joint", day=day + timedelta(days=4), state="canceled", canceled_at=timezone.now(),
        canceled_by=staff.assigned, **session,
    )  # fmt: skip

    found = dict(joining.shown_to(agency))["Days and times of planned joint appointments"]
    assert len(found) == 2
    assert str(day.day) in found[0]
    assert "14:00" in found[0]
    assert found[1].endswith("(America/Denver)")
    page = page_of(link, client)
    assert found[0] in page
    assert not [word for word in ("placecanary", str(sides[0]), str(staff.assigned)) if word in page]


def agreed(case, sides, by, *, signers, what="No drums after ten", days_ago=0):
    agreement = Agreement(case=case, kind="full", agreed_on=TODAY() - timedelta(days=days_ago))
    agreeing.record(agreement=agreement, by=by)
    agreeing.add_term(term=Term(agreement=agreement, who=sides[0], what=what, known_by="knowncanary"), by=by)
    for side in signers:
        Signature(agreement=agreement, party=side, mode="paper").sign(by=by)
    return agreement


def test_it_reads_the_terms_once_every_side_signed(agency, sides, link, client, staff):
    agreement = agreed(agency.case, sides, staff.assigned, signers=sides[:1])
    assert "No drums after ten" not in page_of(link, client)
    Signature(agreement=agreement, party=sides[1], mode="paper").sign(by=staff.assigned)
    page = page_of(link, client)
    assert "No drums after ten" in page
    assert "knowncanary" not in page
    assert str(sides[0]) not in page


def test_it_reads_the_newest_signed_agreement(agency, sides, link, client, staff):
    agreed(agency.case, sides, staff.assigned, signers=sides, what="The old words", days_ago=20)
    agreed(agency.case, sides, staff.assigned, signers=sides, what="The new words", days_ago=10)
    agreed(agency.case, sides, staff.assigned, signers=[], what="Words of a draft")
    assert dict(joining.shown_to(agency))["What the sides agreed on"] == ["The new words"]


def test_a_side_who_signed_nothing_because_it_came_later_holds_nothing_back(agency, sides, staff):
    agreed(agency.case, sides, staff.assigned, signers=sides)
    PartyFactory(case=agency.case, responding=True)
    assert dict(joining.shown_to(agency))["What the sides agreed on"] == ["No drums after ten"]


def test_the_words_of_who_left_reach_no_agency_to_which_they_did_not_consent(case, sides, landlord, staff, client):
    agreed(case, sides, staff.assigned, signers=sides)
    belonging.remove_party(party=sides[1], by=staff.assigned)
    wanted = JoinedAgency(
        case=case, organization=landlord, person="Ana Example", purpose="Repairs", sees=SEES, starts_on=TODAY(),
        ends_on=TODAY(),
    )  # fmt: skip
    agency = joining.join(agency=wanted, consented=sides[:1], by=staff.assigned)
    link = agency.issue_link(by=staff.assigned)

    assert client.get(link.address).status_code == 200
    assert dict(joining.shown_to(agency))["What the sides agreed on"] == []
    assert "No drums after ten" not in page_of(link, client)


@pytest.mark.parametrize("refuses", ["signature", "consent"])
def test_a_refusing_side_who_leaves_refuses_still(agency, sides, link, client, staff, refuses):
    agreed(agency.case, sides, staff.assigned, signers=sides[:1] if refuses == "signature" else sides)
    if refuses == "consent":
        agency.consented.remove(sides[1])
    belonging.remove_party(party=sides[1], by=staff.assigned)

    assert client.get(link.address).status_code == 200
    assert "No drums after ten" not in page_of(link, client)


def close(agency, sides, by):
    actions.close_case(case=agency.case, reason="agreement", by=by)


def seal(agency, sides, by):
    agency.case.set_access("sealed", by=by)


def note_violence(agency, sides, by):
    agency.case.note_violence(by=by)


def take_consent_back(agency, sides, by):
    agency.consented.remove(sides[1])


def join_late(agency, sides, by):
    PartyFactory(case=agency.case, responding=True)


def leave(agency, sides, by):
    """Nobody is left who could consent."""
    for side in sides:
        belonging.remove_party(party=side, by=by)


def begin_tomorrow(agency, sides, by):
    JoinedAgency.objects.filter(pk=agency.pk).update(starts_on=TODAY() + timedelta(days=1))


def end_yesterday(agency, sides, by):
    JoinedAgency.objects.filter(pk=agency.pk).update(starts_on="2026-01-01", ends_on=TODAY() - timedelta(days=1))


def end(agency, sides, by):
    joining.end(agency=agency, by=by)


def revoke(agency, sides, by):
    agency.revoke_link(by=by)


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (close, "The case is closed."),
        (seal, "The case is sealed."),
        (note_violence, "There is a sign of violence in this case."),
        (take_consent_back, "Written consent is missing: "),
        (join_late, "Written consent is missing: "),
        (leave, "The case has no side who could consent."),
        (begin_tomorrow, "Its part begins on "),
        (end_yesterday, "Its time was over on "),
        (end, "Its part has ended."),
        (revoke, "It has no link yet"),
    ],
)
def test_its_page_is_shut_at_once_and_does_not_say_why(agency, sides, link, staff, client, sign_in, happen, why):
    assert client.get(link.address).status_code == 200
    happen(agency, sides, staff.assigned)

    answers = [client.get(link.address), client.post(link.address, {"text": "Too late"}), client.get(link.spoken)]
    assert [answer.status_code for answer in answers] == [410] * 3
    assert not AgencyUpdate.objects.exists()
    said = answers[0].content.decode()
    wrong = client.get(reverse("links:agency", args=["no-such-code"])).content.decode()
    assert said.replace(link.token, "…") == wrong.replace("no-such-code", "…")
    assert why in sign_in(staff.assigned).get(agency.get_absolute_url()).content.decode()


def test_its_page_asks_no_more_of_the_database_with_more_to_show(
    agency, sides, link, client, staff, django_assert_num_queries
):
    for number in range(3):
        agreed(agency.case, sides, staff.assigned, signers=sides[:1], what=f"Draft {number}")
        SessionFactory(case=agency.case, kind="joint")
        agency.write("Words")
        with django_assert_num_queries(10):
            client.get(link.address)


def test_its_first_and_its_last_day_count(agency, link, client):
    JoinedAgency.objects.filter(pk=agency.pk).update(starts_on=TODAY(), ends_on=TODAY())
    assert client.get(link.address).status_code == 200


def test_a_supporter_need_not_consent(agency, link, client):
    PartyFactory(case=agency.case, role="supporter")
    assert client.get(link.address).status_code == 200


def test_each_opening_is_one_disclosure(agency, link, client):
    page_of(link, client)
    client.post(link.address, {"text": " "})
    [entry] = AuditEntry.objects.filter(act="agency.open")
    assert (entry.kind, entry.actor, entry.reference) == ("disclosure", "agency", agency.case.reference)
    assert entry.facts == {"agency": agency.organization.reference, "sees": SEES}


# The link


@pytest.mark.parametrize("told", ["token", "code"])
def test_a_second_press_is_led_back_and_no_table_keeps_the_secret(agency, link, client, told):
    page = reverse("links:agency", args=[getattr(link, told).lower()])
    posted = {"text": "The pipes are mended", "idempotency_key": str(uuid.uuid4())}
    answers = [client.post(page, posted) for _press in range(2)]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, page)] * 2
    assert AgencyUpdate.objects.count() == 1
    assert page not in IdempotencyKey.objects.get().location
    for secret in (link.token, link.code, link.token.lower(), link.code.lower()):
        assert places_of(secret) == []


def test_the_link_is_shown_once_and_no_table_holds_it(agency, staff, sign_in, client):
    desk, page = sign_in(staff.assigned), address("agency_link", agency.case, agency.handle)
    assert not AgencyLink.objects.exists()
    shown = desk.post(page).content.decode()
    link = AgencyLink.objects.get()
    for secret in (link.token, link.code):
        assert secret in shown
        assert client.get(reverse("links:agency", args=[secret.lower()])).status_code == 200
        for other in (page, agency.get_absolute_url(), agency.case.get_absolute_url()):
            assert secret not in desk.get(other).content.decode()
    kept = str(list(AgencyLink.objects.values()))
    assert not [secret for secret in (link.code.replace("-", ""), link.token) if secret in kept]


def test_what_is_read_out_holds_80_bits_and_what_is_clicked_130(link):
    assert len(link.code.replace("-", "")) == 16
    assert len(link.token) == 26
    assert link.token[:16] != link.code.replace("-", "")


def test_a_lost_link_is_replaced_or_ended(agency, link, staff, sign_in, client):
    desk = sign_in(staff.assigned)
    desk.post(address("agency_link", agency.case, agency.handle))
    fresh = AgencyLink.objects.get()
    assert client.get(link.address).status_code == 410
    assert client.get(fresh.address).status_code == 200

    assert (
        "opens nothing by it from now on"
        in desk.get(address("agency_revoke", agency.case, agency.handle)).content.decode()
    )
    desk.post(address("agency_revoke", agency.case, agency.handle))
    assert client.get(fresh.address).status_code == 410
    assert AuditEntry.objects.filter(act="agency.issue_link").count() == 2
    assert AuditEntry.objects.filter(act="agency.revoke_link").count() == 1


def test_no_link_is_made_where_it_may_open_nothing(agency, staff, sign_in):
    page = address("agency_link", agency.case, agency.handle)
    note_violence(agency, (), staff.assigned)
    assert sign_in(staff.assigned).post(page).status_code == 409
    assert not AgencyLink.objects.exists()


def test_wrong_codes_are_counted_and_slowed_and_a_right_one_opens(link, client, settings, monkeypatch):
    waited = []
    monkeypatch.setattr("core.guessing.time.sleep", waited.append)
    settings.WRONG_CODE_WAIT = 1.0
    for number in range(6):
        wrong = reverse("links:agency", args=[f"wrong{number}"])
        client.get(wrong)
        client.post(wrong, {"text": "Hello", "idempotency_key": str(uuid.uuid4())})

    assert waited == [1.0] * 2
    assert AuditEntry.objects.filter(act="code.wrong", actor="guest").count() == 10
    assert client.get(link.address).status_code == 200


# What it writes


def test_an_update_is_a_task_of_the_officer_and_stands_in_the_timeline(agency, link, staff, client, sign_in):
    answer = client.post(link.address, {"text": "The boiler is replaced"}, follow=True)
    assert answer.redirect_chain == [(reverse("links:agency", args=[link.token]), 302)]
    page = answer.content.decode()
    assert "We have your update of" in page
    assert "The boiler is replaced" not in page

    [task] = of_agency(agency, "update")
    assert (task.owner, task.link) == (staff.assigned, agency.get_absolute_url())
    assert not [word for word in ("boiler", "Harbor") if word in task.words]
    desk = sign_in(staff.assigned)
    for shown in (agency.case.get_absolute_url(), agency.get_absolute_url()):
        assert "The boiler is replaced" in desk.get(shown).content.decode()
    assert "Harbor Housing wrote an update" in desk.get(agency.case.get_absolute_url()).content.decode()
    assert AuditEntry.objects.get(act="agency.update").kind == "collection"


@pytest.mark.parametrize(
    ("text", "told"), [("", "Write what is new"), ("  ", "Write what is new"), ("x" * 2_001, "at most 2000 characters")]
)
def test_an_update_has_words_and_not_too_many(link, client, text, told):
    assert told in client.post(link.address, {"text": text}).content.decode()
    assert not AgencyUpdate.objects.exists()


def test_an_update_that_is_sent_twice_is_kept_once(link, client):
    twice = {"text": "x" * 2_000, "idempotency_key": str(uuid.uuid4())}
    assert {client.post(link.address, twice).status_code for _again in range(2)} == {302}
    assert AgencyUpdate.objects.count() == 1


# Changing and ending


def test_a_consent_is_taken_back_on_the_page_of_the_agency(agency, sides, link, staff, sign_in, client):
    desk = sign_in(staff.assigned)
    saved = desk.post(agency.get_absolute_url(), as_it_stands(agency, consented=[sides[0].pk]), follow=True)
    assert f"Written consent is missing: {sides[1]}" in saved.content.decode()
    assert client.get(link.address).status_code == 410
    assert AuditEntry.objects.get(act="agency.change").facts["consented"] == 1


@pytest.mark.parametrize(
    "more",
    [
        {"sees": ["stage", "summary"]},
        {"purpose": "Something else"},
        {"ends_on": (TODAY() + timedelta(days=31)).isoformat()},
        {"starts_on": (TODAY() - timedelta(days=1)).isoformat()},
    ],
)
def test_more_than_was_signed_for_takes_a_new_paper(agency, staff, sign_in, more):
    JoinedAgency.objects.filter(pk=agency.pk).update(sees=["stage"])
    agency.refresh_from_db()
    desk = sign_in(staff.assigned)
    refused = desk.post(agency.get_absolute_url(), as_it_stands(agency, **more))
    assert "Tick if they signed anew" in refused.content.decode()
    agency.refresh_from_db()
    assert agency.changed == 0

    assert desk.post(agency.get_absolute_url(), as_it_stands(agency, anew="on", **more)).status_code == 302
    agency.refresh_from_db()
    assert agency.changed == 1


@pytest.mark.parametrize("less", [{"sees": ["stage"]}, {"person": "Bo Example"}, {"consented": [], "sees": SEES}])
def test_less_takes_no_new_paper(agency, staff, sign_in, less):
    assert sign_in(staff.assigned).post(agency.get_absolute_url(), as_it_stands(agency, **less)).status_code == 302


def test_of_two_who_change_it_the_second_is_told(agency, sides, staff, sign_in):
    desk, older = sign_in(staff.assigned), as_it_stands(agency)
    desk.post(agency.get_absolute_url(), as_it_stands(agency, consented=[sides[0].pk]))
    answer = desk.post(agency.get_absolute_url(), older)
    assert answer.status_code == 409
    assert "Somebody changed this in the meantime." in answer.content.decode()
    assert list(agency.consented.all()) == [sides[0]]


def test_the_consent_of_who_left_stays_on_record(agency, sides, staff, sign_in):
    belonging.remove_party(party=sides[1], by=staff.assigned)
    sign_in(staff.assigned).post(agency.get_absolute_url(), as_it_stands(agency, consented=[sides[0].pk]))
    assert set(agency.consented.all()) == set(sides)


def test_what_has_ended_is_not_changed_or_opened_again(agency, link, staff, sign_in):
    desk = sign_in(staff.assigned)
    page = address("agency_end", agency.case, agency.handle)
    assert "It sees nothing from now on" in desk.get(page).content.decode()
    assert desk.post(page).status_code == 302
    assert not AgencyLink.objects.exists()
    agency.refresh_from_db()
    assert agency.ended_by == staff.assigned

    shown = desk.get(agency.get_absolute_url()).content.decode()
    assert "What it could see" in shown
    assert agency.get_absolute_url() not in desk.get(agency.case.get_absolute_url()).content.decode()
    assert desk.post(agency.get_absolute_url(), as_it_stands(agency)).status_code == 409
    for name in ("agency_end", "agency_link", "agency_revoke"):
        assert desk.post(address(name, agency.case, agency.handle)).status_code == 409


# What it owes


def test_the_end_is_owed_once_a_week_before(agency, staff):
    [task] = of_agency(agency, "end")
    assert (agency.ends_on - timezone.localdate(task.due_at)).days == 7
    assert (task.owner, task.ref, task.link) == (staff.assigned, agency.case.reference, agency.get_absolute_url())
    assert "Harbor" not in task.words
    joining.end(agency=agency, by=staff.assigned)
    assert not of_agency(agency, "end").exists()


def test_a_short_part_is_owed_at_once(agency, staff, sign_in):
    soon = (TODAY() + timedelta(days=2)).isoformat()
    sign_in(staff.assigned).post(agency.get_absolute_url(), as_it_stands(agency, ends_on=soon))
    [task] = of_agency(agency, "end")
    assert timezone.localdate(task.due_at) == TODAY()


def test_another_last_day_moves_the_task_and_nothing_else_does(agency, staff, sign_in):
    desk = sign_in(staff.assigned)
    [task] = of_agency(agency, "end")
    desk.post(agency.get_absolute_url(), as_it_stands(agency, person="Bo Example"))
    assert list(of_agency(agency, "end")) == [task]

    for days in (60, 30):
        agency.refresh_from_db()
        later = TODAY() + timedelta(days=days)
        desk.post(agency.get_absolute_url(), as_it_stands(agency, ends_on=later.isoformat(), anew="on"))
        [moved] = of_agency(agency, "end")
        assert timezone.localdate(moved.due_at) == later - timedelta(days=7)


def test_closing_drops_its_tasks_and_reopening_owes_the_end_again(agency, staff):
    case = agency.case
    over = JoinedAgency(
        case=case, organization=OrganizationFactory(), person="A", purpose="B", sees=["stage"], starts_on=TODAY(),
        ends_on=TODAY(),
    )  # fmt: skip
    joining.join(agency=over, consented=[], by=staff.assigned)
    JoinedAgency.objects.filter(pk=over.pk).update(starts_on="2026-01-01", ends_on="2026-01-02")
    actions.close_case(case=case, reason="agreement", by=staff.assigned)
    assert not of_agency(agency, "end").exists()
    actions.reopen_case(case=case, reason="It does not hold", by=staff.assigned)
    assert of_agency(agency, "end").count() == 1
    assert not of_agency(over, "end").exists()


def test_what_an_agency_owes_goes_to_the_next_officer(agency, link, client, staff):
    client.post(link.address, {"text": "The boiler is replaced"})
    actions.assign(case=agency.case, officer=staff.colleague, by=staff.supervisor)
    assert {task.owner for task in Task.objects.open().filter(key__startswith="cases.agency:")} == {staff.colleague}


# Requests by people


def test_a_copy_names_the_agencies_and_erasure_takes_the_consent(agency, sides, staff):
    [section] = people.bundle([str(sides[0].handle)])
    assert "Harbor Housing: Repairs" in str(section.entries)
    [section] = people.bundle([str(PartyFactory(case=agency.case, responding=True).handle)])
    assert "Harbor Housing" not in str(section.entries)

    actions.close_case(case=agency.case, reason="agreement", by=staff.assigned)
    people.erase([str(sides[0].handle)], by=staff.records_officer)
    assert list(agency.consented.all()) == [sides[1]]
