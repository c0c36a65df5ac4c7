"""An installation of its own, thrown away afterwards: database, Redis, the demo city, the product and the floor."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import psycopg

from benchmarks.browser import Browser
from liaison.supervisor.home import REPOSITORY, Home
from liaison.supervisor.parts import Parts
from liaison.supervisor.postgres import Postgres
from liaison.supervisor.processes import stop
from liaison.supervisor.redis import Redis

SECRETS = dict.fromkeys(("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY"), "benchmark")
PRODUCT, FLOOR = "benchmarks.settings", "benchmarks.floor.settings"
# A case with a story that the supervisor may open: at work, entries in its log, an appointment to come.
WITH_A_STORY = """
    SELECT c.reference FROM cases_case c JOIN accounts_user u ON u.id = c.assigned_to_id
    WHERE c.state = 'screening' AND c.access <> 'sealed'
    AND EXISTS (
        SELECT FROM areas_area a, accounts_areaserved s JOIN accounts_user v ON v.id = s.user_id
        WHERE a.id = c.area_id AND s.area_id IN (a.id, a.parent_id) AND v.email = %s
    )
    AND (SELECT count(*) FROM cases_contactattempt a WHERE a.case_id = c.id) >= 2
    AND EXISTS (SELECT FROM cases_session s WHERE s.case_id = c.id AND s.state = 'planned')
    ORDER BY (SELECT count(*) FROM cases_contactattempt a WHERE a.case_id = c.id) DESC, c.id LIMIT 2
"""
# As many rows of a case as a long one has, made of the first that it has: each a day older, under a number of its own.
FILL = """
    INSERT INTO {table} SELECT (jsonb_populate_record(one.whole, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('{table}', 'id')), {changed}
    ))).* FROM (SELECT t AS whole FROM {table} t WHERE case_id = %(case)s ORDER BY id LIMIT 1) one,
    generate_series(1, %(count)s) n
"""
SESSIONS, NOTES = 30, 200
# A public event for which more people may register than will.
OPEN = """
    UPDATE events_event SET registers = true, capacity = 30000 WHERE id = (
        SELECT id FROM events_event WHERE state = 'published' AND access = 'public'
        AND starts_at > now() + interval '7 days' ORDER BY starts_at, id LIMIT 1
    ) RETURNING reference
"""
FULL = (
    (
        "cases_session",
        SESSIONS,
        "'reference', 'S-00-' || lpad(n::text, 5, '0'), 'booked_at', (one.whole).booked_at - n * interval '1 day'",
    ),
    (
        "cases_contactattempt",
        NOTES,
        "'at', (one.whole).at - n * interval '1 hour', 'note', 'They will call back, try ' || n",
    ),
)


class Installation:
    """One database with so many cases and the servers over it. The same processes and settings as `make run`."""

    def __init__(self, cases, home):
        self.cases, self.home, self.loaded_in = cases, home, 0.0
        self._postgres, self._redis, self._parts = Postgres(home), Redis(home), []
        self.environment, self.case, self.full_case, self.event = {}, "", "", ""

    def start(self):
        self._postgres.start()
        self._redis.start()
        self.environment = {
            **self._postgres.urls(), "REDIS_URL": self._redis.url(), "LIAISON_HOME": str(self.home.path), "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "liaison.settings", **SECRETS,
        }  # fmt: skip
        self.manage("setup")
        began = time.perf_counter()
        self.manage("demo", "--scale", str(self.cases))
        self.loaded_in = time.perf_counter() - began
        self._fill_a_case()
        self._open_an_event()
        # What a loaded database does by itself in the background must not fall on what is measured.
        with psycopg.connect(self.environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def _fill_a_case(self):
        """Of two cases with a story one stays as it is, and one gets long."""
        with psycopg.connect(self.environment["DATABASE_OWNER_URL"]) as connection:
            found = connection.execute(WITH_A_STORY, [self._supervisor()[0]]).fetchall()
            self.case, self.full_case = (row[0] for row in found)
            found = connection.execute("SELECT id FROM cases_case WHERE reference = %s", [self.full_case]).fetchone()
            for table, count, changed_columns in FULL:
                sql = FILL.format(table=table, changed=changed_columns)
                connection.execute(sql, {"case": found[0], "count": count})

    def _open_an_event(self):
        with psycopg.connect(self.environment["DATABASE_OWNER_URL"]) as connection:
            self.event = connection.execute(OPEN).fetchone()[0]

    def manage(self, *words, **environment):
        argv = [sys.executable, REPOSITORY / "manage.py", *words]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env=os.environ | self.environment | environment)

    def serve(self, settings):
        """A web process with these settings; gives its port."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.set_inheritable(True)
        with changed(os.environ, {**self.environment, "DJANGO_SETTINGS_MODULE": settings}):
            parts = Parts(self.home, listener)
            self._parts.append((parts, listener))
            parts.start_web()
        return listener.getsockname()[1]

    def _supervisor(self):
        """E-mail and password of the demo's first supervisor."""
        line = next(row for row in self.home.signins.read_text().splitlines() if row.startswith("Supervisor"))
        return re.search(r"\S+@\S+", line)[0], line.split()[-1]

    def browsers(self):
        """A supervisor, who sees many cases, at the product and at the floor."""
        product, floor = (self.serve(settings) for settings in (PRODUCT, FLOOR))
        browser = Browser(product)
        browser.sign_in(*self._supervisor())
        return browser, Browser(floor, browser.cookies)

    def stop(self):
        stop([parts.web for parts, _ in self._parts])
        for _, listener in self._parts:
            listener.close()
        stop([self._redis.process])
        stop([self._postgres.process])


@contextlib.contextmanager
def changed(mapping, values):
    """Some entries of a mapping for a while."""
    before = {name: mapping.get(name) for name in values}
    mapping.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del mapping[name]
            else:
                mapping[name] = value


@contextlib.contextmanager
def installations(sizes):
    """One for each size, all at once, so that their rounds can be interleaved."""
    found = []
    try:
        for cases in sizes:
            home = Home(tempfile.mkdtemp(prefix="liaison-bench-"))
            home.open()
            found.append(Installation(cases, home))
            found[-1].start()
        yield found
    finally:
        for one in found:
            one.stop()
            shutil.rmtree(one.home.path, ignore_errors=True)
