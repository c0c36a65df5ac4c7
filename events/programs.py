"""Where a program changes together with its sessions, with those who take part, and with what is owed."""

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.states import MoveNotAllowed
from events import program_owed
from events.models import Enrollment, Event, Pairing, Program, ProgramSession

# An event that does not take place is no session to come to.
NOT_HELD = (Event.State.CANCELED, Event.State.POSTPONED)


def refuse_if_over(program):
    if program.is_over:
        raise MoveNotAllowed(_("%(program)s is over. Nothing in it is changed any more.") % {"program": program})


@transaction.atomic
def draft(*, program, staff, by):
    program.draft(by=by)
    program.staff.set(staff)
    return program


@transaction.atomic
def edit(*, form, by):
    """Change what it is. Who may read the names is a part of that, and is noted by who it is."""
    before, led_by = set(form.instance.staff.values_list("pk", flat=True)), form.initial["lead"]
    last = form.initial["ends_on"]
    program = form.save_version()
    changed = sorted(set(form.changed_data) - {"version"})
    program.note_edit(changed, by=by)
    after = {user.pk: user for user in program.staff.all()}
    if set(after) != before or program.lead_id != led_by:
        joined = [user for pk, user in after.items() if pk not in before]
        joined += [program.lead] if program.lead_id != led_by else []
        audit.record(
            by, "program.readers", program, kind=audit.Kind.ADMINISTRATION,
            joined=sorted(user.reference for user in joined), left=len(before - set(after)),
        )  # fmt: skip
        program_owed.read_by_more(program, by=by)
    if program.lead_id != led_by:
        program_owed.hand_over(program, led_by)
    if program.is_live and program.ends_on != last:
        program_owed.ends(program)
    return program


@transaction.atomic
def open_up(*, program, by):
    """People may ask to take part."""
    program.open(by=by)
    program_owed.ends(program)


@transaction.atomic
def run(*, program, by):
    program.run(by=by)


@transaction.atomic
def end(*, program, by):
    """It is over: who is enrolled has completed it, who was not has left, and nobody is paired any more."""
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    program.end(by=by)
    for pairing in Pairing.objects.filter(mentor__program=program, state__in=Pairing.LIVE).order_by("id"):
        pairing.end(by=by)
    for one in program.enrollments.filter(state__in=Enrollment.OPEN).select_related("program").order_by("id"):
        if one.state == Enrollment.State.ENROLLED:
            one.complete(by=by)
        else:
            one.leave(by=by)
    program_owed.over(program)


@transaction.atomic
def add_sessions(*, program, event, whole, by):
    """Make an event a session, and with `whole` all of its series that come after it. Returns how many were added."""
    held = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    refuse_if_over(held)
    events = [event]
    if whole and event.series_id is not None:
        later = event.series.events.filter(starts_at__gt=event.starts_at, session_of=None).exclude(state__in=NOT_HELD)
        events += list(later.order_by("starts_at", "id"))
    for one in events:
        if ProgramSession.objects.filter(event=one).exists():
            raise MoveNotAllowed(_("%(event)s is a session of a program already.") % {"event": one})
        ProgramSession.objects.create(program=held, event=one)
        audit.record(by, "program.add_session", held, event=one.reference)
    return len(events)


@transaction.atomic
def drop_session(*, session, by):
    """The event is no session after all. One at which somebody was marked stays, so that no count changes."""
    row = ProgramSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if row.is_marked:
        raise MoveNotAllowed(_("Somebody was marked at this session, so it stays one."))
    audit.record(by, "program.drop_session", session.program, event=session.event.reference)
    row.delete()
