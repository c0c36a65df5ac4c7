"""Workers killed in the middle of a batch, and several at once: nothing is lost, and what is doubled is counted."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from notices import delivery
from notices.models import Channel, Notice
from notices.tasks import deliver_due
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

NOTICES, KILLS = 90, 3


@pytest.fixture
def worker(process_environment):
    """`worker(**environment)` starts a real worker; those still alive at the end are ended."""
    started = []

    def start(**environment):
        argv = [sys.executable, "-m", "celery", "-A", "liaison", "worker", "-c", "1"]
        argv += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error"]
        module = {"DJANGO_SETTINGS_MODULE": "tests.notices.worker_settings"}
        process = subprocess.Popen(
            argv,
            cwd=settings.BASE_DIR,
            env=process_environment | module | environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def left():
    """What became of the notices, for whoever reads a failure."""
    return dict(Counter(Notice.objects.values_list("state", "reason")))


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it took too long: {left()}"
        time.sleep(0.02)


def ring_until(condition, seconds=180):
    """Ring as the tick does: what failed for a passing reason is due again after a minute."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it took too long: {left()}"
        deliver_due.apply_async()
        with contextlib.suppress(AssertionError):
            wait_for(condition, 5)


def is_alone():
    """Whether the database has heard of the death: until then it may still carry out a statement of the dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone() == (0,)


def kill_in_the_middle(start, taken):
    """Start workers, kill each with -9 once it took some more, let the last one finish. `taken()` counts."""
    for number in range(1, KILLS + 1):
        process = start()
        deliver_due.apply_async()
        wait_for(lambda goal=number * 20: taken() >= goal)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wait_for(is_alone)
        # As if the minutes of the lease had passed.
        Notice.objects.filter(state="leased").update(lease_until=timezone.now() - timedelta(seconds=1))
    start()
    ring_until(lambda: not Notice.objects.waiting().exists())


def owe(channel):
    contact = ContactFactory(hours_from=timezone.datetime.min.time(), hours_to=timezone.datetime.min.time())
    NoticeFactory.create_batch(NOTICES, contact=contact, channel=channel)


def test_workers_killed_with_a_gateway_that_knows_keys_lose_and_double_nothing(worker, sink):
    owe(Channel.SMS)
    sink.delay = 0.01

    kill_in_the_middle(lambda: worker(SMS_URL=sink.url), lambda: len(sink.acted))

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert len(sink.acted) == NOTICES
    # What was asked twice was in the window of a kill, and acted once.
    assert sum(sink.asked.values()) - NOTICES <= KILLS


def test_workers_killed_with_a_mail_server_lose_nothing_and_double_at_most_once_a_kill(worker, smtp):
    owe(Channel.EMAIL)
    smtp.delay = 0.01

    kill_in_the_middle(lambda: worker(EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}"), lambda: len(smtp.by_id))

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert len(smtp.by_id) == NOTICES
    assert len(smtp.mails) - NOTICES <= KILLS


def test_several_dispatchers_at_once_double_nothing(transactional_db, sink, settings, monkeypatch):
    settings.SMS_URL = sink.url
    monkeypatch.setattr(delivery, "BATCH", 7)
    owe(Channel.SMS)

    def dispatch():
        delivery.deliver()
        connections.close_all()

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert set(sink.asked.values()) == {1}
    assert len(sink.asked) == NOTICES


def test_worker_that_does_not_note_what_it_sent_would_be_caught(transactional_db, sink, settings, monkeypatch):
    """The planted failure: a lease that lapses over messages which went out already."""
    settings.SMS_URL = sink.url
    owe(Channel.SMS)
    monkeypatch.setattr(delivery.Batch, "_sent", lambda self, notice, begun: "sent")

    for _ in range(2):
        delivery.deliver()
        Notice.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert set(sink.asked.values()) == {2}
