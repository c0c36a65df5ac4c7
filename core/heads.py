"""The heads of the audit's seals, kept outside the database: a file that is only appended to, and syslog if asked.

A line of the file: chain, number of the seal, number of its entries, head, when. A line whose number is 0 begins a
chain after a restored backup; its third column is the number of the last seal of the chain before that was restored.
"""

import logging
import os
import re
from dataclasses import dataclass
from logging.handlers import SysLogHandler
from pathlib import Path

from django.conf import settings
from django.utils import timezone

log = logging.getLogger("liaison.audit")
LINE = re.compile(r"(\d+) (\d+) (\d+) ([0-9a-f]{64}|-) (\S+)")


@dataclass(frozen=True)
class Head:
    """One line of the file."""

    chain: int
    number: int
    count: int
    head: str


def path():
    return Path(settings.AUDIT_HEADS)


def send(seal):
    """Append the head of a seal that was just committed."""
    append(seal.chain, seal.number, seal.count, seal.head)


def send_start(chain, *, after, head):
    """Append that a chain begins: `after` seals of the chain before it were there, the last with this head."""
    append(chain, 0, after, head or "-")


def append(chain, number, count, head):
    """Write one line and wait until the disk has it."""
    line = f"{chain} {number} {count} {head} {timezone.now():%Y-%m-%dT%H:%M:%SZ}"
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="ascii") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    if settings.AUDIT_SYSLOG:
        tell_syslog(line)


def tell_syslog(line):
    """Send the line off the machine. An unreachable syslog must not stop the sealing: the file has the line."""
    host, _, port = settings.AUDIT_SYSLOG.rpartition(":")
    address = (host, int(port)) if host else settings.AUDIT_SYSLOG
    try:
        handler = SysLogHandler(address, facility=SysLogHandler.LOG_AUTHPRIV)
    except OSError:
        log.warning("syslog cannot be reached")
        return
    handler.emit(logging.makeLogRecord({"msg": f"liaison-audit: {line}"}))
    handler.close()


def catch_up(seal):
    """Send the newest seal's head if a crash came between its commit and the file; never more than that one.

    A file that lacks more was shortened, and must be found so by `verify_audit`.
    """
    last = last_line()
    if last is None:
        missing = seal.chain == 1 and seal.number == 1
    else:
        missing = (last.chain, last.number) == (seal.chain, seal.number - 1)
    if missing:
        send(seal)


def last_line():
    """The last head of the file, read from its end."""
    if not path().exists():
        return None
    with path().open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 400))
        lines = file.read().decode("ascii", "replace").splitlines()
    return parsed(lines[-1]) if lines else None


def parsed(line):
    match = LINE.fullmatch(line)
    return Head(*map(int, match.groups()[:3]), match[4]) if match else None


def read():
    """Every line of the file in order; None stands for a line that is damaged."""
    if not path().exists():
        return []
    with path().open(encoding="ascii", errors="replace") as file:
        return [parsed(line.rstrip("\n")) for line in file]
