"""An installation of its own that may be killed: PostgreSQL, Redis, worker and beat as `make run` starts them.

The database is watched: a trigger notes each claim and each attempt with the backend that made it. That backend being
gone is how a lease is known to be cut off, and such a lease is made to lapse, as if its five minutes had passed.
"""

import contextlib
import os
import shutil
import signal
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from liaison.celery import app
from liaison.supervisor.home import Home
from liaison.supervisor.parts import Parts
from liaison.supervisor.postgres import DATABASE, Postgres
from liaison.supervisor.processes import stop
from liaison.supervisor.redis import Redis
from tests import migrated
from tests.faults.judge import Begun, Cut

# What this run of the tests set for its own servers must not reach these.
OF_THE_RUN = ("DATABASE", "REDIS", "LIAISON", "DJANGO", "PORT", "EMAIL", "SMS", "CHAT", "MAKE")
PATIENCE = 120
WATCH = """
CREATE SCHEMA watch;
CREATE FUNCTION watch.backend(pid int) RETURNS text LANGUAGE sql AS
  $$ SELECT pid || ' ' || extract(epoch FROM backend_start) FROM pg_stat_get_activity(pid) $$;
CREATE TABLE watch.claims (lease uuid PRIMARY KEY, backend text NOT NULL, lapsed bool NOT NULL DEFAULT false);
CREATE TABLE watch.begun (ref text NOT NULL, lease uuid NOT NULL, at timestamptz NOT NULL);
CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NEW.lease IS NOT NULL AND NEW.lease IS DISTINCT FROM OLD.lease THEN
    INSERT INTO watch.claims VALUES (NEW.lease, watch.backend(pg_backend_pid())) ON CONFLICT DO NOTHING;
  END IF;
  IF NEW.started_at IS NOT NULL AND NEW.started_at IS DISTINCT FROM OLD.started_at THEN
    INSERT INTO watch.begun VALUES (NEW.ref, coalesce(NEW.lease, OLD.lease), clock_timestamp());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER UPDATE ON notices_notice FOR EACH ROW EXECUTE FUNCTION watch.note();
"""
SERVING = """
SELECT watch.backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND usename = 'liaison_app'
"""
# An ended backend may still be seen for a moment, but never one that can still write is missed.
LAPSE = f"""
WITH cut AS (
  UPDATE watch.claims SET lapsed = true WHERE NOT lapsed AND backend <> ALL(ARRAY({SERVING}))
  RETURNING lease, backend
), lapsed AS (
  UPDATE notices_notice SET lease_until = now() - interval '1 second'
  FROM cut WHERE notices_notice.lease = cut.lease AND state = 'leased'
  RETURNING cut.lease, cut.backend
) SELECT lease::text, backend, extract(epoch FROM clock_timestamp())::float FROM lapsed GROUP BY 1, 2
"""


def children(pid):
    """The processes that this one started."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


class Installation:
    """The servers, which stay for all tests of a module; worker and beat are those of one run."""

    def __init__(self, folder):
        self.home = Home(folder)
        self.home.open()
        self.postgres, self.redis, self.parts = Postgres(migrated.fill(self.home)), Redis(self.home), None
        self.restarts, self._groups = Counter(), set()
        self._celery = Celery(broker=self.redis.url().replace("unix://", "redis+socket://"), set_as_current=False)
        self._celery.conf.broker_transport_options = app.conf.broker_transport_options

    def start(self):
        self.postgres.start()
        self.redis.start()
        self.home.write_env({**self.postgres.urls(), "REDIS_URL": self.redis.url(), "DEMO": 0, "HTTPS": 0})
        self._parts().set_up(self.postgres.urls()["DATABASE_OWNER_URL"], demo=False)
        self.query(WATCH)

    def _parts(self, command=(), **environment):
        """The programs as the supervisor starts them, but without the environment of this run of the tests."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(OF_THE_RUN)]:
                patch.delenv(name)
            for name, value in {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", **environment}.items():
                patch.setenv(name, value)
            return Parts(self.home, command=command)

    def clear(self):
        """Nothing of an earlier run is left."""
        self.query("TRUNCATE notices_notice, notices_task, notices_contact, watch.claims, watch.begun CASCADE")

    def owe(self, *owed):
        """Owe reminders. Their commit rings the bell."""
        assert self._parts(command=("owe", *owed)).run_command() == 0

    def start_engine(self, **environment):
        self.parts = self._parts(**environment)
        self.restarts.clear()
        for process in (self.parts.worker, self.parts.beat):
            self._groups.add(process.start().pid)

    def stop_engine(self):
        """No worker outlives its test, not even one whose parent was killed."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self._groups.clear()
        if self.parts:
            stop([self.parts.worker, self.parts.beat])
            self.parts = None

    def stop(self):
        self.stop_engine()
        self._celery.close()
        stop([self.redis.process])
        stop([self.postgres.process])

    def keep_alive(self):
        """What the supervisor does all the time."""
        engine = (self.parts.worker, self.parts.beat) if self.parts else ()
        for process in (self.postgres.process, self.redis.process, *engine):
            if process.keep_alive():
                self.restarts[process.name] += 1
                if process in engine:
                    self._groups.add(process.pid)

    def query(self, statement, *values):
        """The rows, as superuser. A database that was just killed is waited for."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(
                    host=str(self.postgres.sockets), user="postgres", dbname=DATABASE, autocommit=True
                ) as connection:
                    cursor = connection.execute(statement, values or None)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                self.keep_alive()
                time.sleep(0.05)

    def ring(self):
        """As a commit does that owes a message. False while there is no Redis to ring by."""
        with contextlib.suppress(OperationalError, RedisError, OSError):
            self._celery.send_task("notices.tasks.deliver_due", expires=60, retry=False)
            return True
        return False

    def seconds_to_ring(self):
        began = time.monotonic()
        self.ring()
        return time.monotonic() - began

    def rings_waiting(self):
        """How many tasks no worker has taken yet."""
        with self._celery.connection_for_read() as connection:
            return connection.default_channel.client.llen("celery")

    def serves(self):
        """Whether a worker runs, with processes that send."""
        return self.parts.worker.running and bool(children(self.parts.worker.pid))

    def backends(self):
        """The backends of the database that serve workers now."""
        return frozenset(backend for (backend,) in self.query(SERVING))

    def lapse(self):
        """End the leases whose backend is gone."""
        return [Cut(*row) for row in self.query(LAPSE)]

    def states(self, kind="", channel=""):
        rows = self.query("SELECT ref, state FROM notices_notice WHERE ref LIKE %s", f"{kind}-{channel}-%")
        return dict(rows)

    def waiting(self):
        return self.query("SELECT count(*) FROM notices_notice WHERE state IN ('pending', 'leased')")[0][0]

    def begun(self):
        rows = self.query("SELECT ref, lease::text, extract(epoch FROM at)::float FROM watch.begun")
        return [Begun(*row) for row in rows]

    def told(self):
        """The refs of which a person was told that somebody must look."""
        return {ref for (ref,) in self.query("SELECT ref FROM notices_task WHERE state = 'open'")}

    # Kills ---------------------------------------------------------------------------------------------------------
    def kill_worker(self):
        """The worker and its children at once, as a machine or container that is gone."""
        os.killpg(self.parts.worker.pid, signal.SIGKILL)

    def kill_child(self):
        """One of the two processes that send."""
        for pid in children(self.parts.worker.pid)[:1]:
            os.kill(pid, signal.SIGKILL)

    def kill_parent(self):
        """Only the process that feeds those that send."""
        os.kill(self.parts.worker.pid, signal.SIGKILL)

    def wipe_redis(self):
        """Kill it, and lose all it kept."""
        os.kill(self.redis.process.pid, signal.SIGKILL)
        self.redis.process.wait(None)
        for left in self.home.redis.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def kill_postgres(self):
        """The immediate stop: no client is told, the next start recovers from the log."""
        os.kill(self.postgres.process.pid, signal.SIGQUIT)
        self.postgres.process.wait(None)

    # For whoever reads a failure -------------------------------------------------------------------------------------
    def diagnosis(self):
        programs = [self.postgres.process, self.redis.process]
        programs += [self.parts.worker, self.parts.beat] if self.parts else []
        yield "running: " + ", ".join(f"{process.name} {process.running}" for process in programs)
        yield f"restarts: {dict(self.restarts)}"
        for process in programs:
            for pid in [process.pid, *children(process.pid)] if process.running else []:
                yield f"{process.name} {pid} sleeps in {Path(f'/proc/{pid}/wchan').read_text()}"
        with contextlib.suppress(RedisError), self._celery.connection_for_read() as connection:
            yield from (f"redis client: {one}" for one in connection.default_channel.client.client_list())
        states = "SELECT kind, channel, state, reason, attempts, count(*), min(due_at) FROM notices_notice"
        for row in self.query(f"{states} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"):
            yield f"notices: {row}"
        for name in ("worker", "beat", "redis", "postgres"):
            with contextlib.suppress(OSError):
                lines = (self.home.logs / f"{name}.log").read_text(errors="replace").splitlines()[-25:]
                yield "\n".join([f"--- {name}.log", *lines])
