"""A gateway for texts and a mail server that record every attempt, and act after half of their delay.

So a worker that is killed while it waits for the answer may or may not have been acted on, as with real ones.
"""

import asyncio
import email
import email.policy
import json
import logging
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

# The mail server tells of each line that it is sent, which would bury what a failure has to say.
logging.getLogger("mail.log").setLevel(logging.WARNING)
REF = re.compile(r"trial\.\w+-\w+-\d+")


@dataclass
class Attempt:
    """One message as it arrived: what it is about, the key or Message-ID it came under, and whether it was acted on."""

    ref: str
    key: str
    at: float
    acted: bool = False


class Receiver:
    """What both have in common: the record of attempts."""

    def __init__(self, delay):
        self.delay, self.attempts, self.in_flight = delay, [], 0
        self._acted, self._lock = set(), threading.Lock()

    @contextmanager
    def receiving(self, text, key):
        """While this lasts the message is in flight: a worker waits for our answer."""
        attempt = Attempt(REF.search(text)[0], key, time.time())
        with self._lock:
            self.attempts.append(attempt)
            self.in_flight += 1
        try:
            yield attempt
        finally:
            with self._lock:
                self.in_flight -= 1

    def act(self, attempt, *, once):
        """`once` is what a gateway that honors keys promises: a key it knows is answered like a new one, only that."""
        with self._lock:
            attempt.acted = not once or attempt.key not in self._acted
            self._acted.add(attempt.key)

    @property
    def reached(self):
        """How many different messages arrived."""
        return len({attempt.ref for attempt in list(self.attempts)})


class Texts(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A worker that was killed waits for no answer."""


@contextmanager
def gateway(delay):
    """A gateway for texts that acts once for each key. Workers find it at its `url`."""
    kept = Receiver(delay)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
            with kept.receiving(text, self.headers["Idempotency-Key"]) as attempt:
                time.sleep(kept.delay / 2)
                kept.act(attempt, once=True)
                time.sleep(kept.delay / 2)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = Texts(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # The long waits are for a busy machine: giving up on a slow answer is not what is tried here.
    waits = "cto=60&rto=120"
    kept.url = f"json://127.0.0.1:{server.server_port}/?{waits}&:to={{to}}&+Idempotency-Key={{key}}"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mails(Receiver):
    """A mail server knows no keys: what it takes twice is read twice."""

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.receiving(mail.get_content(), mail["Message-ID"]) as attempt:
            # If the sender is gone by now, this ends here and the mail is not taken.
            await asyncio.sleep(self.delay / 2)
            self.act(attempt, once=False)
            await asyncio.sleep(self.delay / 2)
        return "250 Message accepted"


class Server(Controller):
    """A controller that lets the system choose its port."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(delay):
    """A mail server. Workers find it at its `url`."""
    kept = Mails(delay)
    server = Server(kept, hostname="127.0.0.1", port=0)
    server.start()
    kept.url = f"smtp://127.0.0.1:{server.port}"
    try:
        yield kept
    finally:
        server.stop()
