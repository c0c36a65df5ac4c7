"""Stories as rows of tables, all of them sent by COPY."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from areas.models import Booking
from cases.models import Case, ContactAttempt, Facilitator, Party, Session
from liaison.demo.codes import code_of
from liaison.demo.copy import Table
from liaison.demo.readiness import Readiness
from liaison.demo.stories import REACHED
from liaison.demo.words import HOLDS
from notices.models import Consent, Contact, Task
from notices.walltime import due_in_working_days, local_to_utc

ZONE = ZoneInfo(settings.TIME_ZONE)
WAYS = ("call", "sms", "email", "letter")
# From here on somebody leads the process, an officer where no mediator does.
FACILITATED = ("screening", "ready", "in_process", "agreement", "partial", "no_agreement", "follow_up")
MINUTES = 60
KEEPS_FOR = timedelta(days=90)
# The columns that a story fills, in the order of the rows below.
CONTACT = """
    name language phone phone_e164 email may_call may_sms may_email may_letter
    hours_from neutral rules_note confirmed_on reconfirm_on
"""
CASE = """
    reference title summary process dispute source source_detail area place risk violence_indicated access state
    received_at opened_by opened_at assigned_to first_contact_at last_contact_at
    held_until held_from hold_reason referred_to closing_reason closed_at closed_by
"""
PARTY = "case contact role is_minor needs_interpreter stage reached_at added_at"
SESSION = """
    reference case kind state day clock time_zone starts_at minutes venue place booked_by booked_at
    recorded_at recorded_by
"""


class Book:
    """Takes stories and fills the tables with their rows."""

    def __init__(self, connection, today, users, areas, venues):
        self.today, self.users, self.areas, self.venues = today, users, areas, venues
        self.case_page = reverse("cases:case_detail", args=["CASE"])
        self.assign_page = reverse("cases:case_assign", args=["CASE"])
        self.contact_page = reverse("cases:contact_create", args=["CASE"])
        self.resume_page = reverse("cases:case_resume", args=["CASE"])
        self.record_page = reverse("cases:session_record", args=["CASE", "APPOINTMENT"])
        self.contacts = Table(connection, Contact, CONTACT, keyed=True)
        self.consents = Table(connection, Consent, "contact purpose channel given_at")
        self.cases = Table(connection, Case, CASE, keyed=True)
        self.parties = Table(connection, Party, PARTY, keyed=True)
        self.facilitators = Table(connection, Facilitator, "case kind user part since", keyed=True)
        self.readiness = Readiness(connection)
        self.attempts = Table(connection, ContactAttempt, "case party at way result minutes note by logged_at")
        self.sessions = Table(connection, Session, SESSION, keyed=True)
        self.asked = Table(connection, Session.parties.through, "session party")
        self.present = Table(connection, Session.staff.through, "session user")
        self.bookings = Table(connection, Booking, "ref venue staff starts_at ends_at")
        self.tasks = Table(connection, Task, "key text ref link owner role area due_at made_at")
        self.taken = set()

    @property
    def tables(self):
        """In the order in which one row may point to another."""
        return (
            self.contacts,
            self.consents,
            self.cases,
            self.parties,
            self.facilitators,
            *self.readiness.tables,
            self.attempts,
            self.sessions,
            self.asked,
            self.present,
            self.bookings,
            self.tasks,
        )

    def moment(self, day, minute):
        """So many days from today at that minute of the day here, as UTC."""
        return midnight(self.today, day) + timedelta(minutes=minute)

    def reference(self, letter, story, number):
        """The reference of a row of a story; the year is that of the case's receipt."""
        return f"{letter}-{(self.today - timedelta(days=story.age)).year % 100:02}-{number}"

    def case_reference(self, story):
        return self.reference("M", story, code_of(story.number))

    def add(self, story):
        """One case with all its rows."""
        reference = self.case_reference(story)
        received = self.moment(-story.age, 8 * 60 + story.number % 500)
        officer = self.users[story.officer or story.opened_by]
        case = self.cases.add(*self._case(story, reference, received))
        parties = [self._party(story, case, received, person, place) for place, person in enumerate(story.people)]
        helper, facilitator = self.users.get(story.mediator) or officer, None
        if story.mediator or story.is_open and story.state in FACILITATED:
            kind, since = "volunteer" if story.mediator else "officer", received + timedelta(hours=2)
            facilitator = self.facilitators.add(case, kind, helper, "lead", since)
        if story.is_open:
            self.readiness.add(story, parties, facilitator, helper, received, self.moment(0, 0))
            self.readiness.agree(story, case, parties, officer, self.moment(0, 0))
        for attempt in story.attempts:
            at = self.moment(attempt.day, attempt.minute)
            minutes = 12 if attempt.result == "spoke" else None
            party = parties[attempt.person]
            self.attempts.add(case, party, at, attempt.way, attempt.result, minutes, attempt.note, officer, at)
        for place, meeting in enumerate(story.meetings):
            self._session(story, case, parties, officer, meeting, place)
        self._owe(story, reference, officer)

    def _case(self, story, reference, received):
        answered = [self.moment(a.day, a.minute) for a in story.attempts if a.result in REACHED]
        opened_by, assigned_to = self.users[story.opened_by], self.users.get(story.officer)
        return (
            reference, story.title, story.summary, story.process, story.dispute, story.source, story.source_detail,
            self.areas[story.area], story.street, story.risk, story.scene.violence, story.access, story.state,
            received, opened_by, received, assigned_to, min(answered, default=None), max(answered, default=None),
            *self._rest(story), story.closing, *self._end(story, opened_by),
        )  # fmt: skip

    def _rest(self, story):
        """Why and until when the case rests, and to whom it was given."""
        if story.state == "on_hold":
            return self._held_until(story), "screening", HOLDS[story.number % len(HOLDS)], ""
        return None, "", "", "Alder Bay Mediation Center" if story.state == "referred_out" else ""

    def _end(self, story, by):
        return (None, None) if story.is_open else (self.moment(story.closed, 17 * 60), by)

    def _party(self, story, case, received, person, place):
        """The party, the one contact through which it is known, and what it agreed to be sent."""
        # Every seventeenth has not been asked for so long that nothing may be sent before somebody does.
        confirmed = self.today - timedelta(days=100 if story.number % 17 == 0 else story.quiet)
        email = f"resident{story.number}.{place}@mail.example" if "email" in person.ways else ""
        has_phone = "call" in person.ways or "sms" in person.ways
        phone = (f"(555) 555-0{person.number}", f"+15555550{person.number}") if has_phone else ("", "")
        contact = self.contacts.add(
            person.name, person.language, *phone, email, *(way in person.ways for way in WAYS),
            time(17) if person.evenings else None, person.neutral, person.note, confirmed, confirmed + KEEPS_FOR,
        )  # fmt: skip
        for channel in ("sms", "email"):
            # Of a closed case nobody is written to any more, and a large city is mostly closed cases.
            if channel in person.ways and story.is_open:
                self.consents.add(contact, "case", channel, received)
        reached, foreign = person.reached and self.moment(*person.reached), person.language != "en"
        return self.parties.add(case, contact, person.role, person.minor, foreign, person.stage, reached, received)

    def _session(self, story, case, parties, officer, meeting, place):
        """An appointment with who is asked; one to come also takes the room and the officer's time."""
        reference, held = self.reference("S", story, code_of(story.number * 4 + place)), meeting.state != "planned"
        day, clock = self.today + timedelta(days=meeting.day), time.fromisoformat(meeting.clock)
        starts, booked = local_to_utc(day, clock), self.moment(min(meeting.day, 0) - 4, 10 * 60)
        venue = None if meeting.venue is None else self.venues[meeting.venue]
        recorded = (starts + timedelta(hours=2), officer) if held else (None, None)
        session = self.sessions.add(
            reference, case, meeting.kind, meeting.state, day, clock, settings.TIME_ZONE, starts, MINUTES, venue,
            "" if venue else "By phone", officer, booked, *recorded,
        )  # fmt: skip
        for person in meeting.people:
            self.asked.add(session, parties[person])
        self.present.add(session, officer)
        if not held:
            self._book(reference, starts, venue, officer)
            self._owe_result(story, reference, starts, officer)

    def _owe_result(self, story, session, starts, officer):
        page, who = self.record_page.replace("APPOINTMENT", session), (officer, "", self.areas[story.area])
        text, due = "Record how the appointment went", starts + timedelta(minutes=MINUTES, days=1)
        self._task(f"cases.result:{session}:v0", text, self.case_reference(story), page, who, due)

    def _book(self, reference, starts, venue, officer):
        """Take the room and the officer, unless an invented appointment before this one has them."""
        ends, half = starts + timedelta(minutes=MINUTES), timedelta(minutes=MINUTES / 2)
        for what, row in ((("venue", venue), (venue, None)), (("staff", officer), (None, officer))):
            hours = {(*what, starts), (*what, starts + half)}
            if what[1] and hours.isdisjoint(self.taken):
                self.taken |= hours
                self.bookings.add(reference, *row, starts, ends)

    def _owe(self, story, reference, officer):
        """The tasks that the acts of this story would have written, under the keys by which later acts end them."""
        received = self.today - timedelta(days=story.age)
        if story.scene.unassigned:
            due = due_in_working_days(1, start=received)
            who = (None, "supervisor", self.areas[story.area])
            self._task(f"cases.assign:{reference}:0", "Assign an officer", reference, self.assign_page, who, due)
        elif story.state == "intake":
            due = due_in_working_days(3, start=received)
            text = "First contact with whoever asked us"
            who = (officer, "", self.areas[story.area])
            self._task(f"cases.first_contact:{reference}:0", text, reference, self.contact_page, who, due)
        elif story.state == "on_hold":
            until = self._held_until(story)
            who = (officer, "", self.areas[story.area])
            due = local_to_utc(until, time(9))
            key = f"cases.date:{reference}:hold:{until}:0"
            self._task(key, "The hold ends: resume or hold longer", reference, self.resume_page, who, due)
        for place, (days, what) in enumerate(story.tasks):
            who = (officer, "", self.areas[story.area])
            self._task(
                f"cases.demo:{reference}:{place}", what, reference, self.case_page, who, self.moment(days, 12 * 60)
            )

    def _task(self, key, text, reference, page, who, due):
        made = min(due - timedelta(days=3), self.moment(-1, 9 * 60))
        self.tasks.add(key, text, reference, page.replace("CASE", reference), *who, due, made)

    def _held_until(self, story):
        return self.today + timedelta(days=story.number % 20 - 2)


@cache
def midnight(today, day):
    """The beginning of a day here, in UTC; the clocks may have changed since."""
    return datetime.combine(today + timedelta(days=day), time(), ZONE).astimezone(UTC)
