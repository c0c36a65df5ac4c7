"""What a newcomer does on a machine that has Python, make and git: clone, `make run`, sign in, `make test`.

It runs inside the minimal root that `python -m tests.fresh` builds, so it needs nothing but Python's own library, and
it is part of no test run. Each figure is one JSON object a line on its output; all else goes to stderr.
"""

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

PATIENCE = 600.0
# What leans on the machine: programs that start programs, fonts, calendars of others. The rest is run in full beside.
TESTS = "tests/liaison tests/foreign"


def tell(name, value, bound="", unit="s", met=True):
    print(json.dumps({"name": name, "value": value, "unit": unit, "bound": bound, "met": met}), flush=True)


def tell_seconds(name, seconds, limit=None):
    tell(name, round(seconds, 1), f"<= {limit}" if limit else "", met=limit is None or seconds <= limit)


class Copy:
    """One clone of the repository and what runs from it."""

    def __init__(self, source, folder, port):
        self.folder, self.address, self._process = Path(folder), f"http://localhost:{port}", None
        self._environment = os.environ | {"PORT": str(port)}
        subprocess.run(["git", "clone", "--quiet", source, folder], check=True)

    def start(self):
        """Run `make run` until the first page answers."""
        self._process = subprocess.Popen(
            ["make", "run"], cwd=self.folder, env=self._environment, stdout=sys.stderr, start_new_session=True
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            # The port is open before the site is: then the first answer waits, as it does in a browser.
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/", timeout=PATIENCE).close()
                return
            time.sleep(0.05)
        sys.exit("make run ended, or no page answered in time.")

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        tell("processes that a stopped copy leaves behind", len(others()), "== 0", "", met=not others())

    def sign_in(self):
        """As the liaison officer of the demo: is the page that follows one of staff?"""
        line = next(row for row in self.signins() if row.startswith("Liaison officer"))
        email, password = line.split()[-2:]
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = browser.open(f"{self.address}/accounts/login/", timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": email, "password": password})
        answer = browser.open(f"{self.address}/accounts/login/", form.encode(), timeout=30).read().decode()
        if 'data-shell="staff"' not in answer:
            sys.exit("Signing in did not lead to a page of staff.")

    def signins(self):
        return (self.folder / "var" / "demo-signins.txt").read_text().splitlines()

    def test(self):
        command = ["make", "test", f"TESTS={TESTS}"]
        return subprocess.run(command, cwd=self.folder, env=self._environment, stdout=sys.stderr).returncode


def others():
    """Every process of this user but this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_bytes())
    return [line for line in found if line]


def main(source, port):
    began = time.monotonic()
    first = Copy(source, "first", port)
    first.start()
    tell_seconds("fresh clone to first page, empty package cache", time.monotonic() - began)
    first.sign_in()
    tell_seconds("newcomer with the README to a signed-in page", time.monotonic() - began, 120)
    before = first.signins()
    first.stop()

    began = time.monotonic()
    first.start()
    tell_seconds("second start to first page", time.monotonic() - began, 5)
    kept = first.signins() == before
    first.sign_in()
    tell("data kept over a restart", int(kept), "== 1", "", met=kept)
    first.stop()

    began = time.monotonic()
    second = Copy(source, "second", port)
    second.start()
    tell_seconds("fresh clone to first page, warm package cache", time.monotonic() - began, 30)
    second.stop()

    began = time.monotonic()
    code = first.test()
    tell(f"make test of {TESTS} on a fresh machine, exit code", code, "== 0", "", met=code == 0)
    tell_seconds(f"make test of {TESTS} on a fresh machine", time.monotonic() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
