"""The supervisor, for real: programs are started, killed and looked for in the process table."""

import os
import pty
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from liaison.supervisor.addresses import connection_options
from liaison.supervisor.home import REPOSITORY, Home
from liaison.supervisor.postgres import Postgres
from liaison.supervisor.redis import Redis
from tests import migrated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process table is read as Linux shows it")
OF_THE_RUN = ("DATABASE", "REDIS", "SECRET_", "AUDIT_", "BLIND_", "LIAISON", "DEMO", "HTTPS", "MAKE", "PORT", "DJANGO")
ANSWERED = {b"200"}
# Read before any test changes the environment.
OF_TESTS = os.environ["DATABASE_OWNER_URL"]
PARTS = {"postgres", "redis", "web", "worker", "beat"}
MARKS = {"bin/postgres": "postgres", "redis-server": "redis", "gunicorn": "web", " worker ": "worker", " beat ": "beat"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=30.0):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} seconds in vain for {condition.__name__}")


def read(path):
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


class Installation:
    """One home, and the supervisor that runs on it."""

    def __init__(self, home, **environment):
        self.home, self.port = home, free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_RUN)}
        self.environment = kept | {"LIAISON_HOME": str(home), "PORT": str(self.port), "DEMO": "0"} | environment
        self.output = home.parent / f"{home.name}.output"
        self.process = None

    def start(self, **popen):
        with self.output.open("wb") as output:
            popen = {"stdout": output, "stdin": subprocess.DEVNULL, "start_new_session": True} | popen
            command = [sys.executable, "-m", "liaison.supervisor"]
            self.process = subprocess.Popen(command, cwd=REPOSITORY, env=self.environment, **popen)
        return self

    def up(self):
        return self.process is not None and self.process.poll() is None

    def running(self):
        until(lambda: "Press Ctrl-C" in read(self.output) or self.process.poll() is not None, 60)
        assert self.process.poll() is None, read(self.output)
        return self

    def parts(self):
        """The programs that the supervisor started, by name."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            fields = read(status).rpartition(")")[2].split()
            if fields and int(fields[1]) == self.process.pid and fields[0] != "Z":
                line = read(status.parent / "cmdline")
                found |= {name: int(status.parent.name) for mark, name in MARKS.items() if mark in line}
        return found

    def left(self):
        """Every process that still belongs to this home: by its command, its environment or where it stands."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                place = os.readlink(folder / "cwd")
            except OSError:
                continue
            named = read(folder / "cmdline") + place + "/"
            if f"{self.home}/" in named or f"LIAISON_HOME={self.home} " in read(folder / "environ"):
                found.append(f"{folder.name} {read(folder / 'cmdline')}")
        return found

    def gone(self):
        until(lambda: not self.left())
        # A home on which nothing was started yet has nobody to wait for.
        if self.process is not None:
            self.process.wait(10)

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(40)
        self.gone()

    def refusal(self, **environment):
        """The one sentence with which a supervisor on this home refuses to start."""
        done = subprocess.run(
            [sys.executable, "-m", "liaison.supervisor"],
            cwd=REPOSITORY,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 1
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]

    def answers(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as line:
            line.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return line.recv(12)[9:] in ANSWERED

    def database(self):
        return psycopg.connect(host=str(self.home / "run-postgres"), user="liaison_owner", dbname="liaison")

    def recovered(self):
        try:
            with self.database():
                return True
        except psycopg.OperationalError:
            return False


@pytest.fixture(scope="module")
def one_home(tmp_path_factory):
    """A home below a folder that is closed to all others, as a home in /root is. Tests share it to save time."""
    made = Installation(tmp_path_factory.mktemp("closed") / "home")
    yield made
    if made.up():
        made.end(signal.SIGTERM)


@pytest.fixture
def installation(one_home):
    """The home with its supervisor running."""
    return one_home if one_home.up() else one_home.start().running()


@pytest.fixture
def stopped(one_home):
    """The home with nothing running on it."""
    if one_home.up():
        one_home.end(signal.SIGTERM)
    return one_home


def test_start_brings_everything_up(installation):
    assert set(installation.parts()) == PARTS
    assert installation.answers()
    assert f"http://localhost:{installation.port}" in read(installation.output)


SHAPE = """
SELECT format('%s %s %s', table_name, column_name, (data_type, column_default, is_nullable, collation_name))
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


def shape(url):
    """Every column, constraint, index and trigger of a database."""
    with psycopg.connect(**connection_options(url)) as connection:
        return {row[0] for row in connection.execute(SHAPE)}


def test_a_database_that_is_set_up_is_that_of_plain_migrations(installation):
    """The tests' own database was migrated by Django alone."""
    made, plain = (shape(url) for url in (Postgres(Home(installation.home)).urls()["DATABASE_OWNER_URL"], OF_TESTS))
    assert len(plain) > 1_500
    assert made ^ plain == set()


def logs_that_hold(word, folder):
    return [path.name for path in folder.iterdir() if word in read(path)]


def test_logs_hold_no_links_and_no_values(installation):
    canary = "canary-7Q2M"
    for path in (f"/invitation/{canary}/", f"/stop/{canary}/", f"/nothing/{canary}/?q={canary}"):
        with socket.create_connection(("127.0.0.1", installation.port), 10) as line:
            line.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            assert line.makefile("rb").read().startswith(b"HTTP/1.0 ")
    with installation.database() as connection, pytest.raises(psycopg.Error):
        connection.execute(f"INSERT INTO core_auditseal (head) VALUES ('{canary}')")

    folder = installation.home / "logs"
    assert '"method": "GET"' in read(folder / "web.log")
    assert "null value in column" in read(folder / "postgres.log")
    assert logs_that_hold(canary, folder) == []
    planted = folder / "access.log"
    planted.write_text(f'"GET /invitation/{canary}/ HTTP/1.0" 410\n')
    assert logs_that_hold(canary, folder) == ["access.log"]
    planted.unlink()


def test_start_keeps_secrets_and_modes(installation):
    assert stat.S_IMODE((installation.home / "liaison.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(installation.home.parent.stat().st_mode) == 0o700
    others = {"postgres", "run-postgres", "run-redis", "redis", "logs", "mail", "files"}
    assert {name for name in others if (installation.home / name).stat().st_mode & 0o077} == set()
    assert [path.name for path in (installation.home / "logs").iterdir() if path.stat().st_mode & 0o077] == []


def test_commands_find_the_installation_without_any_other_variable(installation):
    done = subprocess.run(
        [sys.executable, "manage.py", "grants"],
        cwd=REPOSITORY,
        env={"LIAISON_HOME": str(installation.home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout[:9]) == (0, "Rights on"), done.stderr


def test_set_up_runs_again_only_where_the_database_is_not_that_of_this_code(installation):
    def set_ups():
        return read(installation.home / "logs" / "setup.log").count("Rights on")

    before = set_ups()
    installation.end(signal.SIGTERM)
    installation.start().running()
    assert set_ups() == before > 0

    with installation.database() as connection:
        connection.execute("COMMENT ON DATABASE liaison IS 'set up by other code'")
    installation.end(signal.SIGTERM)
    installation.start().running()
    assert set_ups() == before + 1

    with installation.database() as connection:
        connection.execute("GRANT UPDATE ON core_auditentry TO liaison_app")
    installation.end(signal.SIGTERM)
    installation.start().running()
    assert set_ups() == before + 2
    with installation.database() as connection:
        asked = connection.execute("SELECT has_table_privilege('liaison_app', 'core_auditentry', 'UPDATE')")
        assert asked.fetchone() == (False,)


def test_second_supervisor_on_one_home_is_refused(installation):
    assert "is in use by another Liaison" in installation.refusal(PORT=str(free_port()))


def test_taken_port_is_refused(installation, tmp_path):
    assert f"Port {installation.port} is taken" in installation.refusal(LIAISON_HOME=str(tmp_path / "other"))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "postgres://nobody:hidden@127.0.0.1:1/none"}, "DATABASE_URL cannot be used"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not an address"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "DATABASE_URL does not name a PostgreSQL database"),
        ({"DATABASE_URL_FILE": "/nowhere"}, "DATABASE_URL_FILE names /nowhere"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL cannot be used"),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL is not an address"),
        ({"PORT": "many"}, "PORT is 'many'"),
        ({"LIAISON_HOME": "/dev/null/home"}, "The data folder /dev/null/home cannot be used"),
    ],
)
def test_broken_setting_is_refused_in_one_sentence(tmp_path, variables, sentence):
    said = Installation(tmp_path / "home").refusal(**variables)

    assert sentence in said
    assert "hidden" not in said


def test_owner_and_disposal_addresses_are_tried_too(installation, tmp_path):
    good = f"postgres://liaison_app@/liaison?host={installation.home / 'run-postgres'}"
    other = Installation(tmp_path / "home")

    for name in ("DATABASE_OWNER_URL", "DATABASE_DISPOSAL_URL"):
        bad = good.replace("liaison_app", "nobody_here")
        assert f"{name} cannot be used" in other.refusal(DATABASE_URL=good, **{name: bad})


def test_parts_that_die_are_started_again(installation):
    before = installation.parts()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def all_anew():
        now = installation.parts()
        return set(now) == PARTS and all(now[name] != before[name] for name in PARTS)

    until(all_anew)
    until(installation.answers)
    until(installation.recovered)
    assert "worker had died and was started again" in read(installation.home / "logs" / "supervisor.log")


def test_worker_and_beat_start_anew_with_the_queue_they_listen_to(installation):
    before = installation.parts()
    os.kill(before["redis"], signal.SIGKILL)

    def heard_anew():
        now = installation.parts()
        return set(now) == PARTS and {name for name in PARTS if now[name] != before[name]} == {
            "redis",
            "worker",
            "beat",
        }

    until(heard_anew, 60)


def test_killed_supervisor_leaves_nothing_and_data_is_kept(installation):
    with installation.database() as connection:
        connection.execute("CREATE TABLE kept (word text)")
    secrets = (installation.home / "liaison.env").read_text()

    os.kill(installation.process.pid, signal.SIGKILL)
    installation.gone()
    installation.start().running()

    with installation.database() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        connection.execute("DROP TABLE kept")
    assert (installation.home / "liaison.env").read_text() == secrets


def test_two_homes_run_side_by_side_and_ctrl_c_ends_one(installation, tmp_path):
    (tmp_path / "home").mkdir(mode=0o711)
    migrated.fill(Home(tmp_path / "home"))
    other = Installation(tmp_path / "home").start().running()

    assert installation.answers()
    assert other.answers()

    other.end(signal.SIGINT)
    assert other.process.returncode == 0
    assert set(installation.parts()) == PARTS


def test_term_leaves_nothing(installation):
    installation.end(signal.SIGTERM)

    assert installation.process.returncode == 0


def test_database_of_ones_own_with_one_role_works_and_is_warned_about(tmp_path):
    url = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS external")
        connection.execute("CREATE DATABASE external")
    other = Installation(tmp_path / "home", DATABASE_URL=url.replace("/liaison?", "/external?")).start().running()
    try:
        assert set(other.parts()) == PARTS - {"postgres"}
        assert other.answers()
        assert "docs/database-roles.sql" in read(other.output)
        assert "DATABASE" not in read(other.home / "liaison.env")
    finally:
        other.end(signal.SIGTERM)


@pytest.mark.parametrize("state", ["installation", "stopped"])
def test_command_runs_whether_or_not_the_servers_do(request, state):
    home = request.getfixturevalue(state)
    done = subprocess.run(
        [sys.executable, "-m", "liaison.supervisor", "shell", "--no-imports", "-c", "print('ran', 1 / 1)"],
        cwd=REPOSITORY,
        env=home.environment,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "ran 1.0\n"), done.stderr
    assert home.up() == (state == "installation")
    if state == "stopped":
        home.gone()


def test_interrupted_start_leaves_nothing(stopped):
    stopped.start()
    until(lambda: "postgres" in stopped.parts())
    stopped.end(signal.SIGINT)


def test_closed_terminal_leaves_nothing(stopped):
    """No signal reaches the supervisor here, as under `xterm -e make run`: it must look for itself."""
    ours, theirs = pty.openpty()
    stopped.start(stdin=theirs)
    os.close(theirs)
    stopped.running()

    os.close(ours)
    stopped.gone()


@pytest.mark.parametrize("name", ["a home with spaces", "x" * 120])
def test_home_whose_path_fits_no_socket_gets_a_short_one(tmp_path, name):
    home = Home(tmp_path / name)
    home.open()
    redis = Redis(home)
    try:
        redis.start()
        assert redis.socket.exists()
        assert not redis.socket.is_relative_to(home.path)
    finally:
        redis.process.ask_to_stop()
        redis.process.wait(time.monotonic() + 10)
        redis.socket.parent.rmdir()
