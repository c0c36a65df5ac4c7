"""What the kernel does regularly. Beat only rings; what is due, and whether it was done, lies in PostgreSQL.

The worker reads this module, and by it the jobs of requests by people and the task that runs jobs.
"""

from core import people, retention, sealing
from core.tasks import task

JOBS = (people.COPY, people.ERASE)


@task
def seal_audit():
    """Beat, every 30 s, so that no entry is unsealed for more than a minute. A second run at once finds the lock
    taken and ends; one after it finds nothing to seal.
    """
    sealing.seal()


@task
def purge():
    """Beat, hourly; at night PostgreSQL says whether it was done. A purge that ran out of time goes on at the next
    tick, and what is gone is not due again.
    """
    retention.purge_tonight()
