"""What the pages of programs show. What names nobody is for all who see programs; the rest is asked for apart."""

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events import attending, enrolling, rules
from events.models import Attendance, Enrollment, Mentor, Pairing, Program
from notices.models.contact import LANGUAGE_NAMES

State = Enrollment.State
CHIPS = {
    "draft": ("quiet", "pencil"),
    "open": ("good", "door-open"),
    "running": ("info", "play-circle"),
    "ended": ("quiet", "check-circle"),
}
# Those first for whom something is to be done.
STATES = {
    State.ASKED: ("wait", "question-circle"),
    State.WAITING: ("wait", "hourglass"),
    State.ENROLLED: ("good", "check-circle"),
    State.COMPLETED: ("good", "award"),
    State.LEFT: ("quiet", "person-dash"),
}
MARKS = {
    Attendance.Mark.PRESENT: ("good", "check2"),
    Attendance.Mark.ABSENT: ("stop", "x-lg"),
    Attendance.Mark.EXCUSED: ("quiet", "chat-left-quote"),
}
PAIRED = {
    Pairing.State.ACTIVE: ("good", "check-circle"),
    Pairing.State.SUSPENDED: ("stop", "exclamation-circle"),
    Pairing.State.ENDED: ("quiet", "x-lg"),
}
# So many sessions stand in the grid: a table has seven columns at most.
COLUMNS = 5


def address(program, below=""):
    return f"{reverse('events:program_detail', args=[program.reference])}{below}"


def listed(user, state):
    """The programs of a list, each with how many are enrolled and how many sessions it has."""
    found = Program.objects.visible_to(user).select_related("area", "lead")
    if state in Program.State.values:
        found = found.filter(state=state)
    enrolled = Count("enrollments", filter=Q(enrollments__state__in=(State.ENROLLED, State.COMPLETED)), distinct=True)
    order = Case(*(When(state=one, then=Value(n)) for n, one in enumerate(Program.State)), output_field=IntegerField())
    found = found.annotate(enrolled=enrolled, times=Count("sessions", distinct=True), step=order)
    return found.order_by("step", "-begins_on", "-id")


def page(program, user):
    """The page of a program: facts and counts, without a name."""
    may, names = rules.can_edit_program(user, program), rules.can_read_names(user, program)
    state = Program.State(program.state)
    counted = enrolling.counts(program)
    return {
        "program": program,
        "chip": (*CHIPS[state], state.label),
        "facts": list(_facts(program)),
        "counts": [(one.label, counted[one]) for one in STATES if counted.get(one)],
        "sessions": _sessions(program, names),
        "mentors": program.mentors.filter(left_at=None).count(),
        "url": address(program),
        "names": names,
        "can": {
            "edit": may and state != Program.State.ENDED,
            "open": may and state == Program.State.DRAFT,
            "run": may and state == Program.State.OPEN,
            "end": may and state != Program.State.ENDED,
            "enroll": names and program.is_live,
        },
    }


def _facts(program):
    yield _("What it is for"), program.purpose
    yield _("First day"), date_format(program.begins_on)
    yield _("Last day"), date_format(program.ends_on)
    yield _("Area"), program.area
    yield _("Age"), _ages(program)
    yield _("Places"), program.capacity or _("No limit")
    yield _("Guardian's consent"), _("Needed under 18") if program.guardian_consent else _("Not asked for")
    yield _("Lead"), program.lead
    yield _("Also runs it"), ", ".join(str(one) for one in program.staff.all()) or _("Nobody else")
    yield _("The lead is told after"), _("%(count)d absences in a row") % {"count": program.absences}


def _ages(program):
    first, last = program.age_from, program.age_to
    if first is None and last is None:
        return _("Any")
    if last is None:
        return _("From %(first)d") % {"first": first}
    if first is None:
        return _("Up to %(last)d") % {"last": last}
    return _("%(first)d to %(last)d") % {"first": first, "last": last}


def _sessions(program, names):
    """Each session with how many came; whoever reads names is led to the page on which it is written down."""
    rows = program.sessions.select_related("event__venue").defer("event__vector", "event__about_en", "event__about_es")
    prefix, events = address(program, "sessions/"), reverse("events:event_list")
    return [
        {
            "event": row.event,
            "event_url": f"{events}{row.event.reference}/",
            "row": row,
            "url": f"{prefix}{row.handle}/",
            "may_mark": names and attending.takes_marks(row),
        }
        for row in rows.order_by("event__starts_at", "id")
    ]


@dataclass(frozen=True)
class Row:
    """What the list shows of one who takes part."""

    called: str
    chip: tuple
    band: str
    consent: str
    lacks: bool
    streak: int
    missed: int
    url: str


def roster(program):
    """Everybody of whom we still know who they are."""
    order = Case(*(When(state=one, then=Value(n)) for n, one in enumerate(STATES)), output_field=IntegerField())
    return program.enrollments.known().select_related("contact").order_by(order, "contact__name", "id")


def enrollments(program):
    """The list of those who take part, with what is missing of each."""
    found, prefix = attending.standings(program), address(program, "enrollments/")
    labels = {one: str(one.label) for one in STATES}
    rows = []
    for one in roster(program):
        stands = found.get(one.pk, attending.Standing())
        rows.append(
            Row(
                called=one.called,
                chip=(*STATES[State(one.state)], labels[State(one.state)]),
                band=one.get_band_display(),
                consent=_consent(one),
                lacks=one.lacks_consent,
                streak=stands.streak,
                missed=stands.missed,
                url=f"{prefix}{one.handle}/",
            )
        )
    taken = sum(row.chip[:2] == STATES[State.ENROLLED] for row in rows)
    left = None if program.capacity is None else max(0, program.capacity - taken)
    return {"rows": rows, "left": left, "url": prefix, "on": program.is_live, "back": address(program)}


def _consent(enrollment):
    if enrollment.consent_on is not None:
        return date_format(enrollment.consent_on)
    return _("Missing") if enrollment.needs_consent else _("Not needed")


def enrollment(one):
    """The page of one who takes part: what we know, how they come, whom they meet, what can be done now."""
    stands = attending.standings(one.program).get(one.pk, attending.Standing())
    state = State(one.state)
    facts = [
        (_("Age"), one.get_band_display() or _("Not said")),
        (_("Language"), LANGUAGE_NAMES.get(one.contact.language, one.contact.language)),
        (_("Phone"), one.contact.phone or _("Not said")),
        (_("E-mail"), one.contact.email or _("Not said")),
        (_("Asked on"), date_format(one.asked_on)),
    ]
    return {
        "enrollment": one,
        "program": one.program,
        "chip": (*STATES[state], state.label),
        "facts": facts,
        "consent": _consent_facts(one),
        "stands": stands,
        "marks": _marks_of(one),
        "pairings": one.pairings.exclude(state=Pairing.State.ENDED).select_related("mentor__user"),
        "url": address(one.program, f"enrollments/{one.handle}/"),
        "can": {
            "change": one.is_open,
            "consent": one.is_open and one.consent_on is None,
            "withdraw": one.is_open and one.consent_on is not None,
            "enroll": one.program.is_live and state in Enrollment.MOVES[State.ENROLLED] and not one.lacks_consent,
            "wait": one.program.is_live and state in Enrollment.MOVES[State.WAITING],
            "leave": one.is_open,
            "complete": state == State.ENROLLED,
        },
    }


def _consent_facts(one):
    if one.consent_on is None:
        return []
    guardian = one.guardian
    return [
        (_("Parent or guardian"), guardian.name if guardian else _("Name deleted")),
        (_("Phone"), (guardian.phone if guardian else "") or _("Not said")),
        (_("When"), date_format(one.consent_on)),
        (_("How"), one.get_consent_how_display()),
        (_("Taken down by"), one.consent_by),
    ]


def _marks_of(one):
    """The sessions at which they were marked, the newest first."""
    labels = {mark: str(mark.label) for mark in MARKS}
    rows = one.marks.select_related("session__event").order_by("-session__event__starts_at", "-session_id")
    return [
        (row.session.event.wall_time, (*MARKS[Attendance.Mark(row.mark)], labels[Attendance.Mark(row.mark)]))
        for row in rows
    ]


def grid(program):
    """Who was at the last sessions: a line for each who takes part, a column for each session."""
    held = program.sessions.select_related("event").exclude(event__state__in=attending.CALLED_OFF)
    begun = [row for row in held.order_by("event__starts_at", "id") if row.event.has_begun]
    shown = begun[-COLUMNS:]
    found, prefix = attending.standings(program), address(program, "enrollments/")
    marks = {
        (row.enrollment_id, row.session_id): row.mark
        for row in Attendance.objects.filter(session__in=[one.pk for one in shown]).order_by("id")
    }
    labels = {mark: str(mark.label) for mark in MARKS}
    columns = [(one, date_format(one.event.wall_time, "j M")) for one in shown]
    rows = []
    for one in roster(program).filter(state__in=(State.ENROLLED, State.COMPLETED)):
        stands = found.get(one.pk, attending.Standing())
        cells = [(label, _cell(marks.get((one.pk, session.pk)), labels)) for session, label in columns]
        rows.append({"called": one.called, "url": f"{prefix}{one.handle}/", "cells": cells, "stands": stands})
    sessions = address(program, "sessions/")
    heads = [{"label": label, "url": f"{sessions}{one.handle}/attendance/", "row": one} for one, label in columns]
    return {"program": program, "heads": heads, "rows": rows, "left_out": len(begun) - len(shown)}


def _cell(mark, labels):
    return (*MARKS[Attendance.Mark(mark)], labels[Attendance.Mark(mark)]) if mark else None


def mentors(program):
    """Who mentors, how far they are cleared, and whom they meet."""
    found = program.mentors.select_related("user").prefetch_related("clearances__by").order_by("left_at", "id")
    pairs = Pairing.objects.filter(mentor__program=program, state__in=Pairing.LIVE).order_by("id")
    met = {}
    for pairing in pairs.select_related("enrollment__contact"):
        met.setdefault(pairing.mentor_id, []).append(pairing)
    url = address(program)
    labels = {state: str(state.label) for state in Pairing.State}
    rows = [_mentor(mentor, met.get(mentor.pk, []), url, labels) for mentor in found.filter(left_at=None)]
    return {"program": program, "rows": rows, "url": f"{url}mentors/", "on": not program.is_over}


def _mentor(mentor: Mentor, pairings, url, labels):
    until, cleared = mentor.cleared_until, mentor.is_cleared
    return {
        "called": str(mentor),
        "is_ours": mentor.user_id is not None,
        "chip": ("good", "check-circle", _("Cleared")) if cleared else ("stop", "exclamation-circle", _("Not cleared")),
        "cleared": cleared,
        "until": date_format(until) if until else "",
        "clearances": list(mentor.clearances.all()),
        "url": f"{url}mentors/{mentor.handle}/",
        "pairings": [
            {
                "called": pairing.enrollment.called,
                "chip": (*PAIRED[Pairing.State(pairing.state)], labels[Pairing.State(pairing.state)]),
                "url": f"{url}pairings/{pairing.handle}/",
                "may_resume": cleared and pairing.state == Pairing.State.SUSPENDED,
            }
            for pairing in pairings
        ],
    }
