"""Who was at which session, how often in a row, and who has been missing for too long."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.states import MoveNotAllowed
from events import program_owed
from events.models import Attendance, Enrollment, Event, ProgramSession

Mark = Attendance.Mark
# Nobody comes to what is called off, and nobody is marked at what has not begun.
CALLED_OFF = (Event.State.CANCELED, Event.State.POSTPONED)


@dataclass(frozen=True)
class Standing:
    """How somebody has come so far. An excused absence breaks no row, of presences or of absences.

    streak: sessions attended in a row up to now. missed: sessions missed in a row up to now; the first of them is
    `first`.
    """

    present: int = 0
    absent: int = 0
    excused: int = 0
    streak: int = 0
    missed: int = 0
    first: ProgramSession | None = None


def standing(marks):
    """The standing of somebody, from (session, mark) in the order of the sessions."""
    found, streak, run = dict.fromkeys(Mark.values, 0), 0, []
    for session, mark in marks:
        found[mark] += 1
        if mark == Mark.PRESENT:
            streak, run = streak + 1, []
        elif mark == Mark.ABSENT:
            streak, run = 0, [*run, session]
    return Standing(**found, streak=streak, missed=len(run), first=run[0] if run else None)


def takes_marks(session):
    """Whether it has begun and was not called off."""
    return session.event.has_begun and session.event.state not in CALLED_OFF


def refuse_if_not_held(session):
    if not takes_marks(session):
        raise MoveNotAllowed(_("Nobody is marked at this session: it has not begun, or it was called off."))


def people_at(session):
    """Whom the page of a session asks for: who is enrolled now, and whoever was marked; {key: mark} beside them."""
    marks = dict(session.marks.values_list("enrollment", "mark"))
    taking_part = Q(state__in=(Enrollment.State.ENROLLED, Enrollment.State.COMPLETED)) | Q(pk__in=list(marks))
    known = session.program.enrollments.known().filter(taking_part).select_related("contact")
    return list(known.order_by("contact__name", "id")), marks


def standings(program):
    """{key of an enrollment: Standing} of everybody in a program, from two readings."""
    sessions = {row.pk: row for row in program.sessions.select_related("event").exclude(event__state__in=CALLED_OFF)}
    rows = Attendance.objects.filter(session__in=sessions).values_list("enrollment", "session", "mark")
    marks = {}
    for enrollment, session, mark in rows.order_by("session__event__starts_at", "session"):
        marks.setdefault(enrollment, []).append((sessions[session], mark))
    return {enrollment: standing(found) for enrollment, found in marks.items()}


@transaction.atomic
def mark(*, session, marks, by):
    """Write down who came. `marks` is {enrollment: mark, or empty to take one back}, of those that were changed."""
    held = ProgramSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    refuse_if_not_held(session)
    for enrollment, chosen in marks.items():
        if chosen:
            said = {"mark": chosen, "by": by, "at": timezone.now()}
            Attendance.objects.update_or_create(session=held, enrollment=enrollment, defaults=said)
        else:
            Attendance.objects.filter(session=held, enrollment=enrollment).delete()
    count(held)
    audit.record(by, "program.attendance", session.program, event=session.event.reference, rows=len(marks))
    tell(session.program, marks, by=by)


def count(session):
    """Keep how many came, which stays when the names go."""
    tallies = {name: Count("pk", filter=Q(mark=name)) for name in Mark.values}
    ProgramSession.objects.filter(pk=session.pk).update(**session.marks.aggregate(**tallies))


def tell(program, enrollments, *, by):
    """The lead hears of a run of absences once; when somebody comes again, it is done."""
    found = standings(program)
    for enrollment in enrollments:
        enrollment.program = program
        stands = found.get(enrollment.pk, Standing())
        if stands.missed >= program.absences and enrollment.state == enrollment.State.ENROLLED:
            program_owed.absences(enrollment, stands.first, stands.missed)
        elif stands.streak:
            program_owed.came_again(enrollment, by=by)
        else:
            program_owed.not_absent(enrollment)
