"""Two at the same moment: what another transaction has written and not yet committed while a request runs."""

import threading
import time
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = 10


@contextmanager
def just_before(write):
    """Within this block stands, not yet committed, what `write()` made in a connection of its own.

    It is committed as soon as somebody waits for it, so what the block does always comes a moment too late. If nobody
    ever waits for it the race did not happen, and the test that wanted one fails.
    """
    written, waited = threading.Event(), []

    def other():
        try:
            with transaction.atomic():
                write()
                written.set()
                waited.append(_somebody_waits())
        finally:
            written.set()
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert written.wait(PATIENCE)
    yield
    thread.join(PATIENCE)
    assert waited == [True], "nobody waited for the other one: this was no race"


def _somebody_waits():
    """Whether another connection of this database waits for a lock of this one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


def race(threads):
    """Run them all at the same moment; returns what each raised, or None."""
    gate, told = threading.Barrier(len(threads)), []

    def run(act):
        try:
            gate.wait(10)
            act()
            told.append(None)
        # Whatever it is, the test names it.
        except Exception as error:
            told.append(type(error))
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(act,)) for act in threads]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(30)
    return told
