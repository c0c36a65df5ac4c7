"""What events need the clock for."""

from django.utils import timezone

from core.tasks import task
from events import registering
from events.models import Event, Registration
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
