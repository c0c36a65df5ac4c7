"""Events: drafted, planned, published, moved, postponed, canceled, held and repeated."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from areas.models import Booking
from core.models import AuditEntry
from core.states import MoveNotAllowed
from events import actions
from events.models import Event, Series
from events.models.series import place_in_month
from notices.models import Task
from tests.factories.areas import VenueFactory
from tests.factories.events import CheckItemFactory, EventFactory, EventTypeFactory, PartFactory
from tests.factories.partners import OrganizationFactory

STATES = Event.State


def address(name, event, *more):
    return reverse(f"events:{name}", args=[event.reference, *more])


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def drafted(area, lead, type, /, **typed):
    return {
        "type": type.pk, "title_en": "Coffee at the library", "access": "public", "purpose": "social", "area": area.pk,
        "children": "welcome", "lead": lead.pk, "risk": "unchecked", "day": in_days(20), "clock": "9", "minutes": "90",
        "place": "Library steps", "languages": ["en", "es"],
    } | typed  # fmt: skip


# Drafting ------------------------------------------------------------------------------------------------------------
def test_a_new_event_is_a_draft_with_the_checklist_of_its_type(area, staff, sign_in):
    type = EventTypeFactory()
    type.checks.create(text="Confirm the venue", days=28)
    posted = drafted(area, staff.lead, type, staff=[staff.helper.pk])
    answer = sign_in(staff.maker).post(reverse("events:event_create"), posted)

    event = Event.objects.get()
    assert answer.url == event.get_absolute_url()
    assert (event.state, event.made_by, event.lead) == (STATES.DRAFT, staff.maker, staff.lead)
    assert list(event.staff.all()) == [staff.helper]
    assert (event.clock, event.ends_at - event.starts_at) == (time(9), timedelta(minutes=90))
    assert [(check.text, check.days) for check in event.checks.all()] == [("Confirm the venue", 28)]
    assert not Task.objects.exists()
    assert AuditEntry.objects.get(act="event.draft").kind == "collection"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"title_en": ""}, "Enter a title in English"),
        ({"type": ""}, "Choose what kind of event it is"),
        ({"day": in_days(-1)}, "Enter a time that has not passed"),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"languages": ["xx"]}, "Select a valid choice"),
        ({"online": "http://meet.example"}, "Enter a valid URL"),
        ({"budget": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_draft_that_makes_no_sense_is_not_kept(area, staff, sign_in, typed, told):
    posted = drafted(area, staff.lead, EventTypeFactory(), **typed)
    assert told in sign_in(staff.lead).post(reverse("events:event_create"), posted).content.decode()
    assert not Event.objects.exists()


def test_a_retired_type_is_not_offered(area, staff, sign_in):
    EventTypeFactory()
    gone = EventTypeFactory(retired_at=timezone.now(), retired_by=staff.coordinator)
    posted = drafted(area, staff.lead, gone)
    assert sign_in(staff.lead).post(reverse("events:event_create"), posted).status_code == 200
    assert not Event.objects.exists()


# Who may what --------------------------------------------------------------------------------------------------------
MAY = {
    "lead": 302, "maker": 302, "helper": 302, "supervisor": 302, "coordinator": 302, "colleague": 403,
    "supervisor_elsewhere": 403, "analyst": 404, "mediator": 404, "records_officer": 404,
}  # fmt: skip


@pytest.mark.parametrize(("who", "status"), MAY.items())
def test_who_may_cancel_an_event(make_event, staff, sign_in, who, status):
    event = make_event(planned=True)
    assert sign_in(getattr(staff, who)).post(address("event_cancel", event)).status_code == status
    assert (Event.objects.get().state == STATES.CANCELED) == (status == 302)


@pytest.mark.parametrize(("who", "status"), [(who, 200 if status != 404 else 404) for who, status in MAY.items()])
def test_who_may_read_an_event(make_event, staff, sign_in, who, status):
    assert sign_in(getattr(staff, who)).get(address("event_detail", make_event())).status_code == status


# Its states ----------------------------------------------------------------------------------------------------------
VERBS = {
    "event_plan": (STATES.PLANNED, {STATES.DRAFT}),
    "event_publish": (STATES.PUBLISHED, {STATES.PLANNED}),
    "event_postpone": (STATES.POSTPONED, {STATES.PLANNED, STATES.PUBLISHED, STATES.FULL}),
    "event_cancel": (
        STATES.CANCELED, {STATES.DRAFT, STATES.PLANNED, STATES.PUBLISHED, STATES.FULL, STATES.POSTPONED},
    ),
    "event_hold": (STATES.HELD, {STATES.PLANNED, STATES.PUBLISHED, STATES.FULL}),
}  # fmt: skip


def stands(make_event, staff, state, **traits):
    """An event in any state, with what the state asks for."""
    now, by = timezone.now(), staff.lead
    fields = {"state": state}
    if state in (STATES.PUBLISHED, STATES.FULL):
        fields |= {"published_at": now, "published_by": by}
    if state == STATES.CANCELED:
        fields |= {"canceled_at": now, "canceled_by": by}
    return make_event(**fields, **traits)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_moves_from_its_states_alone(make_event, staff, sign_in, verb, state):
    event = stands(make_event, staff, state, begun=verb == "event_hold")
    becomes, sources = VERBS[verb]
    answer = sign_in(staff.lead).post(address(verb, event))

    assert answer.status_code == (302 if state in sources else 409)
    assert Event.objects.get().state == (becomes if state in sources else state)


def test_an_event_that_has_not_begun_was_not_held(make_event, staff, sign_in):
    event = make_event(published=True)
    answer = sign_in(staff.lead).post(address("event_hold", event))
    assert answer.status_code == 409
    assert "has not begun yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ({"title_es": ""}, "Title in Spanish"),
        ({"about_en": ""}, "What it is about, in English"),
        ({"about_es": " "}, "What it is about, in Spanish"),
        ({"place": ""}, "Where it is"),
        ({"languages": []}, "Languages it is held in"),
        ({"risk": "unchecked"}, "Risk check"),
        ({"begun": True}, "A day that is ahead"),
    ],
)
def test_what_residents_need_to_know_is_asked_before_it_is_published(make_event, staff, sign_in, lacks, told):
    event, client = make_event(planned=True, **lacks), sign_in(staff.lead)
    answer = client.post(address("event_publish", event))
    assert answer.status_code == 409
    assert told in answer.content.decode()
    assert told in client.get(address("event_publish", event)).content.decode()
    assert Event.objects.get().state == STATES.PLANNED


@pytest.mark.parametrize("access", ["invited", "private"])
def test_what_is_not_for_everybody_is_not_published(make_event, staff, sign_in, access, client):
    """Else one tick in the form of the event would show it to everybody, and nobody would have looked."""
    event = make_event(planned=True, access=access)
    assert sign_in(staff.lead).post(f"{event.get_absolute_url()}publish/").status_code == 409
    event.refresh_from_db()
    assert (event.state, event.published_at) == ("planned", None)
    Event.objects.filter(pk=event.pk).update(access="public")
    assert client.get(event.public_url).status_code == 404


def test_what_residents_read_stays_complete(make_event, staff, sign_in):
    event = make_event(published=True)
    posted = drafted(event.area, staff.lead, event.type, version=1, title_es="", risk="low")
    answer = sign_in(staff.lead).post(address("event_edit", event), posted)
    assert "Residents read this event: do not leave it empty" in answer.content.decode()
    event.refresh_from_db()
    assert event.title_es


def test_two_who_edit_at_once_lose_nothing(make_event, staff, sign_in):
    event = make_event()
    posted = drafted(event.area, staff.lead, event.type, version=1, title_en="Tea at the library")
    assert sign_in(staff.lead).post(address("event_edit", event), posted).status_code == 302
    late = sign_in(staff.maker).post(address("event_edit", event), posted | {"title_en": "Juice at the library"})
    assert late.status_code == 409
    assert "Tea at the library" in late.content.decode()
    assert "Juice at the library" in late.content.decode()


# Rooms, people and checklists ----------------------------------------------------------------------------------------
def test_planning_takes_the_room_and_our_people(make_event, staff):
    event = make_event(venue=VenueFactory())
    actions.plan(event=event, by=staff.lead)
    booked = Booking.objects.filter(ref=event.reference)
    assert {row.venue for row in booked} == {event.venue, None}
    assert {row.staff for row in booked} == {staff.lead, staff.helper, None}

    actions.cancel(event=event, by=staff.lead)
    assert not Booking.objects.exists()


def test_a_room_that_is_taken_is_named_and_nothing_changes(make_event, staff, sign_in):
    room = VenueFactory(name="Upper room")
    actions.plan(event=EventFactory(venue=room), by=staff.lead)
    event = make_event(venue=room)
    answer = sign_in(staff.lead).post(address("event_plan", event))
    assert answer.status_code == 409
    assert "Upper room is booked at that time" in answer.content.decode()
    event.refresh_from_db()
    assert event.state == STATES.DRAFT


def open_tasks(event):
    return Task.objects.open().filter(ref=event.reference, key__startswith="events.check:")


def test_the_checklist_is_owed_by_its_days_and_moves_with_the_event(make_event, staff):
    event = make_event()
    week, month = CheckItemFactory(event=event, days=7), CheckItemFactory(event=event, days=9, text="Hang up flyers")
    actions.plan(event=event, by=staff.lead)
    assert [timezone.localdate(task.due_at) for task in open_tasks(event)] == [month.due_on, week.due_on]
    assert {task.owner for task in open_tasks(event)} == {staff.lead}

    open_tasks(event).get(key__contains=str(month.handle)).finish(by=staff.lead)
    later = event.day + timedelta(days=30)
    changes = {
        "seen": event.sequence,
        "day": later,
        "clock": event.clock,
        "minutes": 60,
        "venue": None,
        "place": "Park",
    }
    actions.reschedule(event=event, changes=changes | {"step_free": False, "online": ""}, by=staff.lead)
    [task] = open_tasks(event)
    assert str(week.handle) in task.key
    assert timezone.localdate(task.due_at) == later - timedelta(days=7)

    actions.postpone(event=event, by=staff.lead)
    assert not open_tasks(event).exists()


def test_what_is_added_to_or_dropped_from_the_checklist_is_owed_or_not(make_event, staff, sign_in):
    event, client = make_event(planned=True), sign_in(staff.lead)
    client.post(address("check_add", event), {"text": "Bring chairs", "days": "2"})
    [item] = event.checks.all()
    assert open_tasks(event).get().words == "For the event: Bring chairs"
    assert "Bring chairs" in client.get(address("event_detail", event)).content.decode()

    client.post(address("check_drop", event, item.handle))
    assert not open_tasks(event).exists()
    assert not event.checks.exists()


def test_who_takes_over_the_lead_owes_what_is_open(make_event, staff, sign_in):
    event = make_event()
    CheckItemFactory(event=event)
    actions.plan(event=event, by=staff.lead)
    posted = drafted(event.area, staff.colleague, event.type, version=1, title_es="Café", risk="low")
    assert sign_in(staff.lead).post(address("event_edit", event), posted).status_code == 302
    assert open_tasks(event).get().owner == staff.colleague


def test_a_partner_takes_part_once(make_event, staff, sign_in):
    event, client = make_event(), sign_in(staff.lead)
    there = OrganizationFactory(name="Harbor Mediation")
    posted = {"organization": there.pk, "what": "Brings coffee", "shown": "on"}
    assert client.post(address("part_add", event), posted).status_code == 302
    assert client.post(address("part_add", event), posted).status_code == 200
    [part] = event.parts.all()
    assert client.post(address("part_drop", event, part.handle)).status_code == 302
    assert not event.parts.exists()


def test_a_part_of_another_event_is_not_dropped_here(make_event, staff, sign_in):
    event, other = make_event(), PartFactory()
    assert sign_in(staff.lead).post(address("part_drop", event, other.handle)).status_code == 404
    item = CheckItemFactory()
    assert sign_in(staff.lead).post(address("check_drop", event, item.handle)).status_code == 404


# Moving and canceling ------------------------------------------------------------------------------------------------
def moved(event, **typed):
    return {
        "seen": event.sequence, "day": in_days(40), "clock": "14:30", "minutes": "60", "place": "The school",
    } | typed  # fmt: skip


def test_moving_counts_up_what_calendars_compare(make_event, staff, sign_in):
    event = make_event(published=True)
    was = event.starts_at
    assert sign_in(staff.lead).post(address("event_move", event), moved(event)).status_code == 302
    event.refresh_from_db()
    assert (event.sequence, event.was_at, event.place) == (1, was, "The school")
    assert event.wall_time.time() == time(14, 30)
    assert event.ends_at - event.starts_at == timedelta(minutes=60)


def test_what_nobody_knew_of_was_not_moved_from_anywhere(make_event, staff, sign_in):
    event = make_event(planned=True)
    assert sign_in(staff.lead).post(address("event_move", event), moved(event)).status_code == 302
    event.refresh_from_db()
    assert (event.sequence, event.was_at) == (1, None)


def test_of_two_who_move_it_the_second_is_told(make_event, staff, sign_in):
    event = make_event(published=True)
    assert sign_in(staff.lead).post(address("event_move", event), moved(event)).status_code == 302
    late = sign_in(staff.maker).post(address("event_move", event), moved(event, place="The church"))
    assert late.status_code == 409
    event.refresh_from_db()
    assert event.place == "The school"


@pytest.mark.parametrize(("published", "becomes"), [(True, STATES.PUBLISHED), (False, STATES.PLANNED)])
def test_a_postponed_event_takes_place_again_once_it_has_a_day(make_event, staff, sign_in, published, becomes):
    event, client = make_event(published=published, planned=not published), sign_in(staff.lead)
    told = {"told_en": "The hall is flooded.", "told_es": "La sala está inundada."}
    client.post(address("event_postpone", event), told)
    event.refresh_from_db()
    assert (event.state, event.told_en) == (STATES.POSTPONED, "The hall is flooded.")

    assert client.post(address("event_move", event), moved(event)).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.told_en) == (becomes, "")


def test_nobody_is_told_in_one_language_alone(make_event, staff, sign_in):
    event = make_event(published=True)
    answer = sign_in(staff.lead).post(address("event_cancel", event), {"told_en": "Rain."})
    assert "Say it in both languages, or in none" in answer.content.decode()
    assert Event.objects.get().state == STATES.PUBLISHED


def test_the_database_holds_what_states_promise(make_event, staff):
    event = make_event()
    for wrong in (
        {"state": "published"},
        {"state": "canceled"},
        {"stands_for": event.day},
        {"published_at": event.made_at},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(**wrong)


# Series --------------------------------------------------------------------------------------------------------------
def test_a_repeated_event_is_a_series_of_drafts(make_event, staff, sign_in):
    event = make_event(published=True, clock=time(18))
    PartFactory(event=event, what="Coffee")
    CheckItemFactory(event=event, text="Call the venue")
    answer = sign_in(staff.lead).post(address("event_repeat", event), {"every": "week", "times": "4"})
    assert answer.status_code == 302

    times = list(Event.objects.order_by("starts_at"))
    assert [one.day for one in times] == [event.day + timedelta(weeks=n) for n in range(4)]
    assert [one.state for one in times] == [STATES.PUBLISHED, *[STATES.DRAFT] * 3]
    assert len({one.uid for one in times}) == 4
    assert {one.wall_time.time() for one in times} == {time(18)}
    assert all(one.stands_for == one.day and one.parts.get().what == "Coffee" for one in times)
    assert all(one.checks.get().text == "Call the venue" and set(one.staff.all()) == {staff.helper} for one in times)
    assert sign_in(staff.lead).post(address("event_repeat", event), {"every": "week", "times": "3"}).status_code == 409


@pytest.mark.parametrize("times", ["1", "61", "-3", "x"])
def test_a_series_has_two_to_sixty_times(make_event, staff, sign_in, times):
    event = make_event()
    sign_in(staff.lead).post(address("event_repeat", event), {"every": "week", "times": times})
    assert not Series.objects.exists()


def test_the_rest_of_a_series_is_canceled_and_what_was_before_stays(make_event, staff, sign_in):
    event = make_event(planned=True)
    actions.repeat(event=event, every="week", times=4, by=staff.lead)
    first, second, third, _fourth = Event.objects.order_by("starts_at")
    actions.cancel(event=third, by=staff.lead)
    posted = {"whole": "on", "told_en": "The hall closes.", "told_es": "La sala cierra."}
    answer = sign_in(staff.lead).post(address("event_cancel", second), posted, follow=True)
    assert "2 events are canceled." in answer.content.decode()
    assert [one.state for one in Event.objects.order_by("starts_at")] == [STATES.PLANNED, *[STATES.CANCELED] * 3]


@pytest.mark.parametrize(
    ("day", "place"),
    [
        (date(2026, 11, 3), 1), (date(2026, 11, 10), 2), (date(2026, 11, 17), 3), (date(2026, 11, 24), -1),
        (date(2026, 12, 1), 1), (date(2026, 12, 22), 4), (date(2026, 12, 29), -1), (date(2027, 2, 23), -1),
    ],
)  # fmt: skip
def test_a_weekday_of_the_month_counts_from_the_nearer_end(day, place):
    assert place_in_month(day) == place


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("week", [date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 10)]),
        ("two_weeks", [date(2026, 10, 27), date(2026, 11, 10), date(2026, 11, 24)]),
        ("month", [date(2026, 10, 27), date(2026, 11, 24), date(2026, 12, 29)]),
    ],
)
def test_a_series_keeps_its_weekday(every, days):
    series = Series(every=every, times=3, day=date(2026, 10, 27), clock=time(18))
    assert series.days() == days


def test_a_series_keeps_its_hour_over_the_change_of_the_clock(make_event, staff, settings):
    settings.TIME_ZONE = "America/New_York"
    event = make_event(day=date(2027, 10, 30), clock=time(18), planned=True)
    actions.repeat(event=event, every="week", times=3, by=staff.lead)
    hours = [one.starts_at.hour for one in Event.objects.order_by("starts_at")]
    assert hours == [22, 22, 23]
    assert {one.wall_time.time() for one in Event.objects.all()} == {time(18)}


# The list ------------------------------------------------------------------------------------------------------------
def titles(client, **asked):
    return [event.title_en for event in client.get(reverse("events:event_list"), asked).context["page_obj"]]


def test_the_list_is_narrowed(make_event, staff, area, sign_in):
    client = sign_in(staff.lead)
    mine = make_event(title_en="Mine", day=timezone.localdate() + timedelta(days=3))
    other = EventFactory(title_en="Other", published=True)
    past = make_event(title_en="Past", begun=True)
    assert titles(client) == ["Mine", "Other"]
    assert titles(client, when="past") == ["Past"]
    assert titles(client, when="all") == ["Past", "Mine", "Other"]
    assert titles(client, mine="1") == ["Mine"]
    assert titles(client, state="published") == ["Other"]
    assert titles(client, type=other.type.code) == ["Other"]
    assert titles(client, area=area.reference) == ["Mine"]
    assert titles(client, q="other") == ["Other"]
    assert titles(client, q=past.reference, when="past") == ["Past"]
    assert titles(client, state="nonsense", type="\x00", area="nowhere") == ["Mine", "Other"]
    assert mine.reference in client.get(reverse("events:event_list")).content.decode()


def test_a_member_of_staff_without_the_role_has_no_list(staff, sign_in):
    assert sign_in(staff.analyst).get(reverse("events:event_list")).status_code == 403
    assert not Event.objects.visible_to(staff.analyst).exists()


def test_moves_not_allowed_are_told(make_event, staff):
    with pytest.raises(MoveNotAllowed):
        make_event(planned=True).plan(by=staff.lead)
