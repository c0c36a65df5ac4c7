"""What the beat calls. It stands apart from `tasks.py` because the outbox rings the bell that lies there."""

from core.models import Heartbeat
from core.tasks import task
from notices import delivery, escalation, health


@task(acks_late=False, expires=30)
def tick():
    """Beat, every 30 seconds. Sends what is due, escalates what is overdue, and notes that it did.

    Two ticks at once share the work: rows are claimed under leases, tasks are owed once for each key.
    """
    health.tell_of_silence()
    delivery.deliver()
    health.tell_of_failures()
    escalation.escalate_overdue()
    Heartbeat.beat(health.TICK)
