"""What the events of a month came to: counted right, each number with its whole, and the areas where nothing was."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from events import figures, results
from events.models import CloseOut, Event, EventType, Promise
from tests.factories.areas import AreaFactory
from tests.factories.events import EventFactory

STATES = Event.State
JUNE, TODAY = date(2026, 6, 1), date(2026, 6, 20)
PAGE = "/planning/figures/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def held(area, staff):
    """`held(day, **typed)` is an event that took place on a day; with what is typed it is closed out."""

    def make(day=TODAY, *, where=area, state=STATES.CLOSED_OUT, **typed):
        event = EventFactory(area=where, lead=staff.lead, state=state, day=day)
        if typed:
            CloseOut.objects.create(event=event, by=staff.lead, **typed)
        return event

    return make


def promise(event, due_on, state="open"):
    by = event.lead
    ended = {"ended_at": timezone.now(), "ended_by": by} if state != "open" else {}
    return Promise.objects.create(event=event, what="A lamp", who=by, due_on=due_on, state=state, **ended)


def said(found):
    """{name of a measure: (value, unit, words)} of the whole page."""
    return {one.name: (one.value, one.unit, one.words) for _heading, rows in results.groups(found) for one in rows}


# Counting ------------------------------------------------------------------------------------------------------------
def test_the_figures_of_a_month(area, held):
    silent = AreaFactory(name="Nobody comes here")
    first = held(adults_new=10, adults_returning=4, youth_unknown=6, cost="50")
    Event.objects.filter(pk=held(adults_unknown=5).pk).update(type=first.type)
    held(state=STATES.HELD)
    held(TODAY - timedelta(days=70), state=STATES.HELD)
    EventFactory(area=silent, planned=True, day=TODAY)
    for due_on, state in ((TODAY, "kept"), (TODAY, "open"), (TODAY, "broken"), (TODAY - timedelta(days=70), "open")):
        promise(first, due_on, state)

    found = figures.figures_for(TODAY, today=TODAY + timedelta(days=1))
    assert (found.held, found.not_closed_out, found.canceled) == (3, 1, 0)
    assert found.by_area == {area.reference: 3}
    assert found.by_type[first.type.code] == 2
    assert (found.attendance.new, found.attendance.returning, found.attendance.unknown) == (10, 4, 11)
    assert (found.attendance.asked, found.attendance.total) == (14, 25)
    assert (found.cost.money, found.cost.people, found.cost.events) == (50, 20, 1)
    assert found.cost.per_attendee == Decimal("2.50")
    assert found.promises == figures.Promises(due=3, kept=1, broken=1, late=1)
    assert silent.reference in found.silent_areas
    assert area.reference not in found.silent_areas


def test_a_month_begins_and_ends_by_the_clocks_here(area):
    """Late in the evening of the last day it is the next month already in the time of the database."""
    for day in (date(2026, 5, 31), JUNE, date(2026, 6, 30), date(2026, 7, 1)):
        EventFactory(area=area, state=STATES.HELD, day=day, clock=time(23, 30))
    assert figures.figures_for(JUNE, today=date(2026, 8, 1)).held == 2


def test_a_month_without_events_has_no_cost_per_person(area):
    found = figures.figures_for(JUNE, today=TODAY)
    assert (found.held, found.cost.per_attendee, found.attendance.total) == (0, None, 0)


def test_a_cost_nobody_came_to_and_people_at_no_known_cost_count_on_neither_side(held):
    held(cost="300")
    held(adults_new=40)
    held(adults_new=3, cost="10")
    cost = figures.figures_for(JUNE, today=TODAY).cost
    assert (cost.money, cost.people, cost.events, cost.per_attendee) == (10, 3, 1, Decimal("3.33"))


@pytest.mark.parametrize(("days", "silent"), [(89, False), (90, True)])
def test_an_area_is_silent_after_ninety_days_by_the_end_of_the_day(area, staff, held, days, silent):
    held(TODAY - timedelta(days=days))
    found = figures.figures_for(JUNE, today=TODAY)
    assert (area.reference in found.silent_areas, found.silent_until) == (silent, TODAY)


def test_of_a_month_that_is_over_the_ninety_days_end_with_it(area, held):
    held(date(2026, 3, 15))
    assert area.reference not in figures.figures_for(JUNE, today=date(2026, 6, 12)).silent_areas
    found = figures.figures_for(JUNE, today=date(2026, 11, 1))
    assert (found.silent_until, area.reference in found.silent_areas) == (date(2026, 6, 30), True)


@pytest.mark.parametrize("state", [STATES.DRAFT, STATES.PLANNED, STATES.POSTPONED])
def test_what_did_not_take_place_ends_no_silence(area, held, state):
    held(state=state)
    found = figures.figures_for(JUNE, today=TODAY)
    assert (found.held, area.reference in found.silent_areas) == (0, True)


def test_an_event_in_a_part_of_an_area_ends_the_silence_of_both_and_of_no_neighbor(area, held):
    part, neighbor = AreaFactory(parent=area), AreaFactory(parent=area)
    held(where=part)
    silent = figures.figures_for(JUNE, today=TODAY).silent_areas
    assert not {area.reference, part.reference} & set(silent)
    assert neighbor.reference in silent


def test_only_areas_in_force_are_named_and_counted(area):
    AreaFactory(name="Former", valid_to=date(2026, 6, 1))
    before = figures.figures_for(JUNE, today=date(2026, 6, 1))
    after = figures.figures_for(JUNE, today=TODAY)
    assert (before.areas - after.areas, len(before.silent_areas) - len(after.silent_areas)) == (1, 1)


# Saying --------------------------------------------------------------------------------------------------------------
def test_every_share_names_its_whole_and_few_have_no_percentage(held, staff, area):
    event = held(adults_new=6, youth_returning=3, adults_unknown=4, cost="26")
    held(state=STATES.HELD)
    EventFactory(area=area, day=TODAY, state=STATES.CANCELED, canceled_at=timezone.now(), canceled_by=staff.lead)
    promise(event, TODAY, "kept")
    promise(event, TODAY - timedelta(days=1))
    told = said(figures.figures_for(JUNE, today=TODAY))

    few = "Too few for a percentage."
    assert told == {
        "Took place": ("2", "events", ""),
        "Called off": ("1", "of 3", few),
        "Closed out so far": ("1", "of 2", few),
        "Attendance": ("13", "people", "At 1 event that is closed out."),
        "First time": ("6", "of 9", f"{few} 3 had come before, 4 were not asked."),
        "Cost per person": ("2.00", "a person", "26.00 for 13 people at 1 event."),
        "Promises kept": ("1", "of 2", f"{few} 0 could not be kept."),
        "Past their day": ("1", "of 2", few),
    }


def test_of_many_a_percentage_is_said(held):
    held(adults_new=30, adults_returning=10)
    told = said(figures.figures_for(JUNE, today=TODAY))
    assert told["First time"] == ("30", "of 40", "75%. 10 had come before, 0 were not asked.")


def test_what_is_not_known_is_not_a_zero(area):
    told = said(figures.figures_for(JUNE, today=TODAY))
    assert told["Cost per person"] == ("–", "a person", "No cost is known.")
    assert told["First time"][:2] == ("–", "of 0")
    assert told["Promises kept"][2].startswith("There was none.")


def test_types_and_areas_stand_by_name_with_their_part_of_the_whole():
    counts, names = {"b": 3, "a": 12, "c": 5}, {"a": "Workshop", "b": "Coffee", "c": "Town hall"}
    assert results.rows(counts, names, 20) == [
        ("Coffee", 3, "15% of 20"), ("Town hall", 5, "25% of 20"), ("Workshop", 12, "60% of 20"),
    ]  # fmt: skip
    assert results.part_of(4, 14) == "of 14"


# The page ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 200), ("supervisor_elsewhere", 200), ("coordinator", 200), ("analyst", 200), ("lead", 403),
        ("mediator", 403), ("records_officer", 403),
    ],
)  # fmt: skip
def test_who_reads_the_figures(staff, sign_in, who, status):
    assert sign_in(getattr(staff, who)).get(PAGE).status_code == status


def test_the_page_names_types_and_areas_and_those_without_any_event(area, held, staff, sign_in):
    AreaFactory(name="Nobody comes here")
    today = timezone.localdate()
    event = held(today, adults_new=2)
    EventType.objects.filter(pk=event.type_id).update(label_en="Porch talk")
    answer = sign_in(staff.supervisor).get(PAGE)
    page = answer.content.decode()
    assert answer.context["types"] == [("Porch talk", 1, "of 1")]
    assert answer.context["areas"] == [("Eastgate", 1, "of 1")]
    # The areas that the people of the unit serve are there too.
    assert answer.context["silent"] == ["Mill Row", "Nobody comes here"]
    assert "Areas without any event in 90 days" in page
    assert "2 of 3" in page
    assert "This month is not over" in page


def test_the_page_turns_to_the_months_before_and_to_none_to_come(held, staff, sign_in):
    client, today = sign_in(staff.analyst), timezone.localdate()
    first = today.replace(day=1)
    before, after = first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1)
    assert (now := client.get(PAGE).context["month"]).next == ""
    assert now.previous == f"{before:%Y-%m}"
    earlier = client.get(PAGE, {"month": now.previous})
    assert (earlier.context["month"].first, earlier.context["is_running"]) == (before.replace(day=1), False)
    for nonsense in (f"{after:%Y-%m}", "1900-01", "ever", "2026-13"):
        assert client.get(PAGE, {"month": nonsense}).context["month"].first == first


@pytest.mark.parametrize(
    ("who", "address", "linked"),
    [
        ("supervisor", "/planning/", True), ("coordinator", "/planning/", True), ("lead", "/planning/", False),
        ("supervisor", "/desk/supervisor/", True), ("analyst", "/desk/", True), ("coordinator", "/desk/", False),
    ],
)  # fmt: skip
def test_whoever_may_read_them_finds_them(staff, sign_in, who, address, linked):
    page = sign_in(getattr(staff, who)).get(address).content.decode()
    assert (f'href="{reverse("events:event_figures")}"' in page) == linked


def test_an_analyst_is_offered_no_page_that_they_may_not_open(staff, sign_in):
    assert 'href="/planning/"' not in sign_in(staff.analyst).get(PAGE).content.decode()
