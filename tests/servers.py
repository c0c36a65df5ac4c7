"""A pytest plugin: a PostgreSQL and a Redis of the run's own, up before Django reads its settings.

It is loaded by `-p tests.servers` in pyproject.toml, so run the tests as `python -m pytest`. Each worker of xdist has
servers of its own: an open transaction of one would otherwise hold up the sealing of the audit in all others.

To test against servers elsewhere, without xdist, set TEST_DATABASE_URL, TEST_DATABASE_OWNER_URL,
TEST_DATABASE_DISPOSAL_URL and TEST_REDIS_URL. The owner's role must be allowed to create databases and be a member of
the two other roles, which docs/database-roles.sql makes; the Redis is emptied.
"""

import atexit
import os
import shutil
import tempfile

from liaison.supervisor.addresses import DATABASE_URLS
from liaison.supervisor.home import Home
from liaison.supervisor.postgres import DATABASE, Postgres
from liaison.supervisor.processes import stop
from liaison.supervisor.redis import Redis
from tests import migrated

# A person's own settings must not change what the tests find.
LEFT_BY_THE_SHELL = (
    *("EMAIL_URL", "SMS_URL", "CHAT_URL", "SOCIAL_URLS"),
    *("PUBLIC_URL", "CJIS_PROFILE", "DB_POOL", "TIME_ZONE"),
)


def start():
    """Start what the environment does not name, in a temporary home, and write the addresses where settings look."""
    home = Home(tempfile.mkdtemp(prefix="liaison-tests-"))
    home.open()
    for name in LEFT_BY_THE_SHELL:
        os.environ.pop(name, None)
    os.environ.update(LIAISON_HOME=str(home.path), DEMO="0", HTTPS="0")
    os.environ.update(SECRET_KEY="tests", AUDIT_KEY="tests-audit", BLIND_KEY="tests-blind")
    atexit.register(end, home, start_postgres(home) + start_redis(home))


def start_postgres(home):
    given = {name: os.environ.get(f"TEST_{name}") for name in DATABASE_URLS}
    if given["DATABASE_URL"]:
        os.environ.update({name: url or given["DATABASE_URL"] for name, url in given.items()})
        return []
    postgres = Postgres(migrated.fill(home), **migrated.CARELESS)
    postgres.start()
    # The database of the tests begins as a copy of this one.
    os.environ.update(postgres.urls(), TEST_TEMPLATE=DATABASE)
    return [postgres.process]


def start_redis(home):
    if given := os.environ.get("TEST_REDIS_URL"):
        os.environ["REDIS_URL"] = given
        return []
    redis = Redis(home)
    redis.start()
    os.environ["REDIS_URL"] = redis.url()
    return [redis.process]


def end(home, started):
    stop(started[::-1])
    shutil.rmtree(home.path, ignore_errors=True)


start()
