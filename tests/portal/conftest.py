"""Who writes and who approves; a channel on the loopback, which keeps what it is given and answers as it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.factories.accounts import UserFactory

# What stands in the addresses of channels and may stand nowhere else.
TOKEN = "t0ken-of-the-unit"


@pytest.fixture
def officer(db):
    return UserFactory(officer=True)


@pytest.fixture
def supervisor(db):
    return UserFactory(supervisor=True)


class Channel:
    """`said` are the texts that it took, `asked` how often it was asked; it answers `status` after `delay` seconds."""

    def __init__(self):
        self.posted, self.asked = [], 0
        self.status, self.delay = 200, 0
        self.lock = threading.Lock()

    @property
    def said(self):
        return [payload["message"] for payload in self.posted]


@pytest.fixture
def channel():
    kept = Channel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with kept.lock:
                kept.asked += 1
                if kept.status == 200:
                    kept.posted.append(payload)
            time.sleep(kept.delay)
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"json://unit:{TOKEN}@127.0.0.1:{server.server_port}/?+X-Token={TOKEN}"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def set_up(channel, settings):
    """The unit has one channel, called notes, at the loopback."""
    settings.SOCIAL_URLS = {"notes": channel.url}
    return channel
