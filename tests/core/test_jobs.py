"""Long work: done once, found again after a dead worker, given up when it kills every worker, seen by its owner."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import jobs
from core.models import Job, StoredFile
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runs(monkeypatch, settings, tmp_path):
    """Two kinds of jobs for the test: one that counts its runs, one that fails."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs, "runners", {})
    seen = []

    @jobs.runner("count")
    def count(job):
        seen.append(job.pk)
        job.advance(1, 2)
        return StoredFile.keep("result.txt", "text/plain", b"done", by=job.owner)

    @jobs.runner("fail")
    def fail(job):
        raise RuntimeError("a secret value")

    return seen


def test_job_is_done_and_keeps_its_result(runs):
    job = jobs.start("count", "Count", by=UserFactory())

    jobs.run_jobs()

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result.name) == ("done", 1, 2, "result.txt")
    assert job.ended_at is not None


def test_failed_job_tells_no_values(runs, caplog):
    job = jobs.start("fail", "Fail", by=UserFactory())

    jobs.run_jobs()

    job.refresh_from_db()
    assert job.state == "failed"
    assert "secret" not in job.message


def test_two_workers_do_a_job_once(runs):
    started = [jobs.start("count", f"Count {n}", by=UserFactory()).pk for n in range(10)]

    def work():
        while (job := jobs.claim()) is not None:
            jobs.run(job)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(runs) == started


def test_job_of_a_dead_worker_is_found_again_and_given_up_in_the_end(runs):
    job = jobs.start("count", "Count", by=UserFactory())
    now = timezone.now()

    for attempt in range(1, jobs.TRIES + 1):
        with time_machine.travel(now + attempt * timedelta(minutes=5), tick=False):
            assert jobs.claim().attempts == attempt
            assert jobs.claim() is None
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert jobs.claim() is None

    job.refresh_from_db()
    assert job.state == "failed"


def test_unknown_kind_is_refused(runs):
    with pytest.raises(ValueError, match="Nobody does"):
        jobs.start("dance", "Dance", by=UserFactory())
    with pytest.raises(ValueError, match="twice"):
        jobs.runner("count")(print)


def test_end_without_a_time_is_refused(runs):
    job = jobs.start("count", "Count", by=UserFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="done")
