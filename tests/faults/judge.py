"""What became of the messages, judged from three records that know nothing of one another.

The receiver says what arrived, the database when each lease was taken and each attempt begun, the test whom it killed.
A repeated attempt is excused only if the one before it was the last one under a lease, and a kill ended the backend
that held this lease: a worker sends one message at a time, so each kill has one message in flight for each process.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Begun:
    """The database's note that an attempt at `ref` was begun under a lease."""

    ref: str
    lease: str
    at: float


@dataclass(frozen=True)
class Kill:
    """Who was killed and when, and which backends of the database served workers right before."""

    what: str
    at: float
    backends: frozenset
    in_flight: int = 1


@dataclass(frozen=True)
class Cut:
    """A lease found without the backend that took it."""

    lease: str
    backend: str
    at: float


@dataclass
class Verdict:
    owed: int
    lost: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    unsettled: list = field(default_factory=list)
    other_keys: list = field(default_factory=list)
    repeated: int = 0
    unexplained: list = field(default_factory=list)

    @property
    def wrong(self):
        """What must never be, however often workers are killed; doubles depend on the receiver."""
        lists = {name: getattr(self, name) for name in ("lost", "unsettled", "other_keys", "unexplained")}
        return {name: found for name, found in lists.items() if found}


def judge(states, attempts, begun, cuts, kills, *, settled=("sent",), told=()):
    """The verdict over all messages owed.

    states: {ref: state at the end}. settled: the states that count as done. told: refs of which a person was told that
    they may not have gone out; those are not lost.
    """
    by_ref = defaultdict(list)
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        by_ref[attempt.ref].append(attempt)
    acts = Counter(attempt.ref for attempt in attempts if attempt.acted)
    return Verdict(
        owed=len(states),
        lost=sorted(ref for ref in states if not acts[ref] and ref not in told),
        doubled=sorted(ref for ref, count in acts.items() if count > 1),
        unsettled=sorted(ref for ref, state in states.items() if state not in settled),
        other_keys=sorted(ref for ref, tries in by_ref.items() if len({attempt.key for attempt in tries}) > 1),
        repeated=sum(len(tries) - 1 for tries in by_ref.values()),
        unexplained=_unexplained(by_ref, begun, _cut_by_kills(cuts, kills)),
    )


def _cut_by_kills(cuts, kills):
    """The leases whose backend served a worker right before a kill and was gone after it."""
    return {cut.lease for cut in cuts if any(cut.backend in kill.backends and kill.at <= cut.at for kill in kills)}


def _unexplained(by_ref, begun, cut):
    """The refs that were tried without a note that it was begun, or again without a kill as the reason."""
    notes = defaultdict(list)
    for note in begun:
        notes[note.ref].append(note)
    leases = {}
    for ref, tries in by_ref.items():
        for number, attempt in enumerate(tries):
            before = [note for note in notes[ref] if note.at <= attempt.at]
            leases[ref, number] = max(before, key=lambda note: note.at).lease if before else None
    last = {}
    for (ref, number), lease in leases.items():
        last[lease] = max(last.get(lease, (0, "", 0)), (by_ref[ref][number].at, ref, number))
    wrong = {ref for (ref, _), lease in leases.items() if lease is None}
    for ref, tries in by_ref.items():
        for number in range(len(tries) - 1):
            lease = leases[ref, number]
            if lease not in cut or last[lease][1:] != (ref, number) or leases[ref, number + 1] == lease:
                wrong.add(ref)
    return sorted(wrong)
