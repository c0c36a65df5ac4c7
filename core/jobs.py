"""Long work: a row that says what runs and how far it is, done by the worker under a lease."""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.models import Job
from core.tasks import task

log = logging.getLogger("liaison.jobs")
runners = {}
# A job whose worker died is run again from its start; one that kills every worker is not.
TRIES = 3


def runner(kind):
    """Register the function that does a kind of job: `work(job)` advances the job and may return a StoredFile.

    It is run again from the start if its worker dies, so it must bear that. It must end well within two minutes, or
    do its work in parts and say so.
    """

    def register(function):
        if kind in runners:
            raise ValueError(f"The job {kind} is registered twice.")
        runners[kind] = function
        return function

    return register


def start(kind, title, *, by, link="", **parameters):
    """Ask the worker for a job, in the caller's transaction; `by` alone may see it. Give its page to the person."""
    if kind not in runners:
        raise ValueError(f"Nobody does jobs of the kind {kind}.")
    job = Job.objects.create(kind=kind, title=title, owner=by, link=link, parameters=parameters)
    transaction.on_commit(ring, robust=True)
    return job


def ring():
    """Wake a worker. The row is the truth: with the queue down the job waits for the next tick."""
    try:
        run_jobs.apply_async(expires=60, retry=False)
    except (OperationalError, RedisError, OSError):
        log.warning("The worker could not be woken; the next tick runs the job.")


@task
def run_jobs():
    """Rung when a job is asked for, and by beat every 30 s for those whose ring or worker was lost. Each job is
    claimed under a row lock with a lease, so two of these never do one job.
    """
    job = claim()
    if job is not None:
        run(job)
        # Whatever else waits is for the next run, so that no run grows longer than a task may.
        if Job.objects.claimable(timezone.now()).exists():
            ring()


@transaction.atomic
def claim():
    """Take the oldest job that waits, or None. One that was tried too often is given up."""
    now = timezone.now()
    job = Job.objects.claimable(now).select_for_update(skip_locked=True).order_by("asked_at", "id").first()
    if job is None:
        return None
    job.attempts += 1
    if job.attempts > TRIES:
        end(job, Job.State.FAILED, _("The work was stopped several times. Ask for it again, or tell a coordinator."))
        return None
    job.state, job.done, job.touched_at = Job.State.RUNNING, 0, now
    job.started_at = job.started_at or now
    job.save()
    return job


def run(job):
    """Do one job that was claimed; what goes wrong is logged without values and told in plain words."""
    try:
        result = runners[job.kind](job)
    except Exception:
        log.exception("job failed", extra={"kind": job.kind})
        end(job, Job.State.FAILED, _("Something went wrong. Nothing was lost: ask for it again."))
    else:
        job.result = result
        end(job, Job.State.DONE, job.message)


def end(job, state, message):
    job.state, job.message, job.ended_at = state, message, timezone.now()
    job.save()
