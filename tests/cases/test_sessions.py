"""Appointments: what they take, whom they remind, and what may never be booked."""

from datetime import date, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from areas.models import AlreadyBooked, Booking
from cases import actions, belonging, gate, scheduling, unsealing
from cases.models import Case, Party, Session
from core.states import MoveNotAllowed
from notices import kinds
from notices.models import Channel, Notice, Task
from notices.tasks import deliver_due
from tests.factories.areas import VenueFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory
from tests.factories.readiness import make_ready

SOON = timedelta(days=5)


@pytest.fixture
def parties(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


def book(case, parties=(), staff=(), by=None, **fields):
    wanted = {"kind": Session.Kind.CALL, "day": timezone.localdate() + SOON, "clock": time(14, 0), "place": "phone"}
    session = Session(case=case, **wanted | fields)
    return scheduling.book_session(session=session, parties=parties, staff=staff, by=by or case.opened_by)


def waiting(session, kind="cases.session"):
    return Notice.objects.waiting().filter(ref=session.reference, kind=kind)


def move(session, by, **fields):
    kept = {name: getattr(session, name) for name in ("day", "clock", "minutes", "venue", "place")}
    return scheduling.move_session(session=session, by=by, seen=session.moved, **kept | fields)


def test_booking_owes_two_reminders_to_each_and_a_task_to_record(case, staff, parties):
    session = book(case, parties, [staff.assigned])

    notices = waiting(session).order_by("due_at", "contact")
    assert [session.starts_at - notice.due_at for notice in notices] == [timedelta(days=2)] * 2 + [
        timedelta(days=1)
    ] * 2
    assert {notice.key for notice in notices} == {
        f"cases.session:{session.reference}:v0:{days}d:{party.contact_id}:email" for days in (1, 2) for party in parties
    }
    assert waiting(session, "cases.session_staff").count() == 2
    task = Task.objects.get(key=f"cases.result:{session.reference}:v0")
    assert (task.owner, task.due_at) == (staff.assigned, session.ends_at + timedelta(days=1))
    assert task.escalate_at == session.ends_at + timedelta(days=3)


def test_a_near_appointment_is_reminded_of_once_and_at_once(case, parties):
    tomorrow = timezone.localtime() + timedelta(hours=20)
    session = book(case, parties[:1], day=tomorrow.date(), clock=tomorrow.time().replace(second=0, microsecond=0))

    assert waiting(session).get().due_at <= timezone.now()


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 15), (47, 23)), (date(2026, 11, 2), (49, 25)), (date(2027, 6, 15), (48, 24))]
)
def test_reminders_keep_the_clock_on_the_wall_over_both_changes(case, parties, day, hours, time_machine):
    time_machine.move_to(day - timedelta(days=10))
    session = book(case, parties[:1], day=day, clock=time(1, 30) if hours[0] == 47 else time(14, 0))
    changed = 1 if hours[0] != 48 else 0

    dues = [timezone.localtime(notice.due_at) for notice in waiting(session).order_by("due_at")]
    assert [due.date() for due in dues] == [day - timedelta(days=2), day - timedelta(days=1)]
    assert {due.time() for due in dues} == {session.clock}
    passed = tuple(int((session.starts_at - due).total_seconds() // 3600) for due in dues)
    assert passed[0] == hours[0] if changed else passed == hours


def test_moving_voids_the_old_reminders_and_writes_new_ones(case, staff, parties):
    session = book(case, parties, [staff.assigned])
    move(session, staff.assigned, day=session.day + timedelta(days=3))

    session.refresh_from_db()
    assert session.moved == 1
    assert Notice.objects.filter(ref=session.reference, state=Notice.State.VOID).count() == 6
    assert waiting(session).count() == 4
    assert all(":v1:" in key for key in waiting(session).values_list("key", flat=True))
    assert Task.objects.open().get(key__startswith="cases.result:").key.endswith(":v1")
    assert {booking.starts_at for booking in Booking.objects.filter(ref=session.reference)} == {session.starts_at}
    # Nobody was told of the old time by a message, so nobody is told of the change by one.
    assert not Notice.objects.filter(kind="cases.session_changed").exists()


def test_what_was_said_by_message_is_corrected_by_message(case, staff, parties):
    session = book(case, parties)
    first = waiting(session).filter(contact=parties[0].contact).order_by("due_at").first()
    Notice.objects.filter(pk=first.pk).update(state=Notice.State.SENT, sent_at=timezone.now(), ended_at=timezone.now())
    move(session, staff.assigned, clock=time(16, 0))
    changed = waiting(session, "cases.session_changed").get()
    assert (changed.contact, changed.due_at <= timezone.now()) == (parties[0].contact, True)
    assert "16:00" in kinds.render("cases.session_changed", [session.reference], "en")[session.reference].body

    scheduling.cancel_session(session=session, reason="The room has no heating", by=staff.assigned)
    message = kinds.render("cases.session_changed", [session.reference], "es")[session.reference]
    assert waiting(session, "cases.session_changed").count() == 1
    assert "heating" not in message.body


def test_canceling_calls_off_everything_and_frees_the_room(case, staff, parties):
    venue = VenueFactory()
    session = book(case, parties, [staff.assigned], venue=venue)
    scheduling.cancel_session(session=session, reason="Both are ill", by=staff.assigned)

    assert not Notice.objects.waiting().filter(ref=session.reference).exists()
    assert not Task.objects.open().filter(key__startswith="cases.result:").exists()
    assert not Booking.objects.exists()
    with pytest.raises(MoveNotAllowed):
        scheduling.cancel_session(session=session, reason="again", by=staff.assigned)


def test_a_moved_appointment_is_not_moved_back_by_who_did_not_see_it(case, staff, parties, sign_in):
    session = book(case, parties)
    address = reverse("cases:session_move", args=[case.reference, session.reference])
    posted = {"seen": 0, "day": (session.day + SOON).isoformat(), "clock": "10:00", "minutes": 60, "place": "phone"}
    client = sign_in(staff.assigned)

    assert client.post(address, posted).status_code == 302
    assert client.post(address, posted | {"clock": "11:00"}).status_code == 409
    session.refresh_from_db()
    assert (session.moved, session.clock) == (1, time(10, 0))


def test_a_taken_room_or_person_is_refused_with_its_name(case, staff, sign_in):
    venue = VenueFactory(name="Library, room 2")
    book(CaseFactory(area=case.area), venue=venue, staff=[staff.assigned])
    address = reverse("cases:session_book", args=[case.reference])
    day = (timezone.localdate() + SOON).isoformat()
    posted = {"kind": "call", "day": day, "clock": "14:30", "minutes": 60, "time_zone": ""}
    client = sign_in(staff.assigned)

    room = client.post(address, posted | {"venue": venue.pk})
    person = client.post(address, posted | {"staff": [staff.assigned.pk], "place": "phone"})
    assert (room.status_code, person.status_code) == (409, 409)
    assert "Library, room 2 is booked" in room.content.decode()
    assert f"{staff.assigned} is booked" in person.content.decode()
    assert not case.sessions.exists()
    assert client.post(address, posted | {"venue": venue.pk, "clock": "15:00"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_book_one_room_at_once_one_gets_it():
    venue, case = VenueFactory(), CaseFactory()
    barrier, outcomes = Barrier(8), []

    def attempt():
        try:
            barrier.wait(timeout=20)
            book(case, venue=venue)
            outcomes.append("booked")
        except AlreadyBooked:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked"] + ["refused"] * 7
    assert Session.objects.count() == 1


@pytest.mark.parametrize("violence", [False, True])
def test_closing_a_case_still_tells_whoever_was_reminded(case, staff, parties, violence):
    session = book(case, parties[:1])
    first = waiting(session).order_by("due_at").first()
    now = timezone.now()
    Notice.objects.filter(pk=first.pk).update(state=Notice.State.SENT, sent_at=now, ended_at=now)
    Case.objects.filter(pk=case.pk).update(violence_indicated=violence)
    case.refresh_from_db()
    actions.close_case(case=case, reason=Case.ClosingReason.INFORMATION, by=staff.assigned)

    message = kinds.render("cases.session_changed", [session.reference], "en")[session.reference]
    assert waiting(session, "cases.session_changed").count() == (0 if violence else 1)
    assert (message is None) is violence
    assert Task.objects.open().filter(key__startswith="cases.tell:").count() == int(violence)


# The gate ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", Session.TOGETHER)
def test_a_joint_session_is_refused_with_the_name_of_each_missing_check(case, staff, parties, sign_in, kind):
    Case.objects.filter(pk=case.pk).update(process="restorative" if kind == "circle" else "mediation")
    address = reverse("cases:session_book", args=[case.reference])
    posted = {
        "kind": kind, "day": (timezone.localdate() + SOON).isoformat(), "clock": "14:00", "minutes": 90, "place": "x",
        "parties": [party.pk for party in parties],
    }  # fmt: skip
    answer = sign_in(staff.assigned).post(address, posted)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert not case.sessions.exists()
    for party in parties:
        for what in ("was reached", "was given the confidentiality notice", "was screened, alone", "consented to meet"):
            assert f"{party} ({party.get_role_display()}) {what}: missing" in page
        assert f"{staff.facilitator} declared on conflicts with {party}: missing" in page


@pytest.mark.parametrize("stage", Party.Stage.values)
def test_a_stage_alone_opens_nothing(case, stage):
    for responding in (False, True):
        PartyFactory(case=case, responding=responding, stage=stage)

    assert gate.gate_of(case).missing


def test_a_side_that_is_not_known_closes_the_gate(case):
    PartyFactory(case=case)
    make_ready(case)

    assert [check.title for check in gate.gate_of(case).missing] == ["Responding party is known"]


def test_a_sign_of_violence_closes_the_gate_even_for_ready_sides(case, staff, parties):
    make_ready(case)
    sides = parties
    case.refresh_from_db()
    case.violence_indicated = True
    case.save()

    with pytest.raises(gate.GateClosed) as refusal:
        book(case, sides, kind=Session.Kind.JOINT)
    assert [check.title for check in refusal.value.missing] == ["No sign of violence between partners or in the family"]


def test_ready_sides_may_meet(case, parties):
    make_ready(case)

    assert book(case, parties, kind=Session.Kind.JOINT).state == Session.State.PLANNED


@pytest.mark.parametrize("state", ["closed"])
def test_nothing_is_booked_in_a_case_that_is_over(db, state):
    case = CaseFactory(**{state: True})

    with pytest.raises(MoveNotAllowed):
        book(case)


# Safety ------------------------------------------------------------------------------------------------------
def test_with_a_sign_of_violence_nothing_is_sent_and_the_officer_tells(case, staff, parties):
    case.violence_indicated = True
    case.save()
    session = book(case, parties, [staff.assigned])

    assert not Notice.objects.filter(ref=session.reference, kind="cases.session").exists()
    assert Task.objects.open().filter(key__startswith="cases.tell:").get().owner == staff.assigned


def test_a_sign_of_violence_noted_later_stops_what_was_owed(case, staff, parties, sign_in):
    session = book(case, parties)
    posted = {
        "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
        "area": case.area_id, "risk": case.risk, "access": "team", "version": case.version,
        "received_on": timezone.localdate().isoformat(), "violence_indicated": "on",
    }  # fmt: skip
    address = reverse("cases:case_edit", args=[case.reference])
    client = sign_in(staff.assigned)

    assert client.post(address, posted).status_code == 302
    assert kinds.render("cases.session", [session.reference], "en") == {session.reference: None}
    assert Task.objects.open().filter(key__startswith="cases.tell:").count() == 1
    del posted["violence_indicated"]
    assert client.post(address, posted | {"version": 2}).status_code == 302
    assert kinds.render("cases.session", [session.reference], "en")[session.reference] is not None
    assert waiting(session).count() == 4
    assert not Task.objects.open().filter(key__startswith="cases.tell:").exists()


def test_a_party_with_no_safe_way_becomes_a_task(case, staff):
    silent = PartyFactory(case=case, contact__may_email=False, contact__may_sms=False)
    session = book(case, [silent], by=staff.assigned)

    assert not waiting(session).exists()
    task = Task.objects.open().get(key__startswith="notices.unsent:")
    assert (task.owner, task.ref) == (staff.assigned, case.reference)


def test_reminders_follow_a_party_to_the_way_that_is_safe_now(case, staff, parties, sign_in, settings):
    settings.SMS_URL = "json://localhost:1"
    session = book(case, parties[:1])
    party = parties[0]
    address = reverse("cases:party_edit", args=[case.reference, party.handle])
    ways = {"email": "contact-may_email", "sms": "contact-may_sms"}
    posted = {
        "party-role": party.role, "contact-name": party.contact.name, "contact-language": "en",
        "contact-phone": "206-555-0123", "contact-email": party.contact.email, "contact-agreed": "on",
    }  # fmt: skip
    for version, way in enumerate(("sms", "email", "sms"), start=1):
        answer = sign_in(staff.assigned).post(address, posted | {"party-version": version, ways[way]: "on"})
        assert answer.status_code == 302
        assert set(waiting(session).values_list("channel", flat=True)) == {way}
        assert waiting(session).count() == 2
    assert Notice.objects.filter(ref=session.reference, channel=Channel.EMAIL).exclude(state="void").count() == 0


def test_who_left_the_case_or_its_team_is_reminded_of_nothing(case, staff, parties):
    session = book(case, parties, [staff.facilitator])
    belonging.remove_party(party=parties[0], by=staff.assigned)
    belonging.dismiss(facilitator=case.facilitators.serving().get(), by=staff.supervisor)

    assert set(waiting(session).values_list("contact", flat=True)) == {parties[1].contact_id}
    assert not waiting(session, "cases.session_staff").exists()
    assert not Booking.objects.filter(staff=staff.facilitator).exists()


def reminders_of_us(mailoutbox):
    """To whom mails with a word of the case went."""
    return {mail.to[0] for mail in mailoutbox if "/cases/" in mail.body}


def is_disabled(case, person, staff):
    person.disable(by=staff.coordinator)


def serves_elsewhere(case, person, staff):
    person.set_areas([staff.officer_elsewhere.areas_served.get().area], by=staff.coordinator)


def lost_the_role(case, person, staff):
    person.set_roles(["analyst"], by=staff.coordinator)


def the_case_is_sealed(case, person, staff):
    case.set_access("sealed", by=staff.assigned)


@pytest.mark.parametrize("since", [is_disabled, serves_elsewhere, lost_the_role, the_case_is_sealed])
def test_whoever_may_not_open_the_case_any_more_is_not_reminded(case, staff, parties, mailoutbox, since):
    session = book(case, parties[:1], [staff.assigned, staff.second_supervisor])
    since(case, staff.second_supervisor, staff)
    Notice.objects.filter(ref=session.reference).update(due_at=timezone.now())
    deliver_due()

    assert reminders_of_us(mailoutbox) == {staff.assigned.email}
    theirs = Notice.objects.filter(ref=session.reference, contact=staff.second_supervisor.contact)
    assert set(theirs.values_list("state", flat=True)) == {"void"}
    assert {mail.to[0] for mail in mailoutbox} == {staff.assigned.email, parties[0].contact.email}


def test_a_glass_that_was_broken_for_a_day_brings_no_reminder_afterwards(open_case, staff, mailoutbox):
    case = open_case(sealed=True)
    unsealing.break_glass(case=case, reason="The officer is ill for weeks", by=staff.supervisor)
    session = book(case, staff=[staff.supervisor, staff.assigned])
    mailoutbox.clear()
    case.break_glasses.update(until=timezone.now())
    Notice.objects.filter(ref=session.reference).update(due_at=timezone.now())
    deliver_due()

    assert reminders_of_us(mailoutbox) & {staff.supervisor.email, staff.assigned.email} == {staff.assigned.email}


@pytest.mark.parametrize(
    ("sealed", "who", "offered"),
    [(False, "supervisor", True), (True, "supervisor", False), (True, "assigned", True), (True, "facilitator", True)],
)
def test_who_opens_a_sealed_case_for_a_day_is_not_needed_at_its_appointments(
    open_case, staff, sign_in, sealed, who, offered
):
    case, person = open_case(sealed=sealed), getattr(staff, who)
    unsealing.break_glass(case=case, reason="The officer is ill for weeks", by=staff.supervisor)
    address = reverse("cases:session_book", args=[case.reference])
    form = sign_in(person).get(address).context["form"]

    assert (person in form.fields["staff"].queryset) is offered
    assert form.initial["staff"] == ([person.pk] if offered else [])
    posted = {"kind": "call", "day": (timezone.localdate() + SOON).isoformat(), "clock": "14:00", "minutes": 60}
    answer = sign_in(person).post(address, posted | {"staff": [person.pk]})
    assert answer.status_code == (302 if offered else 200)


def test_the_officer_before_is_not_needed_at_the_appointments_any_more(case, staff, parties):
    venue = VenueFactory()
    session = book(case, parties, [staff.assigned, staff.facilitator], venue=venue)
    begun = timezone.now() - timedelta(hours=2)
    past = SessionFactory(case=case, staff=[staff.assigned], starts_at=begun, day=begun.date())
    actions.assign(case=case, officer=staff.colleague, by=staff.supervisor)

    assert list(session.staff.all()) == [staff.facilitator]
    assert list(past.staff.all()) == [staff.assigned]
    assert {notice.contact for notice in waiting(session, "cases.session_staff")} == {staff.facilitator.contact}
    assert not Booking.objects.filter(staff=staff.assigned).exists()
    assert Booking.objects.filter(venue=venue).exists()
    task = Task.objects.open().get(key=f"cases.staff:{session.reference}:v0")
    assert (task.owner, task.link) == (staff.colleague, session.get_absolute_url())
    assert waiting(session).count() == 4


@pytest.mark.parametrize("stays", ["as facilitator", "as officer"])
def test_who_keeps_a_part_in_the_case_keeps_its_appointments(case, staff, parties, stays):
    session = book(case, parties, [staff.assigned])
    if stays == "as facilitator":
        FacilitatorFactory(case=case, user=staff.assigned, kind="officer", part="co")
        actions.assign(case=case, officer=staff.colleague, by=staff.supervisor)
    else:
        actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)

    assert list(session.staff.all()) == [staff.assigned]
    assert not Task.objects.filter(key__startswith="cases.staff:").exists()


# Results -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("result", "met", "review"),
    [
        ("held", True, 0),
        ("partly", True, 0),
        ("adjourned", True, 0),
        ("no_show", False, 0),
        ("ended_for_safety", True, 1),
    ],
)
def test_recording_a_result(case, staff, parties, sign_in, result, met, review, time_machine):
    session = book(case, parties)
    time_machine.move_to(session.ends_at + timedelta(hours=1))
    address = reverse("cases:session_record", args=[case.reference, session.reference])
    posted = {"result": result, "absent": [parties[1].pk]}
    answer = sign_in(staff.assigned).post(address, posted)

    assert answer.status_code == 302
    session.refresh_from_db()
    case.refresh_from_db()
    assert (session.state, session.recorded_by, list(session.absent.all())) == (result, staff.assigned, [parties[1]])
    assert (case.last_contact_at == session.starts_at) is met
    assert not Task.objects.open().filter(key__startswith="cases.result:").exists()
    assert Task.objects.open().filter(key__startswith="cases.safety:", role="supervisor").count() == review
    assert sign_in(staff.assigned).post(address, posted).status_code == 409


def test_a_result_before_the_time_is_refused(case, staff, parties, sign_in):
    session = book(case, parties)
    address = reverse("cases:session_record", args=[case.reference, session.reference])

    answer = sign_in(staff.assigned).post(address, {"result": "held"})
    assert (answer.status_code, session.state) == (200, Session.State.PLANNED)
    assert "has not begun yet" in answer.content.decode()


def test_an_appointment_in_the_past_is_refused(case, staff, sign_in):
    address = reverse("cases:session_book", args=[case.reference])
    posted = {"kind": "call", "day": "2020-01-01", "clock": "14:00", "minutes": 60, "place": "phone"}

    assert sign_in(staff.assigned).post(address, posted).status_code == 200
    assert not case.sessions.exists()


# What messages say -------------------------------------------------------------------------------------------
def test_messages_hold_no_word_of_the_case_or_its_people(case, staff, parties):
    venue = VenueFactory(name="Marker Hall", address="7 Marker Street")
    case.summary, case.place = "markersummary", "markerplace"
    case.save()
    session = book(case, parties, [staff.assigned], venue=venue, place="markerroom")
    secrets = [
        case.title, case.summary, case.place, case.reference, venue.name, venue.address, session.place, case.area.name,
        *(party.contact.name for party in parties), staff.assigned.name, "mediation", "conflict", "dispute",
    ]  # fmt: skip
    refs = {"cases.session": [session.reference], "cases.session_changed": [session.reference]}

    letters = list(kinds.render_all(refs, parties[0].contact))
    assert len(letters) == 2 * 2 * 2
    for _kind, _ref, _language, letter in letters:
        for secret in secrets:
            assert secret.lower() not in f"{letter.subject} {letter.body} {letter.text}".lower()
        if letter.neutral:
            assert "police" not in letter.body.lower()
            assert "liaison" not in letter.body.lower()
        assert "14:00" in letter.body


def test_many_reminders_are_rendered_in_one_query(case, django_assert_num_queries):
    refs = [SessionFactory(case=case).reference for _ in range(5)]

    with django_assert_num_queries(1):
        assert len(kinds.render("cases.session", refs, "en")) == 5


def test_times_elsewhere_are_told_in_the_zone_of_the_place(case, parties):
    session = book(case, parties, time_zone="America/Los_Angeles")
    body = kinds.render("cases.session", [session.reference], "en")[session.reference].body

    assert "at 14:00 (America/Los_Angeles)" in body


@pytest.mark.parametrize(
    ("link", "kept"),
    [("https://meet.example.org/room", True), ("http://meet.example.org", False), ("javascript:alert(1)", False)],
)
def test_an_online_meeting_has_a_link_that_is_safe_to_open(case, staff, parties, sign_in, link, kept):
    day = (timezone.localdate() + SOON).isoformat()
    posted = {
        "kind": "coaching",
        "day": day,
        "clock": "14:00",
        "minutes": 60,
        "online": link,
        "parties": [parties[0].pk],
    }
    client = sign_in(staff.assigned)
    client.post(reverse("cases:session_book", args=[case.reference]), posted)

    assert Session.objects.filter(online=link).exists() is kept
    assert (f'href="{link}"' in client.get(case.get_absolute_url()).content.decode()) is kept
