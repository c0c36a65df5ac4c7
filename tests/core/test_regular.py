"""The kernel's part of a real worker: it seals, runs jobs and disposes, each under the role that it needs."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from core import regular, retention
from core.jobs import ring
from core.models import AuditEntry, AuditSeal, Draft, Erasure, Heartbeat, Job
from core.verifying import Verification
from tests.core.test_people import EMAIL, approved
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory

SECONDS = 60
WORKER = ["-m", "celery", "-A", "liaison", "worker", "-c", "1", "--without-gossip", "--without-mingle", "-l", "error"]


@pytest.fixture
def worker(process_environment, heads_file):
    environment = process_environment | {"AUDIT_HEADS": str(heads_file), "LIAISON_HOME": str(heads_file.parent)}
    argv = [sys.executable, *WORKER]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(argv, cwd=settings.BASE_DIR, env=environment, start_new_session=True, **quiet)
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
def test_worker_seals_erases_and_disposes(worker, heads_file, settings):
    settings.LIAISON_HOME = heads_file.parent
    party = PartyFactory(case=CaseFactory(closed=True), contact__name="Ximena", contact__email=EMAIL)
    request = approved(UserFactory(records_officer=True), UserFactory(supervisor=True), "erasure")
    old = Draft.objects.create(user=UserFactory(), form="x", path="/")
    Draft.objects.filter(pk=old.pk).update(saved_at="2020-01-01T00:00Z")

    ring()
    wait_for(lambda: Job.objects.get().state == "done")
    request.refresh_from_db()
    assert (request.state, request.name) == ("done", "")
    assert Erasure.objects.get().redacted_at is not None
    party.contact.refresh_from_db()
    assert party.contact.name == ""

    retention.purge()
    assert not Draft.objects.filter(pk=old.pk).exists()
    regular.seal_audit.apply_async()
    wait_for(lambda: Heartbeat.objects.filter(name="audit.seal").exists())
    assert sum(AuditSeal.objects.values_list("count", flat=True)) == AuditEntry.objects.count() > 5
    assert list(Verification().problems()) == []
