"""`python -m benchmarks [CASES …]`: load the demo city, serve it, and time each page against its floor.

Rounds are interleaved, so that whatever else the machine does falls on both. A page over its budget ends it with 1.
"""

import contextlib
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from liaison.supervisor.home import REPOSITORY, Home
from liaison.supervisor.parts import Parts
from liaison.supervisor.postgres import Postgres
from liaison.supervisor.processes import stop
from liaison.supervisor.redis import Redis

ROUNDS, PER_ROUND, WARM_UP = 5, 15, 5
SECRETS = dict.fromkeys(("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY"), "benchmark")
# Page, its floor, and how many times the floor it may take: docs/architecture.md.
PAGES = [
    ("case list, 50 rows", "/cases/?size=50", "/floor/list/", 2.0),
    ("case detail", "/cases/{reference}/", "/floor/{reference}/", 3.0),
    ("search", "/desk/search/?q=parking", "/floor/search/?q=parking", 2.5),
    ("my day", "/desk/", "/floor/list/", 3.0),
]


@contextlib.contextmanager
def installation():
    """A home of its own, thrown away afterwards."""
    home = Home(tempfile.mkdtemp(prefix="liaison-bench-"))
    home.open()
    postgres, redis = Postgres(home), Redis(home)
    try:
        postgres.start()
        redis.start()
        os.environ.update(postgres.urls(), REDIS_URL=redis.url(), LIAISON_HOME=str(home.path), DEMO="1", **SECRETS)
        yield home
    finally:
        stop([redis.process])
        stop([postgres.process])
        shutil.rmtree(home.path, ignore_errors=True)


def manage(*words):
    subprocess.run([sys.executable, REPOSITORY / "manage.py", *words], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def web(home):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    parts = Parts(home, listener)
    try:
        parts.start_web()
        yield Browser(listener.getsockname()[1])
    finally:
        stop([parts.web])
        listener.close()
        del os.environ["DJANGO_SETTINGS_MODULE"]


class Browser:
    """One kept connection of one signed-in person."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self._cookies = {}

    def ask(self, path, form=None):
        body = urllib.parse.urlencode(form) if form else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("POST" if form else "GET", path, body, headers)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response.status, response.read().decode()

    def sign_in(self, email, password):
        _, page = self.ask("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        status, _ = self.ask("/accounts/login/", {"csrfmiddlewaretoken": token, "login": email, "password": password})
        if status != 302:
            raise SystemExit(f"The benchmark could not sign in: {status}.")

    def seconds(self, path):
        began = time.perf_counter()
        status, page = self.ask(path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}.")
        return time.perf_counter() - began, len(page)


def measure(browser, page, floor):
    """Medians in milliseconds of a page and its floor, and the size of the page in KB."""
    for path in (page, floor) * WARM_UP:
        browser.seconds(path)
    times = {page: [], floor: []}
    for _ in range(ROUNDS):
        for path in (page, floor):
            times[path] += [browser.seconds(path)[0] for _ in range(PER_ROUND)]
    kilobytes = browser.seconds(page)[1] / 1000
    return statistics.median(times[page]) * 1000, statistics.median(times[floor]) * 1000, kilobytes


def supervisor_signin(home):
    """The demo's supervisor, who sees most cases and so has the longest lists."""
    line = next(row for row in home.signins.read_text().splitlines() if row.startswith("Supervisor"))
    return re.search(r"\S+@\S+", line)[0], line.split()[-1]


def run(cases, home):
    began = time.perf_counter()
    manage("demo", "--scale", str(cases))
    print(f"\n{cases:,} cases, loaded in {time.perf_counter() - began:.1f} s")
    print(f"{'page':22}{'median ms':>10}{'floor ms':>10}{'ratio':>8}{'budget':>8}{'KB':>8}")
    late = 0
    with web(home) as browser:
        browser.sign_in(*supervisor_signin(home))
        reference = re.search(r"/cases/(M-\d\d-\w{5})/", browser.ask("/cases/")[1])[1]
        for name, page, floor, budget in PAGES:
            page, floor = page.format(reference=reference), floor.format(reference=reference)
            took, least, size = measure(browser, page, floor)
            over = took / least > budget
            late += over
            mark = "  OVER" if over else ""
            print(f"{name:22}{took:10.1f}{least:10.1f}{took / least:8.2f}{budget:8.1f}{size:8.0f}{mark}")
    return late


def main(sizes):
    with installation() as home:
        manage("setup")
        late = sum(run(cases, home) for cases in sizes)
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
