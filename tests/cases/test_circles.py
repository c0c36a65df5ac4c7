"""Restorative circles: whether one fits, everybody met before it, a place for each, minors, and what comes after."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import closing, gate, people, readying, scheduling
from cases.circle_forms import CirclePlanForm
from cases.models import Case, CirclePlan, CircleSeat, Eligibility, Party, PreCircle, Session
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Task
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory, book
from tests.factories.readiness import consented, informed, make_circle_ready, met_before, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(open_case):
    return open_case(process="restorative")


@pytest.fixture
def people_of_it(case):
    """The person harmed, the person responsible, who stands by them, and an interpreter, who sits beside."""
    harmed, responsible = PartyFactory(case=case, role="harmed"), PartyFactory(case=case, role="responsible")
    supporter = PartyFactory(case=case, role="supporter", beside=responsible)
    PartyFactory(case=case, role="interpreter", beside=harmed)
    return harmed, responsible, supporter


@pytest.fixture
def ready(case, people_of_it):
    make_circle_ready(case)
    return people_of_it


def missing(case):
    return [check.title for check in gate.gate_of(case).missing]


def address(name, case, *more):
    return reverse(f"cases:{name}", args=[case.reference, *more])


def held(case, parties, kind="circle", absent=()):
    begun = timezone.now() - timedelta(hours=3)
    session = SessionFactory(case=case, kind=kind, parties=parties, starts_at=begun, day=begun.date())
    scheduling.record_session(session=session, result="held", absent=absent, by=case.opened_by)
    return session


# The gate ----------------------------------------------------------------------------------------------------
def test_a_circle_is_booked_when_everybody_is_ready(case, ready):
    assert missing(case) == []
    assert book(case, ready, "circle").state == Session.State.PLANNED
    case.refresh_from_db()
    assert case.state == Case.State.READY


UNDONE = {
    "A circle fits": lambda case, ready: case.eligibilities.all().delete(),
    "was met before the circle": lambda case, ready: ready[2].pre_circles.all().delete(),
    "who speaks after whom": lambda case, ready: CircleSeat.objects.filter(party=ready[2]).delete(),
    "Person harmed is known": lambda case, ready: Party.objects.filter(pk=ready[0].pk).update(role="observer"),
}


@pytest.mark.parametrize("what", UNDONE)
def test_each_check_alone_refuses_the_circle_and_is_named(case, ready, what, sign_in, staff):
    UNDONE[what](case, ready)
    assert [title for title in missing(case) if what in title]
    posted = {
        "kind": "circle", "day": (timezone.localdate() + timedelta(days=5)).isoformat(), "clock": "17:00",
        "minutes": 90, "place": "x", "parties": [party.pk for party in ready],
    }  # fmt: skip
    answer = sign_in(staff.assigned).post(address("session_book", case), posted)
    assert answer.status_code == 409
    assert what in answer.content.decode()
    assert not case.sessions.exists()


@pytest.mark.parametrize("lacks", ["ready", "willing", "able", "safe"])
def test_one_no_of_four_is_not_ready_and_calls_off_what_was_planned(case, ready, staff, lacks):
    session = book(case, ready, "circle")
    [called_off] = met_before(ready[2], staff.facilitator, **{lacks: False})

    session.refresh_from_db()
    assert called_off == session
    assert session.state == Session.State.CANCELED
    assert missing(case) == [f"{ready[2]} (Supporter) was met before the circle and is ready"]


def test_deciding_that_it_does_not_fit_calls_off_what_was_planned(case, ready, sign_in, staff):
    session = book(case, ready, "circle")
    posted = {"responsibility": "no", "fits": "no"}
    answer = sign_in(staff.assigned).post(address("circle_fits", case), posted, follow=True)

    session.refresh_from_db()
    assert session.state == Session.State.CANCELED
    assert "1 joint session was called off." in answer.content.decode()


def test_whoever_joins_later_is_met_too_and_gets_a_place(case, ready):
    late = PartyFactory(case=case, role="community")

    assert missing(case) == [
        f"{late} (Community member) was met before the circle and is ready", "It is settled who speaks after whom",
    ]  # fmt: skip


def test_the_order_counts_where_the_person_harmed_chose_it(case, ready, staff):
    seated(case, staff.facilitator, with_harmed="")
    assert missing(case) == ["It is settled who speaks after whom"]


def test_a_minor_beside_a_side_agrees_and_so_does_a_guardian(case, ready, staff, sign_in):
    minor = PartyFactory(case=case, role="supporter", beside=ready[0], is_minor=True)
    met_before(minor, staff.facilitator)
    seated(case, staff.facilitator)
    who = f"{minor} (Supporter)"
    assert missing(case) == [
        f"{who} was given the confidentiality notice", f"{who} consented to meet",
        f"A parent or guardian of {who} is known",
    ]  # fmt: skip
    page = sign_in(staff.assigned).get(address("party_add", case))
    assert minor in page.context["party_form"].fields["beside"].queryset
    guardian = PartyFactory(case=case, role="guardian", beside=minor)
    met_before(guardian, staff.facilitator)
    seated(case, staff.facilitator)
    informed(minor, staff.facilitator)
    consented(minor, staff.facilitator)
    assert missing(case) == [f"{guardian} consented for {who}"]
    consented(minor, staff.facilitator, guardian=guardian)
    assert missing(case) == []
    for name in ("notice_give", "consent_record"):
        assert sign_in(staff.assigned).get(address(name, case, minor.handle)).status_code == 200
        assert sign_in(staff.assigned).get(address(name, case, guardian.handle)).status_code == 404


def test_sides_of_two_kinds_never_meet_round_the_gate(case, people_of_it):
    """Whatever the meeting is called, and whatever the sides are called."""
    with pytest.raises(gate.GateClosed):
        book(case, people_of_it, kind="pre_meeting")
    other = PartyFactory(case=case)
    with pytest.raises(gate.GateClosed):
        book(case, [other, people_of_it[0]], kind="caucus")


def test_mediation_knows_neither_harmed_nor_responsible(open_case, sign_in, staff):
    case = open_case()
    client = sign_in(staff.assigned)
    offered = client.get(address("party_add", case)).context["party_form"].fields["role"].choices
    assert [value for value, _label in offered][:2] == ["initiating", "responding"]
    assert not {"harmed", "responsible", "community"} & {value for value, _label in offered}
    party = PartyFactory(case=case)
    for url in (address("circle_detail", case), address("circle_plan", case), address("circle_fits", case)):
        assert client.get(url).status_code == 404
    assert sign_in(staff.facilitator).get(address("pre_circle_record", case, party.handle)).status_code == 404


def test_a_circle_offers_its_own_parts_and_the_one_from_before(case, sign_in, staff):
    party = PartyFactory(case=case)
    page = sign_in(staff.assigned).get(party.get_absolute_url())
    offered = [value for value, _label in page.context["party_form"].fields["role"].choices]
    assert offered[:3] == ["initiating", "harmed", "responsible"]
    assert "responding" not in offered


# Eligibility -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("posted", "wrong"),
    [
        ({"voluntary": ""}, {"responsibility", "fits"}),
        ({"responsibility": "no", "voluntary": "on", "fits": "yes"}, {"fits"}),
        ({"responsibility": "partly", "fits": "yes"}, {"voluntary"}),
        ({"responsibility": "maybe", "fits": "perhaps"}, {"responsibility", "fits"}),
    ],
)
def test_a_circle_does_not_fit_against_the_rules(case, sign_in, staff, posted, wrong):
    answer = sign_in(staff.assigned).post(address("circle_fits", case), posted)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == wrong
    assert not Eligibility.objects.exists()


def test_not_even_the_database_takes_one_without_responsibility(case):
    for fields in ({"responsibility": "no", "voluntary": True}, {"responsibility": "yes", "voluntary": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Eligibility.objects.create(case=case, fits=True, by=case.opened_by, **fields)


# Before the circle -------------------------------------------------------------------------------------------
def test_only_facilitators_record_who_is_ready_and_others_see_the_result_alone(case, people_of_it, sign_in, staff):
    url = address("pre_circle_record", case, people_of_it[1].handle)
    for person in (staff.assigned, staff.supervisor):
        assert sign_in(person).get(url).status_code == 403
    posted = {"met_on": timezone.localdate().isoformat(), "ready": "on", "willing": "on", "able": "on"}
    sign_in(staff.facilitator).post(url, posted)

    [row] = PreCircle.objects.all()
    assert (row.ready, row.willing, row.able, row.safe, row.goes) == (True, True, True, False, False)
    page = sign_in(staff.assigned).get(address("circle_detail", case)).content.decode()
    assert "Met, not ready" in page
    assert "harmed again" not in page
    [entry] = AuditEntry.objects.filter(act="precircle.record")
    assert entry.facts == {"goes": False}


@pytest.mark.parametrize("day", ["", "2999-01-01", "yesterday"])
def test_a_meeting_needs_a_day_that_has_been(case, people_of_it, sign_in, staff, day):
    url = address("pre_circle_record", case, people_of_it[1].handle)
    answer = sign_in(staff.facilitator).post(url, {"met_on": day, "ready": "on"})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"met_on"}
    assert not PreCircle.objects.exists()


def test_who_sits_aside_has_no_meeting_before_it(case, people_of_it, sign_in, staff):
    interpreter = case.parties.get(role="interpreter")
    assert sign_in(staff.facilitator).get(address("pre_circle_record", case, interpreter.handle)).status_code == 404


# The plan ----------------------------------------------------------------------------------------------------
def plan_of(people_of_it, version=1, **fields):
    places = {f"place_{party.handle.hex}": place for place, party in enumerate(people_of_it, start=1)}
    return {"version": version, "with_harmed": "on", "rounds": "What happened?\n\nWhat now?", **places, **fields}


def test_the_page_shows_everybody_in_the_order_in_which_they_speak(case, people_of_it, sign_in, staff):
    client = sign_in(staff.assigned)
    answer = client.post(address("circle_plan", case), plan_of(reversed(people_of_it)), follow=True)

    assert [row["party"] for row in answer.context["rows"]] == list(reversed(people_of_it))
    assert "<li>What happened?</li><li>What now?</li>" in answer.content.decode()
    assert [seat.place for seat in CircleSeat.objects.order_by("place")] == [1, 2, 3]


def test_two_have_not_the_same_place(case, people_of_it, sign_in, staff):
    second = {f"place_{people_of_it[1].handle.hex}": 1}
    answer = sign_in(staff.assigned).post(address("circle_plan", case), plan_of(people_of_it, **second))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [f"place_{people_of_it[1].handle.hex}"]
    assert not CirclePlan.objects.exists()


def test_of_two_who_plan_at_once_neither_loses_a_word(case, people_of_it, sign_in, staff):
    first = sign_in(staff.assigned).post(address("circle_plan", case), plan_of(people_of_it, opening="Welcome all"))
    second = sign_in(staff.supervisor).post(address("circle_plan", case), plan_of(people_of_it, opening="Good evening"))

    assert (first.status_code, second.status_code) == (302, 409)
    said = second.content.decode()
    assert "Welcome all" in said
    assert "Good evening" in said
    assert CirclePlan.objects.get().opening == "Welcome all"


def not_met_after(case):
    points = [point.title for point in closing.checklist(case) if not point.done]
    return [title for title in points if "after the circle" in title]


def test_nobody_is_met_or_seated_in_a_case_that_they_left_for_another(case, people_of_it, staff):
    """A merge that is undone takes people back at the moment in which somebody writes of them."""
    stale = Party.objects.select_related("case").get(pk=people_of_it[2].pk)
    Party.objects.filter(pk=stale.pk).update(case=CaseFactory(process="restorative"))
    with pytest.raises(MoveNotAllowed):
        met_before(stale, staff.facilitator)
    form = CirclePlanForm(
        {"version": 1, f"place_{stale.handle.hex}": 1}, instance=CirclePlan(case=case), participants=[stale], cancel=""
    )
    assert form.is_valid()
    with pytest.raises(MoveNotAllowed):
        readying.plan_circle(form=form, by=staff.facilitator)
    assert not PreCircle.objects.exists()
    assert not CirclePlan.objects.exists()


# After the circle --------------------------------------------------------------------------------------------
def test_after_the_circle_everybody_is_met_again(case, ready):
    held(case, ready)
    [task] = Task.objects.open().filter(key__startswith="cases.post_circle:")
    assert 13 <= (task.due_at - timezone.now()).days <= 14
    assert not_met_after(case) == [f"{party} ({party.get_role_display()}) was met after the circle" for party in ready]
    held(case, ready[1:], kind="post_circle", absent=[ready[2]])
    assert not Task.objects.open().filter(key__startswith="cases.post_circle:").exists()
    assert len(not_met_after(case)) == 2
    assert not [title for title in not_met_after(case) if str(ready[1]) in title]


def test_the_plan_to_repair_has_items_with_days(case, ready, sign_in, staff):
    client = sign_in(staff.assigned)
    day = timezone.localdate()
    client.post(address("agreement_create", case), {"kind": "full", "agreed_on": day.isoformat()})
    agreement = case.agreements.get()
    term = {"who": ready[1].pk, "what": "Paint the fence again", "by_when": (day + timedelta(days=20)).isoformat()}
    wrong = client.post(agreement.get_absolute_url(), term)
    assert wrong.status_code == 200
    assert "Choose how it repairs the harm" in wrong.content.decode()
    client.post(agreement.get_absolute_url(), {**term, "repair": "service"})
    assert agreement.terms.get().get_repair_display() == "Work for somebody or for the community"
    said = client.get(agreement.get_absolute_url()).content.decode()
    assert "Work for somebody or for the community" in said


def test_an_erased_person_leaves_no_word_of_the_meetings(case, ready, staff):
    Case.objects.filter(pk=case.pk).update(
        state="closed", closing_reason="agreement", closed_at=timezone.now(), closed_by=staff.assigned
    )
    people.erase([ready[2].handle], by=staff.records_officer)
    assert not PreCircle.objects.filter(party=ready[2]).exists()
    assert not CircleSeat.objects.filter(party=ready[2]).exists()
    assert PreCircle.objects.filter(party=ready[1]).exists()


def test_nobody_elsewhere_sees_a_circle(case, ready, sign_in, staff):
    for person in (staff.officer_elsewhere, staff.supervisor_elsewhere, staff.other_mediator, staff.coordinator):
        for name in ("circle_detail", "circle_fits", "circle_plan"):
            assert sign_in(person).get(address(name, case)).status_code == 404


def test_a_closed_case_takes_no_decision(case, people_of_it, sign_in, staff):
    Case.objects.filter(pk=case.pk).update(
        state="closed", closing_reason="agreement", closed_at=timezone.now(), closed_by=staff.assigned
    )
    assert sign_in(staff.assigned).post(address("circle_plan", case), plan_of(people_of_it)).status_code == 409
    assert sign_in(staff.assigned).get(address("circle_detail", case)).status_code == 200
    assert not CirclePlan.objects.exists()


def test_who_facilitates_declares_on_both(case, ready):
    another = FacilitatorFactory(case=case, part="co")
    assert missing(case) == [f"{another} declared on conflicts with {party}" for party in ready[:2]]


def test_another_process_needs_no_circle(area):
    case = CaseFactory(area=area, process="mediation")
    assert "A circle fits" not in missing(case)
