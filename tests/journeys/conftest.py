"""The whole installation around a journey: a mail server on the loopback, a real worker and a real beat."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.notices.conftest import smtp  # noqa: F401 -- the mail server of the loopback

CELERY = [sys.executable, "-m", "celery", "-A", "liaison"]
QUIET = ["-l", "error"]


class Engine:
    """The worker and beat of the installation, which a journey may start and stop."""

    def __init__(self, environment, folder):
        self._environment, self._folder, self._running = environment, folder, {}

    def start(self):
        schedule = self._folder / "beat-schedule"
        self._run("beat", [*CELERY, "beat", "--pidfile=", "-s", str(schedule), *QUIET])
        self._run("worker", [*CELERY, "worker", "-c", "1", "--without-gossip", "--without-mingle", *QUIET])

    def _run(self, name, argv):
        log = (self._folder / f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(
            argv, cwd=settings.BASE_DIR, env=self._environment, start_new_session=True, stdout=log, stderr=log
        )
        log.close()

    def stop(self):
        """As a machine that loses power: nothing is told, nothing is finished."""
        for process in self._running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()


@pytest.fixture
def engine(process_environment, smtp, tmp_path):  # noqa: F811
    environment = process_environment | {
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
    }
    engine = Engine(environment, tmp_path)
    yield engine
    engine.stop()


@pytest.fixture
def wait_until():
    """`wait_until(condition)` looks again until it holds; a beat ticks every 30 seconds."""

    def wait(condition, seconds=75):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it took too long"
            time.sleep(0.2)

    return wait
