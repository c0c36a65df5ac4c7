"""What an appointment owes: its result, whom to tell by hand, checks that are open again, meetings after it.

As in `cases.owed`, no text names anybody, because a task may escalate to somebody who may not open the case.
"""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from cases.owed import owe, supervisors
from notices.models import Task

# Days before a joint session at which its officer is told of checks that are open again.
GATE_DAYS = (7, 3, 1)
# How long an officer has to tell a party that an appointment is off before a supervisor is told that nobody did.
TELL_HOURS = timedelta(hours=4)
# And how long somebody has to screen each side again, which is due a day before they meet.
SCREEN_HOURS = timedelta(hours=12)
# Days after a circle until those who sat in it are met again; the supervisor is told a week later.
AFTER_THE_CIRCLE, AFTER_THE_CIRCLE_LATE = timedelta(days=14), timedelta(days=7)


def result(session):
    """Write down how an appointment went: a day after it; the supervisor after three."""
    link = reverse("cases:session_record", args=[session.case.reference, session.reference])
    owe(
        session.case,
        f"cases.result:{session.reference}:v{session.moved}",
        _("Record how the appointment went"),
        session.ends_at + timedelta(days=1),
        link=link,
        escalate_after=timedelta(days=2),
    )


def telling(session):
    """No message goes out in a case with a sign of violence: the officer tells the parties by a way that is safe."""
    case = session.case
    owe(
        case,
        f"cases.tell:{session.reference}:v{session.moved}",
        _("Tell the parties of the appointment or its change yourself: no message is sent in this case"),
        timezone.now(),
        link=reverse("cases:contact_create", args=[case.reference]),
    )


def telling_minors(session):
    """No message goes to a child: whoever of those asked to come is under 18 hears of it from the officer."""
    minors = session.parties.present().filter(is_minor=True)
    if session.case.violence_indicated or not minors.exists():
        return
    key = f"cases.tell:{session.reference}:v{session.moved}:minor"
    owe(
        session.case,
        key,
        _("Tell whoever is under 18, or their guardian, of the appointment yourself: no message is sent to them"),
        timezone.now(),
        link=reverse("cases:contact_create", args=[session.case.reference]),
    )
    # A sign of violence that was a mistake took it back, with what was owed to everybody.
    Task.objects.filter(key=key).take_up()


def telling_it_is_off(session, parties):
    """An appointment is called off of which people told them: each of these parties hears it from the officer.

    Whether a message told them of it does not matter: the officer told those whom no message told. One task each, so
    that reaching one side does not count for the other; nobody comes to a closed door unnoticed, hence the hours.
    """
    case = session.case
    for party in parties:
        owe(
            case,
            f"cases.tell:{session.reference}:off:{party.handle}",
            _("An appointment is called off: tell this party yourself, alone, by a safe way, and give no reason"),
            timezone.now(),
            link=f"{reverse('cases:contact_create', args=[case.reference])}?party={party.handle}",
            escalate_after=TELL_HOURS,
        )


def safety_review(session):
    """An appointment was ended for safety: a supervisor looks at the case the same day."""
    owe(
        session.case,
        f"cases.safety:{session.reference}",
        _("An appointment was ended for safety: review the case"),
        timezone.now(),
        who=supervisors(session.case),
    )


def after_the_circle(session):
    """A circle was held: how those who sat in it are, and whether the plan works, is asked in a meeting after it."""
    owe(
        session.case,
        f"cases.post_circle:{session.reference}",
        _("Meet those who sat in the circle again: how are they, and does the plan work?"),
        session.ends_at + AFTER_THE_CIRCLE,
        link=reverse("cases:session_book", args=[session.case.reference]),
        escalate_after=AFTER_THE_CIRCLE_LATE,
    )


def somebody_of_us(session):
    """The case was given to another officer, and the one before was needed at an appointment."""
    owe(
        session.case,
        f"cases.staff:{session.reference}:v{session.moved}",
        _("The officer before you was to come to an appointment: see who of us comes"),
        timezone.now(),
        link=session.get_absolute_url(),
    )


def checks_are_open(session):
    """A joint session is planned, and a check of its gate is not done or has lapsed since."""
    owe(
        session.case,
        f"cases.gate:{session.reference}:v{session.moved}:open",
        _("A check of a planned joint session is open again: see which"),
        timezone.now(),
        link=f"{session.case.get_absolute_url()}#gate",
    )


def open_checks(session, days):
    """A joint session is near and a check of its gate is open again: asked at each of the days before it."""
    owe(
        session.case,
        f"cases.gate:{session.reference}:v{session.moved}:{days}",
        _("Checks are missing for a joint session within %(days)s days"),
        timezone.now(),
        link=f"{session.case.get_absolute_url()}#gate",
        days=days,
    )


def screen_again(session):
    """Risk changes: the lead facilitator asks each side again, alone, the day before they meet. A supervisor hears of
    it in time where nobody did.
    """
    owe(
        session.case,
        f"cases.screen:{session.reference}:v{session.moved}",
        _("Ask each side again, alone, whether a joint session is safe for them"),
        session.starts_at - timedelta(days=1),
        who=_who_screens(session.case),
        escalate_after=SCREEN_HOURS,
    )


def _who_screens(case):
    """The lead facilitator, else another; where nobody of them has an account at work, a supervisor finds one."""
    helpers = case.facilitators.serving().filter(user__is_active=True).select_related("user")
    lead = helpers.first()
    return {"owner": lead.user, "area": case.area} if lead else supervisors(case)


def hand_screening_on(case):
    """Who facilitates has changed, and with them who screens and who reads the sealed notes."""
    theirs = Q(key__startswith="cases.screen:") | Q(key__startswith="cases.notes:", key__endswith=":facilitator")
    who = {"owner": None, "role": "", "escalated_at": None} | _who_screens(case)
    Task.objects.open().filter(theirs, ref=case.reference).update(**who)
