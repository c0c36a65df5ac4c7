"""How the installation is, as each app sees it. An app registers its own checks; `/readyz` asks them all."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from redis.exceptions import RedisError

from core.models import AuditEntry, Heartbeat

OK, DEGRADED, FAILING = "ok", "degraded", "failing"
# Below this share of the disk free, or this many bytes, PostgreSQL may soon refuse to write.
LEAST_FREE_SHARE, LEAST_FREE_BYTES = 0.05, 500_000_000
WARN_FREE_SHARE = 0.2
LATEST_SEAL = timedelta(minutes=5)

checks = {}
_migrated = []


@dataclass(frozen=True)
class Check:
    name: str
    ask: Callable
    needs_database: bool


def check(name, *, needs_database=False):
    """Register a check: a function that answers OK, DEGRADED (it serves, but somebody must look) or FAILING."""

    def register(ask):
        checks[name] = Check(name, ask, needs_database)
        return ask

    return register


def report():
    """{check: answer} of all. Without a database those that need one are not asked, and count as failing."""
    answers = {}
    for name, one in checks.items():
        if one.needs_database and answers.get("database") == FAILING:
            answers[name] = FAILING
            continue
        answers[name] = one.ask()
    return answers


@check("database")
def database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return FAILING
    return OK


@check("migrations", needs_database=True)
def migrations():
    """Whether the tables are those this program expects. Once they are, they stay so while the process lives."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return FAILING
        _migrated.append(True)
    return OK


@check("redis")
def redis():
    """Without Redis pages are served, and messages go out when it is back."""
    try:
        shared_cache.ping()
    except (RedisError, OSError):
        return DEGRADED
    return OK


@check("disk")
def disk():
    try:
        usage = shutil.disk_usage(settings.LIAISON_HOME)
    except OSError:
        return DEGRADED
    if usage.free < LEAST_FREE_BYTES or usage.free < usage.total * LEAST_FREE_SHARE:
        return FAILING
    return DEGRADED if usage.free < usage.total * WARN_FREE_SHARE else OK


@check("audit", needs_database=True)
def audit():
    """Whether the audit is being sealed: an entry that waits for long says that the worker or its lock stands still.

    A database that was restored and has not begun a new chain of seals shows here too.
    """
    sealed = Heartbeat.objects.filter(name="audit.seal", at__gte=timezone.now() - LATEST_SEAL).exists()
    waiting = AuditEntry.objects.filter(at__lt=timezone.now() - LATEST_SEAL).exists()
    return OK if sealed or not waiting else DEGRADED
