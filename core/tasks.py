"""The one door to Celery: how every task of Liaison is acknowledged and retried is decided here."""

from celery import shared_task


def task(function=None, **options):
    """Register a task that may be run twice: late acknowledgement, back on the queue if its worker is lost.

    A task takes ids, never objects; its docstring says when it runs and why running it again is safe. Nothing is
    scheduled with eta or countdown: business time lives in PostgreSQL, the queue only rings the bell.
    """
    options = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True, **options}
    return shared_task(**options)(function) if function else lambda f: shared_task(**options)(f)
