"""What the unit owes a program: absences, consents, clearances, its end. Texts name the program, and never a person."""

from datetime import time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from notices.models import Task
from notices.walltime import days_before, local_to_utc

MORNING = time(9, 0)
ABSENT, CONSENT, CLEARANCE, UNCLEARED, OVER, JOINED = (
    "events.absent", "events.consent", "events.clearance", "events.uncleared", "events.program_over",
    "events.program_staff",
)  # fmt: skip
# Days before a clearance runs out at which it is said: reminder 33 of the practice.
EXPIRES = (90, 60, 30, 7, 0)
# Days before the first session at which missing consents are asked for.
CONSENT_DAYS = 7


def _owe(program, key, text, *, link, values=None, due_at=None, owner=None):
    return Task.objects.owe(
        key, text=text, values=values, owner=owner or program.lead, area=program.area, ref=program.reference, link=link,
        due_at=due_at,
    )  # fmt: skip


def _address(name, *args):
    return reverse(f"events:{name}", args=args)


def absences(enrollment, first, count):
    """Somebody missed several sessions in a row: once for each run, which its first session names."""
    program = enrollment.program
    mine = f"{ABSENT}:{program.reference}:{enrollment.handle}:"
    key = f"{mine}{first.event.reference}"
    # A run that was corrected begins elsewhere, and is the same run.
    open_ones = Task.objects.open().filter(ref=program.reference, key__startswith=mine)
    open_ones.exclude(key=key).update(state=Task.State.VOID, ended_at=timezone.now(), ended_by=None)
    _owe(
        program, key, _("Somebody missed %(count)d sessions in a row: ask how they are"), values={"count": count},
        link=_address("enrollment_detail", program.reference, enrollment.handle),
    )  # fmt: skip
    # A run that was taken back by a wrong mark goes on.
    Task.objects.filter(key=key).take_up()


def came_again(enrollment, *, by):
    mine = f"{ABSENT}:{enrollment.program.reference}:{enrollment.handle}:"
    Task.objects.finish_for(enrollment.program.reference, mine, by=by)


def not_absent(enrollment):
    """The run was a mistake, or nobody waits for them any more."""
    mine = f"{ABSENT}:{enrollment.program.reference}:{enrollment.handle}:"
    Task.objects.void_for(enrollment.program.reference, mine)


def consents(program, session):
    """Before the first session: some who asked cannot be enrolled until a guardian agrees."""
    _owe(
        program, f"{CONSENT}:{program.reference}:{session.event.reference}:s{session.event.sequence}",
        _("Before the first session: a guardian's consent is still missing"),
        link=_address("enrollment_list", program.reference),
    )  # fmt: skip


def consents_there(program):
    Task.objects.void_for(program.reference, f"{CONSENT}:")


def expires(clearance):
    """Ask in time for a new one: the lead, and the mentor where it is one of us."""
    mentor, program, now = clearance.mentor, clearance.mentor.program, timezone.now()
    mine = f"{CLEARANCE}:{program.reference}:{mentor.handle}:{clearance.kind}:"
    Task.objects.void_for(program.reference, mine)
    if clearance.result != clearance.Result.CLEAR:
        return
    people = {program.lead_id: program.lead} | ({mentor.user_id: mentor.user} if mentor.user_id else {})
    for days in EXPIRES:
        due_at = days_before(clearance.expires_on, MORNING, days=days)
        for pk, person in people.items() if due_at > now else ():
            _owe(
                program, f"{mine}{clearance.handle}:{days}:{pk}", _("A mentor's clearance is valid to %(day)s"),
                values={"day": clearance.expires_on}, due_at=due_at, owner=person,
                link=_address("mentor_list", program.reference),
            )  # fmt: skip


def uncleared(pairing):
    """A pairing stands still because the mentor is not cleared any more."""
    program = pairing.mentor.program
    newest = max((row.pk for row in pairing.mentor.clearances.all()), default=0)
    _owe(
        program, f"{UNCLEARED}:{program.reference}:{pairing.handle}:{newest}",
        _("A mentor is not cleared any more: the pairing is suspended"),
        link=_address("mentor_list", program.reference),
    )  # fmt: skip


def settled(pairing, *, by):
    program = pairing.mentor.program
    Task.objects.finish_for(program.reference, f"{UNCLEARED}:{program.reference}:{pairing.handle}:", by=by)


def mentor_left(mentor):
    program = mentor.program
    Task.objects.void_for(program.reference, f"{CLEARANCE}:{program.reference}:{mentor.handle}:")


def ends(program):
    """On its last day: end it, or say a later one before the names go."""
    Task.objects.void_for(program.reference, f"{OVER}:")
    _owe(
        program, f"{OVER}:{program.reference}:{program.ends_on}",
        _("The program's last day: end it, or set a later day before the names are deleted"),
        due_at=local_to_utc(program.ends_on, MORNING), link=program.get_absolute_url(),
    )  # fmt: skip


def read_by_more(program, *, by):
    """Somebody else than the lead let more of us read the names: the lead hears of it."""
    if by.pk != program.lead_id:
        _owe(
            program, f"{JOINED}:{program.reference}:v{program.version}",
            _("Who reads the names of your program was changed"), link=program.get_absolute_url(),
        )  # fmt: skip


def hand_over(program, led_by):
    """Somebody else leads it: what whoever led it still owes goes to them."""
    Task.objects.open().filter(ref=program.reference, key__startswith="events.", owner=led_by).update(
        owner=program.lead
    )


def over(program):
    """Nobody is waited for any more. What a person asked us to correct is still owed."""
    for kind in (ABSENT, CONSENT, CLEARANCE, UNCLEARED, OVER):
        Task.objects.void_for(program.reference, f"{kind}:")
