"""What nobody gets round: a seal by a day's glass, who may widen a case, the gate by another name, odd dates."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, scheduling
from cases.forms import CaseForm
from cases.gate import GateClosed
from cases.models import BreakGlass, Case, Session
from core.numbers import LARGEST_KEY, whole
from core.versions import EditConflict
from desk import actions as desk_actions
from tests.factories.cases import PartyFactory, SessionFactory

REASON = {"reason": "Somebody may be in danger today"}


def edited(case, **changed):
    kept = {
        "title": case.title, "source": case.source, "dispute": case.dispute, "process": case.process,
        "area": case.area_id, "risk": case.risk, "version": case.version,
        "received_on": timezone.localdate(case.received_at).isoformat(),
    }  # fmt: skip
    return kept | changed


def url(name, case):
    return reverse(f"cases:{name}", args=[case.reference])


@pytest.mark.parametrize("name", ["case_assign", "facilitator_add"])
def test_a_day_behind_the_glass_cannot_be_made_to_last(open_case, staff, sign_in, name):
    case = open_case(sealed=True)
    case.facilitators.update(ended_at=timezone.now())
    supervisor, pk = sign_in(staff.supervisor), staff.supervisor.pk
    supervisor.post(url("case_break_glass", case), REASON)

    taken = supervisor.post(url(name, case), {"officer": pk, "kind": "officer", "user": pk, "part": "lead"})
    given = supervisor.post(url("case_assign", case), {"officer": staff.colleague.pk})

    assert (taken.status_code, given.status_code) == (409, 302)
    BreakGlass.objects.update(until=timezone.now())
    assert not Case.objects.visible_to(staff.supervisor).filter(pk=case.pk).exists()


def test_nor_by_a_hand_over(open_case, staff):
    case = open_case(sealed=True)

    with pytest.raises(Exception, match="nobody takes it themselves"):
        desk_actions.hand_over(cases={case: staff.supervisor}, by=staff.supervisor)


def test_who_may_edit_does_not_widen_by_it(case, staff, sign_in):
    opener = sign_in(staff.opener)

    assert opener.get(url("case_access", case)).status_code == 403
    assert opener.post(url("case_edit", case), edited(case, access="unit")).status_code == 302
    case.refresh_from_db()
    assert case.access == Case.Access.TEAM


def test_an_edit_begun_before_the_seal_is_told_of_it(case, staff):
    form = CaseForm(
        edited(case, access="team"), instance=Case.objects.get(pk=case.pk), user=staff.assigned, sources_url="/"
    )
    assert form.is_valid()
    case.set_access(Case.Access.SEALED, by=staff.assigned)

    with pytest.raises(EditConflict):
        actions.edit_case(form=form, by=staff.assigned)
    case.refresh_from_db()
    assert case.is_sealed


@pytest.mark.parametrize("kind", ["pre_meeting", "caucus", "coaching"])
def test_both_sides_meet_under_no_other_name(case, staff, kind):
    sides = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    day = timezone.localdate() + timedelta(days=5)

    def book(*parties):
        session = Session(case=case, kind=kind, day=day, clock=time(14, 0), place="Room 2")
        return scheduling.book_session(session=session, parties=parties, staff=[], by=staff.assigned)

    with pytest.raises(GateClosed):
        book(*sides)
    assert book(sides[0]).kind == kind


def test_a_joint_session_is_not_moved_once_the_gate_has_closed(case, staff):
    session = SessionFactory(case=case, kind="joint")
    Case.objects.filter(pk=case.pk).update(violence_indicated=True)
    case.refresh_from_db()
    kept = {name: getattr(session, name) for name in ("day", "minutes", "venue", "place")}

    with pytest.raises(GateClosed):
        scheduling.move_session(session=session, by=staff.assigned, seen=0, clock=time(15, 0), **kept)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_no_dates(case, staff, sign_in, day):
    client = sign_in(staff.assigned)
    booking = {"kind": "call", "day": day, "clock": "23:00", "minutes": "60", "time_zone": "Asia/Tokyo"}
    contact = {"way": "call", "result": "spoke", "day": day, "clock": "23:00"}

    for name, posted in (
        ("case_edit", edited(case, court_on=day)),
        ("session_book", booking),
        ("contact_create", contact),
        ("case_hold", {"until": day, "reason": "The court decides first"}),
    ):
        answer = client.post(url(name, case), posted)
        assert answer.status_code == 200, name
        assert "Enter a real date" in answer.content.decode(), name


@pytest.mark.parametrize("asked", ["²", "9" * 19, "9" * 30, "9" * 5_000, "-1"])
def test_looking_for_the_like_survives_odd_areas(case, staff, sign_in, asked):
    Case.objects.filter(pk=case.pk).update(place="Test Court")
    client, typed = sign_in(staff.assigned), {"place": "Test Court", "area": asked}
    answers = [client.post(reverse("cases:case_create"), typed)]
    if len(asked) < 1_000:
        answers.append(client.get(reverse("cases:case_similar"), typed))

    assert {answer.status_code for answer in answers} == {200}
    # Of an area that can be none there is nothing like it.
    assert {len(answer.context["cases"]) for answer in answers} == {0}
    near = client.get(reverse("cases:case_similar"), typed | {"area": case.area_id})
    assert near.context["cases"] == [case]


LONG = "9" * 5_000


def test_a_number_of_thousands_of_digits_is_no_page_and_no_draft(case, staff, sign_in):
    client = sign_in(staff.assigned)
    assert client.get(case.get_absolute_url(), {"page": LONG}).status_code == 200
    assert client.get(reverse("cases:case_list"), {"page": LONG}).status_code == 200
    assert client.post(url("case_edit", case), edited(case, unsent=LONG)).status_code == 302
    assert sign_in(staff.coordinator).get(reverse("accounts:staff_list"), {"area": LONG}).status_code == 200


@pytest.mark.parametrize(
    ("text", "most", "number"),
    [("7", 9, 7), ("9", 9, 9), ("10", 9, 0), ("0", 9, 0), ("", 9, 0), ("-1", 9, 0), ("²", 9, 0), ("x", 9, 0),
     (LONG, 9, 0), (LONG, LARGEST_KEY, 0), (str(LARGEST_KEY), LARGEST_KEY, LARGEST_KEY),
     (str(LARGEST_KEY + 1), LARGEST_KEY, 0)],
)  # fmt: skip
def test_a_number_is_read_up_to_the_largest_that_makes_sense(text, most, number):
    assert whole(text, most) == number
