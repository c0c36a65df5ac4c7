"""What posts need the clock for. The queue carries no text: what is due lies in PostgreSQL."""

from core.tasks import task
from portal import sending


@task(acks_late=False, expires=30)
def send_posts():
    """Beat, every 30 seconds. Run again, or twice at once, it gives no text a second time: each is marked before."""
    sending.send_due()
