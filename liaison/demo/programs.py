"""A program of Alder Bay with its sessions, who takes part, and a mentor; and what one workshop taught."""

from datetime import time, timedelta

from django.utils import timezone

from events import attending, program_owed
from events.models import (
    Attendance,
    Clearance,
    Enrollment,
    Event,
    EventType,
    Mentor,
    Pairing,
    Program,
    ProgramSession,
    Workshop,
)
from liaison.demo import city
from liaison.demo.words import FIRST, SPANISH_FIRST
from notices.models import Contact

FIRST_DAY, DAYS = -20, 70
# Two sessions were, three come.
SESSIONS = (-15, -8, 6, 13, 20)
# name, age, whether a guardian agreed, state, marks at the sessions that were
PEOPLE = (
    (FIRST[12], "from_12", True, "enrolled", ("present", "present")),
    (SPANISH_FIRST[4], "from_12", True, "enrolled", ("present", "excused")),
    (FIRST[24], "from_15", True, "enrolled", ("absent", "absent")),
    (FIRST[10], "from_15", False, "asked", ()),
)
OUTLINE = "What each side wants, and why\nHow to begin a hard talk\nPractice in threes\nHow to end it well"
QUESTION = "How sure are you that you can begin a hard talk with a neighbor?"


def make(today, users, areas):
    """Write the program and the workshop once, however often the city is loaded."""
    _workshop(users)
    reference = f"Y-26-{city.mark('program')}"
    if Program.objects.filter(reference=reference).exists():
        return
    lead, area = users["velarde"], areas["AB-H2"]
    begins = today + timedelta(days=FIRST_DAY)
    program = Program(
        reference=reference, name="Harbor Youth Academy", area=area, lead=lead, made_by=lead, capacity=12,
        purpose="Ten evenings on how the city works, who does what in it, and how to settle a quarrel.",
        begins_on=begins, ends_on=begins + timedelta(days=DAYS), age_from=12, age_to=17, state=Program.State.RUNNING,
    )  # fmt: skip
    program.save()
    program.staff.add(users["imani"])
    program_owed.ends(program)
    sessions = [_session(program, number, today + timedelta(days=days)) for number, days in enumerate(SESSIONS)]
    people = [_enrollment(program, begins, *told) for told in PEOPLE]
    _mark(program, sessions, people, lead)
    _mentor(program, people[0], users["castellow"], lead, today)


def _session(program, number, day):
    event = Event(
        reference=f"E-26-{city.mark('program session', str(number))}", type=EventType.objects.get(code="workshop"),
        title_en="Harbor Youth Academy", title_es="Academia juvenil del puerto", access=Event.Access.PRIVATE,
        purpose=Event.Purpose.TRAIN, area=program.area, place="Harbor library, upper room", day=day, clock=time(17),
        minutes=90, languages=["en", "es"], children=Event.Children.YOUTH, risk=Event.Risk.LOW, lead=program.lead,
        made_by=program.lead, state=Event.State.HELD if day < timezone.localdate() else Event.State.PLANNED,
    )  # fmt: skip
    event.save()
    return ProgramSession.objects.create(program=program, event=event)


def _enrollment(program, asked_on, name, band, agreed, state, marks):
    guardian = Contact.objects.create(name=f"A parent of {name}") if agreed else None
    consent = {"guardian": guardian, "consent_on": asked_on, "consent_how": "paper", "consent_by": program.lead}
    row = Enrollment.objects.create(
        program=program, contact=Contact.objects.create(name=name), band=band, needs_consent=True, state=state,
        asked_on=asked_on, made_by=program.lead, **(consent if agreed else {}),
    )  # fmt: skip
    return row, marks


def _mark(program, sessions, people, by):
    for row, marks in people:
        for session, mark in zip(sessions, marks, strict=False):
            Attendance.objects.create(session=session, enrollment=row, mark=mark, by=by)
    for session in sessions:
        attending.count(session)
    attending.tell(program, [row for row, _marks in people], by=by)


def _mentor(program, person, user, by, today):
    mentor = Mentor.objects.create(program=program, user=user, made_by=by)
    checked = {"checked_on": today - timedelta(days=300), "expires_on": today + timedelta(days=80)}
    clearance = Clearance.objects.create(mentor=mentor, kind="children", result="clear", by=by, **checked)
    program_owed.expires(clearance)
    row, _marks = person
    Pairing.objects.create(mentor=mentor, enrollment=row, made_by=by)


def _workshop(users):
    """What the last workshop taught that was held."""
    held = Event.objects.filter(type__code="workshop", access=Event.Access.PUBLIC, state=Event.State.HELD)
    event = held.order_by("-starts_at", "-id").first()
    if event is not None and not Workshop.objects.exists():
        Workshop.objects.create(
            event=event, outline=OUTLINE, hours=2, trainer_named=f"{FIRST[7]}, a mediator of the city",
            question=QUESTION, before=[4, 7, 5, 2, 0], after=[0, 2, 6, 7, 2],
        )  # fmt: skip
