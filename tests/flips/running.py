"""Flips run in scratch copies of the tree, each copy with a PostgreSQL and a Redis of its own that outlive the runs."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from liaison.supervisor.home import REPOSITORY, Home
from liaison.supervisor.postgres import DATABASE, Postgres
from liaison.supervisor.processes import stop
from liaison.supervisor.redis import Redis
from tests import migrated

# What is built or private, and too large to copy; the two folders of the front end are read where they lie.
LEFT_OUT = (
    ".git",
    ".venv*",
    "node_modules",
    "var",
    "static_build",
    "static_vendor",
    "__pycache__",
    ".*_cache",
    "*.pyc",
)
BUILT = ("static_build", "static_vendor")
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--reuse-db", "-W", "ignore::pytest.PytestWarning")
LIMIT = 150
CAUGHT, MISSED, STUCK, BROKEN = "caught", "NOT caught", "ran out of time", "could not run"


class Runner:
    """One scratch copy and its servers."""

    def __init__(self, root=REPOSITORY):
        self.folder = Path(tempfile.mkdtemp(prefix="liaison-flips-"))
        self.tree = self.folder / "tree"
        shutil.copytree(root, self.tree, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        for name in BUILT:
            if (root / name).exists():
                (self.tree / name).symlink_to(root / name)
        self.home = Home(str(self.folder / "home"))
        self.home.open()
        postgres, redis = Postgres(migrated.fill(self.home), **migrated.CARELESS), Redis(self.home)
        self.processes = []
        for server in (postgres, redis):
            server.start()
            self.processes.append(server.process)
        urls = postgres.urls() | {"REDIS_URL": redis.url()}
        self.environment = os.environ | {f"TEST_{name}": url for name, url in urls.items()}
        self.environment |= {
            "PYTHONDONTWRITEBYTECODE": "",
            "PROOF": "",
            "CI": "",
            "FIGURES": "",
            "TEST_TEMPLATE": DATABASE,
        }
        self.fresh = True

    def close(self):
        stop(self.processes[::-1])
        shutil.rmtree(self.folder, ignore_errors=True)

    def pytest(self, *arguments, limit=LIMIT):
        """The exit code of pytest in the copy, or None when time ran out."""
        command = [sys.executable, *PYTEST, *(["--create-db"] if self.fresh else []), *arguments]
        self.fresh = False
        process = subprocess.Popen(
            command, cwd=self.tree, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            # A run that was cut off may have left rows behind.
            self.fresh = True
            return None

    def try_flip(self, flip, tests, limit=LIMIT):
        """Break the copy, run what should notice, and mend it."""
        file = self.tree / flip.path
        source = file.read_text()
        file.write_text(flip.applied(source))
        try:
            code = self.pytest(*tests, limit=limit)
        finally:
            file.write_text(source)
        return {0: MISSED, 1: CAUGHT, None: STUCK}.get(code, BROKEN)

    def is_red(self, tests, limit=60):
        """Whether one of these tests fails in the copy as it is, without a flip, as far as there is time to see."""
        return self.pytest(*tests, limit=limit) not in (0, None)
