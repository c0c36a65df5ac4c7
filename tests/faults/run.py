"""One run: reminders are owed, the engine starts, and what the plan names is killed while a message is in flight."""

import time

from liaison.supervisor import processes
from tests.faults.judge import Kill, judge

# How often a fault run rings, and looks for leases that were cut off.
RING_EVERY, LOOK_EVERY = 1.0, 0.3
# Nothing arrives and nothing is killed for so long: it hangs. A passing failure alone makes a notice wait for a minute.
STALLED = 240
# How slow receivers are while Redis is away.
SLOW = 2
SETTLED = {"trial.note": ("sent",), "trial.grave": ("sent", "blocked")}


class Hangs(AssertionError):
    """The engine did not get on, with all that is known about why."""


def plan(**counts):
    """Names of faults, each kind spread evenly over the run: plan(kill_child=2, wipe_redis=1)."""
    points = [((number + 1) / (count + 1), name) for name, count in counts.items() for number in range(count)]
    return [name for _, name in sorted(points)]


class Run:
    def __init__(self, installation, receivers, owed, faults, monkeypatch):
        self.installation, self.receivers = installation, receivers
        self.owed, self.faults = owed, list(faults)
        self.kills, self.cuts, self._done = [], [], 0
        self._rung = self._looked = self._moved = time.monotonic()
        self._seen, self.slowest_ring = 0, 0.0
        # The supervisor waits up to half a minute before it starts again what keeps dying, and here all keeps dying.
        monkeypatch.setattr(processes, "LONGEST_WAIT", processes.SHORTEST_WAIT)

    @property
    def reached(self):
        return sum(receiver.reached for receiver in self.receivers)

    @property
    def in_flight(self):
        return sum(receiver.in_flight for receiver in self.receivers)

    def go(self, until=None):
        """Until every fault happened and nothing waits, or until what a planted failure is waited for."""
        finished = until or (lambda: not self.faults and not self.installation.waiting())
        while not self._looks() or not finished():
            self._step()
        return self

    def _looks(self):
        """Whether it is time to ask the database, which is not done at every step."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return False
        self._looked = time.monotonic()
        self.cuts += self.installation.lapse()
        return True

    def _step(self):
        self.installation.keep_alive()
        if time.monotonic() - self._rung > RING_EVERY:
            self._rung = time.monotonic()
            self.installation.ring()
        if self._fault_is_due():
            self._fault(self.faults.pop(0))
        reached = self.reached
        if reached != self._seen:
            self._seen, self._moved = reached, time.monotonic()
        if time.monotonic() - self._moved > STALLED:
            self._hangs("nothing arrived")
        time.sleep(0.005)

    def _fault_is_due(self):
        """In equal parts of the run, and only while a message is in flight that began after the last fault."""
        if not self.faults or not self.in_flight:
            return False
        total = len(self.kills) + len(self.faults)
        goal = max(self._done + 1, self.owed * (len(self.kills) + 1) // (total + 1))
        return self.installation.serves() and self.reached >= goal

    def _fault(self, name):
        kill, backends = getattr(self.installation, name), self.installation.backends()
        if not (in_flight := self.in_flight):
            self.faults.insert(0, name)
            return
        at = time.time()
        kill()
        self.kills.append(Kill(name, at, backends, in_flight))
        self._done, self._moved = self.reached, time.monotonic()
        if name == "wipe_redis":
            self.slowest_ring = max(self.slowest_ring, self.installation.seconds_to_ring())
            self._await_taken_ring()

    def _await_taken_ring(self):
        """A worker that is alive and listens no more would be the worst: a ring at the new Redis must be taken.

        Until then answers are slow, so that the task which was in flight is so all the time and later faults find some.
        """
        end, rung, delays = time.monotonic() + STALLED, False, [receiver.delay for receiver in self.receivers]
        for receiver in self.receivers:
            receiver.delay = SLOW
        while not rung or self.installation.rings_waiting():
            self.installation.keep_alive()
            rung = rung or self.installation.ring()
            if time.monotonic() > end:
                self._hangs("no worker took a task from the new Redis")
            time.sleep(0.1)
        for receiver, delay in zip(self.receivers, delays, strict=True):
            receiver.delay = delay
        self._moved = time.monotonic()

    def _hangs(self, what):
        raise Hangs("\n".join([f"{what} for {STALLED} s", *self.diagnosis()]))

    def diagnosis(self):
        yield f"reached {self.reached} of {self.owed}, in flight {self.in_flight}, faults left {self.faults}"
        yield f"kills: {[(kill.what, kill.in_flight) for kill in self.kills]}, leases cut off: {len(self.cuts)}"
        yield from self.installation.diagnosis()

    def verdict(self, receiver, kind, channel):
        """What became of the messages of one kind that went one way."""
        states = self.installation.states(kind, channel)
        attempts = [attempt for attempt in receiver.attempts if attempt.ref in states]
        told = self.installation.told() if "blocked" in SETTLED[kind] else ()
        began = self.installation.begun()
        return judge(states, attempts, began, self.cuts, self.kills, settled=SETTLED[kind], told=told)
