"""How fast what is due goes out: claiming and marking alone, and the whole path into a channel that does nothing."""

import json
import os
import subprocess
import sys

from benchmarks import judge
from liaison.supervisor.home import REPOSITORY

COUNT, WORKERS = 6_000, 2
BATCH, READS, CLAIMED_A_SECOND, SENT_A_SECOND = 100, 6, 5_000, 500


def figures(installation, count=COUNT):
    """The figures of the outbox, each against its bound."""
    _run(installation, f"seed({count})")
    claimed = _together(installation, "claim()")
    batch = _run(installation, "reads()")
    sent = _together(installation, "send()")
    if (claimed["count"], batch["count"] + sent["count"]) != (count, count) or batch["count"] != BATCH:
        raise SystemExit(f"The outbox lost some of {count}: {claimed}, {batch}, {sent}.")
    return [
        judge.at_least(f"outbox: claim and mark, {WORKERS} workers", claimed["rate"], "rows/s", CLAIMED_A_SECOND),
        judge.at_most(f"outbox: queries that read a batch of {BATCH}", batch["reads"], "", READS),
        judge.at_least(f"outbox: the whole path, {WORKERS} workers", sent["rate"], "messages/s", SENT_A_SECOND),
    ]


def _start(installation, call):
    code = f"from benchmarks import sending; sending.{call}"
    argv = [sys.executable, REPOSITORY / "manage.py", "shell", "--no-imports", "-c", code]
    environment = os.environ | installation.environment
    return subprocess.Popen(argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answer(process, given=None):
    out, _ = process.communicate(given)
    if process.returncode:
        raise SystemExit("A worker of the benchmark failed.")
    lines = [line for line in out.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {}


def _run(installation, call):
    return _answer(_start(installation, call))


def _together(installation, call):
    """Some workers at once, begun when all of them are loaded: how much they did, and how much a second."""
    workers = [_start(installation, call) for _ in range(WORKERS)]
    for worker in workers:
        while worker.stdout.readline().strip() != "ready":
            if worker.poll() is not None:
                raise SystemExit("A worker of the benchmark did not start.")
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [_answer(worker) for worker in workers]
    count = sum(answer["count"] for answer in answers)
    took = max(answer["ended"] for answer in answers) - min(answer["began"] for answer in answers)
    return {"count": count, "rate": count / took}
