"""`python -m liaison.supervisor`: start everything, keep it running, and end it in order.

With the name of a command of manage.py it starts only the servers, runs that command and ends; where a supervisor is
running already, the command joins its servers.
"""

import ctypes
import os
import select
import signal
import sys
import time

from liaison.supervisor import addresses
from liaison.supervisor.home import Home, InUse, Refusal, say
from liaison.supervisor.parts import Parts
from liaison.supervisor.postgres import Postgres
from liaison.supervisor.processes import PR_SET_PDEATHSIG, stop
from liaison.supervisor.redis import Redis

LOOK_EVERY_MS = 200
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody asked the supervisor to end: a signal, or a terminal that is gone."""


def end(number, frame):
    raise Ended


class Supervisor:
    def __init__(self):
        self.began = time.monotonic()
        self.home = Home.from_environment()
        self.servers, self.parts = [], None

    def start(self):
        self.home.open()
        self.settings = addresses.Settings(self.home)
        listener = addresses.bind(self.settings)
        self._prepare(listener)
        self.parts.await_build()
        self.parts.start_web()
        self.parts.worker.start()
        self.parts.beat.start()

    def run(self, command):
        """Run one command of manage.py with the servers up, and give its exit code."""
        try:
            self.home.open()
            self.settings = addresses.Settings(self.home)
            self._prepare(command=command)
        except InUse:
            self.parts = Parts(self.home, command=command)
        return self.parts.run_command()

    def _prepare(self, listener=None, command=()):
        """Bring up the servers and the database on them."""
        self.port = listener.getsockname()[1] if listener else self.settings.get("PORT", "8000")
        self.demo = self.settings.truth("DEMO", not self.settings.get("DATABASE_URL"))
        self.parts = Parts(self.home, listener, command)
        if listener:
            self.parts.build.start()
        urls = self._urls()
        self.home.write_env(urls | {"PORT": self.port, "DEMO": int(self.demo)})
        self.parts.set_up(addresses.owner(self.settings, urls), self.demo)

    def _urls(self):
        """Start the servers that nobody named, try those that somebody did, and give the addresses of the former."""
        urls = {}
        if self.settings.get("DATABASE_URL"):
            addresses.check_databases(self.settings)
        else:
            postgres = Postgres(self.home)
            self.servers.append(postgres.process)
            postgres.start()
            urls |= postgres.urls()
        if self.settings.get("REDIS_URL"):
            addresses.check_redis(self.settings.get("REDIS_URL"))
        else:
            redis = Redis(self.home)
            self.servers.append(redis.process)
            redis.start()
            urls["REDIS_URL"] = redis.url()
        return urls

    def block(self):
        """What a person needs to know now, in one piece."""
        seconds = f"{time.monotonic() - self.began:.1f}"
        lines = ["", f"Liaison is running at http://localhost:{self.port} (started in {seconds} seconds)."]
        if self.demo and self.home.signins.exists():
            lines += ["", f"Demo sign-ins, kept in {self.home.signins}:", self.home.signins.read_text().rstrip()]
        if self.demo:
            lines += ["", "This is a demo: a second factor is not asked for. Enter no real people."]
        if addresses.one_role_for_all(self.settings):
            lines += [
                "",
                "The database has one role for all, so nothing keeps the program from rewriting its own audit:",
            ]
            lines.append("docs/database-roles.sql makes three.")
        if self.settings.get("EMAIL_URL") or not self.demo:
            lines.append("Mail goes to the mail server that EMAIL_URL names.")
        else:
            lines.append(f"Mail goes to files in {self.home.mail}.")
        return [*lines, f"Logs are in {self.home.logs}. Press Ctrl-C to stop.", ""]

    def watch(self):
        """Restart what dies until somebody ends this. A closed terminal is seen even when its signal goes elsewhere."""
        terminal = select.poll()
        for stream in (0, 1):
            if os.isatty(stream):
                terminal.register(stream, 0)
        kept = [*self.servers, self.parts.web, self.parts.worker, self.parts.beat]
        while not any(event & (select.POLLHUP | select.POLLERR) for _, event in terminal.poll(LOOK_EVERY_MS)):
            for process in kept:
                if process.keep_alive():
                    self._note(f"{process.name} had died and was started again")
                    self._tell_of_new(process)

    def _tell_of_new(self, server):
        """What listens to a queue that was lost may listen to the old one for ever; a fresh one hears the new."""
        if server.name == "redis":
            for part in (self.parts.worker, self.parts.beat):
                part.ask_to_stop()

    def _note(self, text):
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}."
        with self.home.log("supervisor") as log:
            log.write(f"{line}\n".encode())
        say(line)

    def stop(self):
        """End those who write first, then what they write to."""
        if self.parts:
            stop(self.parts.in_order)
        for process in reversed(self.servers):
            stop([process])


def die_with_make():
    """Under make, end when make is killed: it cannot pass that on."""
    if sys.platform == "linux" and os.environ.get("MAKELEVEL"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main(command):
    die_with_make()
    for number in ENDS:
        signal.signal(number, end)
    supervisor = Supervisor()
    try:
        if command:
            return supervisor.run(command)
        supervisor.start()
        say(*supervisor.block())
        supervisor.watch()
    except Refusal as refusal:
        say(str(refusal), file=sys.stderr)
        return 1
    except Ended:
        say("Stopping.")
    finally:
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
