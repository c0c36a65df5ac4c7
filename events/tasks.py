"""What events need the clock for."""

from datetime import timedelta

from django.utils import timezone

from core.tasks import task
from events import attending, mentoring, program_owed, registering
from events.models import Event, Program, Registration
from events.models.registration import ON


@task
def let_offers_lapse():
    """Beat, every minute. Places that nobody took in time go to the next. Run again, or while somebody opens a page of
    the event, it finds them gone already.
    """
    now = timezone.now()
    run_out = {"registrations__state": Registration.State.OFFERED, "registrations__offer_until__lte": now}
    for event in Event.objects.filter(state__in=ON, starts_at__gt=now, **run_out).distinct().order_by("id"):
        registering.settle(event)


@task
def check_clearances():
    """Beat, hourly. Where a mentor's clearance has run out, the pairing is suspended and the lead gets a task. Run
    again, it finds nobody who still meets anybody.
    """
    for mentor in mentoring.overdue(timezone.localdate()):
        mentoring.check_again(mentor)


@task
def ask_for_consents():
    """Beat, hourly. One task a week before the first session of a program where a guardian's consent is missing, taken
    back once none is. Run again, it finds the task there.
    """
    now = timezone.now()
    soon = now + timedelta(days=program_owed.CONSENT_DAYS)
    for program in Program.objects.live().filter(guardian_consent=True).select_related("lead", "area").order_by("id"):
        on = program.sessions.exclude(event__state__in=attending.CALLED_OFF).select_related("event")
        first = on.order_by("event__starts_at", "id").first()
        ahead = first is not None and now < first.event.starts_at <= soon
        if ahead and program.enrollments.waiting_for_consent().exists():
            program_owed.consents(program, first)
        else:
            program_owed.consents_there(program)
