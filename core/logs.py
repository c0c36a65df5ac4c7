"""Logs: one JSON object a line, in UTC, with the request's id; never a body, a query string, a name or an address."""

import json
import logging
import time
from datetime import UTC, datetime

from core.audit import request_id

KEPT = ("method", "route", "status", "ms", "user", "task", "count", "notice", "kind")


class JsonLines(logging.Formatter):
    """Format a record as JSON with the few extra fields that may be logged."""

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= {name: getattr(record, name) for name in KEPT if hasattr(record, name)}
        if record.exc_info:
            # Messages of exceptions may quote values; their type and place do not.
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record):
    """The message without the address that was asked for: Django quotes it, and it may hold a reference or a token."""
    text, request = record.getMessage(), getattr(record, "request", None)
    return text.replace(request.path, "…") if hasattr(request, "path") else text


def _where(traceback):
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(
            f"{code.co_filename.rsplit('/', 2)[-2]}/{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}"
        )
        traceback = traceback.tb_next
    return places[-6:]


class Stopwatch:
    """Milliseconds since it was made."""

    def __init__(self):
        self.start = time.perf_counter()

    @property
    def ms(self):
        return round((time.perf_counter() - self.start) * 1000, 1)
