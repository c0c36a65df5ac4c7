"""Worker, Redis and PostgreSQL killed with messages in flight: nothing is lost, and each double has a kill behind it.

`make test` runs it small, PROOF=full in the size that is promised: 2,000 reminders for each way of sending, 36 kills of
workers, 4 of a Redis that loses all it kept, 3 immediate stops of PostgreSQL. FAULTS_TIMES=10 tries ten times as many.
"""

import os
from contextlib import ExitStack

import pytest

from tests.faults.installation import Installation
from tests.faults.receivers import gateway, mail_server
from tests.faults.run import Run, plan

TIMES = int(os.environ.get("FAULTS_TIMES", "1"))
DELAY = 0.03


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    kept = Installation(tmp_path_factory.mktemp("faults"))
    try:
        kept.start()
        yield kept
    finally:
        kept.stop()


@pytest.fixture
def start(installation, monkeypatch):
    """`start([faults], {"trial.note:sms": 100}, **environment)` is a Run with its engine started."""
    with ExitStack() as stack:
        texts, mails = stack.enter_context(gateway(DELAY)), stack.enter_context(mail_server(DELAY))

        def begin(faults, owed, **environment):
            installation.clear()
            run = Run(installation, [texts, mails], sum(owed.values()), faults, monkeypatch)
            run.texts, run.mails = texts, mails
            installation.start_engine(SMS_URL=texts.url, EMAIL_URL=mails.url, **environment)
            installation.owe(*(f"{name}:{number}" for name, number in owed.items()))
            return run

        yield begin
        installation.stop_engine()


def report(name, verdict, run):
    """What one way of sending came to, for whoever runs this by hand (-s) and for a failure."""
    print(
        f"{name}: {verdict.owed} owed, {len(verdict.lost)} lost, {len(verdict.doubled)} doubled, "
        f"{verdict.repeated} attempts repeated after a crash, {len(verdict.unexplained)} of them without a kill"
    )
    if verdict.wrong:
        print(verdict.wrong, *run.diagnosis(), sep="\n")


def test_killed_worker_redis_and_postgresql_lose_nothing_and_double_only_in_flight(start, size, figure):
    faults = {
        "kill_worker": size(ci=2, full=16 * TIMES),
        "kill_child": size(ci=1, full=10 * TIMES),
        "kill_parent": size(ci=1, full=10 * TIMES),
        "wipe_redis": size(ci=1, full=4 * TIMES),
        "kill_postgres": size(ci=1, full=3 * TIMES),
    }
    each = size(ci=75, full=2000 * TIMES)
    owed = {"trial.note:sms": each, "trial.note:email": each, "trial.grave:email": each // 5}

    run = start(plan(**faults), owed).go()

    assert len(run.kills) == sum(faults.values())
    figure(
        "kills, each with a message in flight", sum(kill.in_flight > 0 for kill in run.kills), f">= {len(run.kills)}"
    )
    verdicts = {
        "texts by a gateway that honors keys": run.verdict(run.texts, "trial.note", "sms"),
        "mails of a kind that may be doubled": run.verdict(run.mails, "trial.note", "email"),
        "mails of a kind that must not be": run.verdict(run.mails, "trial.grave", "email"),
    }
    figure("wait of a commit for a Redis that is gone", round(run.slowest_ring, 2), "<= 3", "s")
    print(f"{len(run.kills)} kills cut off {len(run.cuts)} leases; restarts: {dict(run.installation.restarts)}")
    for (name, verdict), number in zip(verdicts.items(), owed.values(), strict=True):
        report(name, verdict, run)
        assert verdict.owed == number
        figure(f"{name}: lost", len(verdict.lost), "== 0")
        figure(f"{name}: not settled", len(verdict.unsettled), "== 0")
        figure(f"{name}: repeated attempts", verdict.repeated)
        figure(f"{name}: repeated without a kill", len(verdict.unexplained), "== 0")
        figure(f"{name}: under more than one key", len(verdict.other_keys), "== 0")
        bound = f"<= {len(run.cuts)}" if "may be doubled" in name else "== 0"
        figure(f"{name}: doubled", len(verdict.doubled), bound)


def test_worker_that_does_not_note_what_it_sent_is_caught(start):
    """The planted failure: what a killed worker sent before is sent again, though it was not in flight."""
    run = start(["kill_worker"], {"trial.note:email": 20}, PLANTED="tests.faults.planted.Forgetful")

    run.go(until=lambda: len(run.mails.attempts) >= 25)

    assert len(run.kills) == 1
    verdict = run.verdict(run.mails, "trial.note", "email")
    assert len(verdict.doubled) > 1
    assert verdict.unexplained
    assert verdict.unsettled


def test_worker_that_notes_before_it_sends_is_caught(start):
    """The planted failure: all is noted as sent, and not all of it arrived."""
    run = start([], {"trial.note:sms": 20}, PLANTED="tests.faults.planted.Hasty").go()

    verdict = run.verdict(run.texts, "trial.note", "sms")
    # Its deaths lost these; one more may be on its way still, though noted as sent.
    assert 5 <= len(verdict.lost) <= 6
    assert verdict.unsettled == []
