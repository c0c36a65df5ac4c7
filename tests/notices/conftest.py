"""A mail server and a gateway for texts on the loopback, that keep what reaches them and fail when told to."""

import asyncio
import json
import logging
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from tests.notices.trial import mails

# The mail server tells of each line that it is sent, which would bury what a failure has to say.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Post:
    """A mail server that counts what it took over by Message-ID."""

    def __init__(self):
        self.mails, self.answer = [], "250 Message accepted"
        self.refuse, self.delay = "", 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.delay)
        if self.answer.startswith("250"):
            self.mails.append((list(envelope.rcpt_tos), envelope.content.decode()))
        return self.answer

    @property
    def by_id(self):
        lines = (line for _, text in self.mails for line in text.splitlines())
        return Counter(line.split(":", 1)[1].strip() for line in lines if line.startswith("Message-ID:"))


@pytest.fixture
def smtp():
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def mail_server(smtp, settings):
    """Mail goes to a real server on the loopback."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp


class Sink:
    """A gateway that acts once for each key, and remembers how often it was asked."""

    def __init__(self):
        self.asked, self.acted = Counter(), {}
        self.status, self.delay = 200, 0
        self.lock = threading.Lock()

    def take(self, key, form):
        with self.lock:
            self.asked[key] += 1
            self.acted.setdefault(key, form)


@pytest.fixture
def sink():
    kept = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(kept.delay)
            if kept.status == 200:
                kept.take(self.headers["Idempotency-Key"], json.loads(body))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"json://127.0.0.1:{server.server_port}/?:to={{to}}&+Idempotency-Key={{key}}"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def wanted_again():
    """What one test made unwanted is wanted in the next."""
    yield
    mails.unwanted.clear()
    mails.ends.clear()
