"""Child processes that die with their parent, are stopped in order and restarted with back-off."""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 30.0
SETTLED = 60.0
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with(parent, how):
    """What a child runs before its program: ask the kernel for a signal when the parent dies, even by kill -9."""

    def ask():
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, how)
            if os.getppid() != parent:
                os._exit(1)

    return ask


class Process:
    """One program, its log, and the signal that ends it.

    Start it from the main thread alone: the kernel watches the thread that made the child, not its process.
    """

    def __init__(self, name, argv, *, log, how=signal.SIGTERM, grace=20.0, **popen):
        self.name, self.argv, self.how, self.grace = name, [str(part) for part in argv], how, grace
        self._log, self._options = log, popen
        self._popen = None
        self._started = self._due = 0.0
        self._wait = SHORTEST_WAIT

    @property
    def pid(self):
        return self._popen.pid if self._popen else None

    @property
    def returncode(self):
        return self._popen.poll() if self._popen else None

    @property
    def running(self):
        return self._popen is not None and self._popen.poll() is None

    def start(self):
        """Start in a session of its own, or Ctrl-C would reach it before the supervisor can order the ends."""
        with self._log(self.name) as log:
            self._popen = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), self.how),
                **self._options,
            )
        self._started = time.monotonic()
        return self

    def keep_alive(self):
        """Restart it if it died, waiting twice as long after each quick death. True when it was restarted."""
        now = time.monotonic()
        if self.running:
            if now - self._started > SETTLED:
                self._wait = SHORTEST_WAIT
            return False
        if not self._due:
            self._due = now + self._wait
            self._wait = min(self._wait * 2, LONGEST_WAIT)
        if now < self._due:
            return False
        self._due = 0.0
        self.start()
        return True

    def ask_to_stop(self):
        if self.running:
            self._popen.send_signal(self.how)

    def wait(self, until):
        """Wait for the end until a moment, if one is given, then end the whole group without asking."""
        if self._popen is None:
            return
        try:
            self._popen.wait(until and max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()


def stop(processes):
    """End these together, each within its own grace."""
    for process in processes:
        process.ask_to_stop()
    now = time.monotonic()
    for process in processes:
        process.wait(now + process.grace)
