"""Whether the process lives and may be sent visitors."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from core import health
from core.models import AuditEntry, Heartbeat

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def forget_migrations():
    """The answer of one test must not serve the next."""
    health._migrated.clear()
    yield
    health._migrated.clear()


def test_healthz_asks_nothing_of_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz_of_a_sound_installation(client, db):
    Heartbeat.beat("notices.tick")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "ok",
            "redis": "ok",
            "disk": "ok",
            "audit": "ok",
            "reminders": "ok",
        },
    )


def test_readyz_without_a_database_is_503(client, monkeypatch):
    def down(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", down)
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == answer.json()["migrations"] == "failing"


def test_readyz_with_a_migration_that_was_not_applied_is_503(client, db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE liaison_owner")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notices'")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["migrations"]) == (503, "failing")


def test_readyz_without_redis_is_degraded_and_serves(client, db, settings):
    Heartbeat.beat("notices.tick")
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"], answer.json()["redis"]) == (200, "degraded", "degraded")


@pytest.mark.parametrize(("free", "word", "status"), [(0.5, "ok", 200), (0.1, "degraded", 200), (0.01, "failing", 503)])
def test_readyz_tells_of_a_full_disk(client, db, monkeypatch, free, word, status):
    Heartbeat.beat("notices.tick")
    total = 100_000_000_000
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(total, 0, int(total * free)))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["disk"]) == (status, word)


def test_readyz_tells_of_a_dead_worker(client, db):
    Heartbeat.objects.create(name="notices.tick", at=timezone.now() - timedelta(minutes=31))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["reminders"]) == (200, "degraded")


def test_page_without_a_database_is_503(client, settings, monkeypatch):
    """Any page whose query fails because PostgreSQL is away tells people to come back, and proxies when."""

    def away(*args, **kwargs):
        raise OperationalError("the connection failed")

    client.raise_request_exception = False
    monkeypatch.setattr(connection, "cursor", away)

    answer = client.get(reverse("portal:contact"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")


def test_readyz_tells_of_an_audit_that_nobody_seals(client, db):
    AuditEntry.objects.create(actor="x", act="case.open", kind="consultation", at=timezone.now() - timedelta(minutes=6))

    assert client.get("/readyz").json()["audit"] == "degraded"

    Heartbeat.beat("audit.seal")
    assert client.get("/readyz").json()["audit"] == "ok"
