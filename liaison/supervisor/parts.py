"""The programs of Liaison itself: set-up, web, worker and beat. Each joins the installation through LIAISON_HOME."""

import http.client
import os
import sys
import time

from liaison.supervisor import upkeep
from liaison.supervisor.home import REPOSITORY, Refusal
from liaison.supervisor.processes import Process

BUILD_LIMIT, SETUP_LIMIT, WEB_LIMIT = 900.0, 600.0, 60.0
MANAGE = (sys.executable, REPOSITORY / "manage.py")
CELERY = (sys.executable, "-m", "celery", "-A", "liaison")


def terminal(name):
    """The log of a command that somebody waits for is what they look at."""
    return os.fdopen(os.dup(1), "wb")


class Parts:
    """The programs of one installation. Without a listener there is no web process, only a command to run."""

    def __init__(self, home, listener=None, command=()):
        self._home, self._listener = home, listener
        schedule = home.path / "beat-schedule"
        self.build = self._process("build", [sys.executable, "-m", "liaison.build"], log=terminal)
        self.setup = self._process("setup", [*MANAGE, "setup"])
        self.command = self._process("command", [*MANAGE, *command], log=terminal)
        # No pid file: a stale one would stop the next start.
        self.beat = self._process("beat", [*CELERY, "beat", "--pidfile=", "-s", schedule])
        self.worker = self._process("worker", [*CELERY, "worker", "--without-gossip", "--without-mingle", "-c", "2"])
        self.web = self._process("web", self._gunicorn(), keep=[listener.fileno()], DB_POOL="1") if listener else None
        # Those who make work for others end first.
        programs = (self.build, self.setup, self.command, self.beat, self.worker, self.web)
        self.in_order = [part for part in programs if part]

    def _process(self, name, argv, keep=(), log=None, **environment):
        return Process(
            name,
            argv,
            log=log or self._home.log,
            cwd=REPOSITORY,
            env=os.environ | {"LIAISON_HOME": str(self._home.path)} | environment,
            umask=0o077,
            pass_fds=keep,
        )

    def _gunicorn(self):
        argv = [sys.executable, "-m", "gunicorn", "liaison.wsgi", "--bind", f"fd://{self._listener.fileno()}"]
        argv += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "15"]
        # Loaded once and then forked: two workers that each load the site would take twice as long to start.
        argv += ["--preload"]
        # No access log: it would hold paths, and some of them are links that open an account. core.middleware logs.
        return [*argv, "--no-control-socket"]

    def await_build(self):
        """The front end is fetched and built while the database is set up; a page needs both."""
        self.build.wait(time.monotonic() + BUILD_LIMIT)
        if self.build.returncode:
            raise Refusal("The front end could not be built; what went wrong stands above.")

    def set_up(self, owner_url, demo):
        """Migrate, set the rights and load the demo in one process, unless this code did so with this database."""
        mark = upkeep.mark(demo)
        if upkeep.is_marked(owner_url, mark):
            return
        self._set_up()
        upkeep.write_mark(owner_url, mark)

    def _set_up(self):
        self.setup.start()
        self.setup.wait(time.monotonic() + SETUP_LIMIT)
        if self.setup.returncode:
            log = self._home.logs / "setup.log"
            lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
            last = lines[-1].strip()[:300] if lines else "it said nothing"
            raise Refusal(f"The database could not be set up: {last} (see {log}).")

    def run_command(self):
        """Run the command to its end and give its exit code."""
        self.command.start()
        self.command.wait(None)
        return self.command.returncode

    def start_web(self):
        """Start the web process and wait for its first answer, whatever that is."""
        self.web.start()
        limit = time.monotonic() + WEB_LIMIT
        while time.monotonic() < limit and self.web.running:
            if self.answers():
                return
            time.sleep(0.05)
        raise Refusal(f"The web process did not start; see {self._home.logs / 'web.log'}.")

    def answers(self):
        host, port = self._listener.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
            return bool(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
