"""The bell. Celery carries no data about messages, so losing or doubling a ring does no harm.

It is acknowledged early: a worker that runs a task acknowledged late dies with its Redis, and the next tick repairs
what an early acknowledgement can lose.
"""

from core.tasks import task
from notices import delivery


@task(acks_late=False, expires=60)
def deliver_due():
    """Rung by a commit that owes a message now. Running it again finds nothing to claim."""
    delivery.deliver()
