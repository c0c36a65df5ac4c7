"""A database folder of PostgreSQL that is migrated already: made once for each state of the migrations, and copied.

Migrating an empty database takes longer than most runs of a few tests, and whole installations that tests start would
each do it again. What is copied is then brought up to date like any other database.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from liaison.supervisor.home import REPOSITORY, Home
from liaison.supervisor.postgres import Postgres
from liaison.supervisor.processes import stop

KEPT = REPOSITORY / ".pytest_cache" / "migrated"
# Data that is thrown away needs no care about power cuts.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
KEYS = dict.fromkeys(("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY"), "tests")


def mark():
    """What a migrated database depends on: the migrations, the packages and how the server is made."""
    digest = hashlib.sha256()
    made_by = (REPOSITORY / name for name in ("liaison/roles.py", "liaison/supervisor/postgres.py"))
    for path in sorted([*REPOSITORY.glob("*/migrations/*.py"), REPOSITORY / "requirements" / "base.txt", *made_by]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def fill(home):
    """Put a migrated database into a home that has none; gives the home."""
    kept = KEPT / mark()
    if not kept.exists():
        _make(kept)
    _copy(kept, home.database)
    return home


def _make(kept):
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="liaison-migrated-") as folder:
        home = Home(folder)
        home.open()
        postgres = Postgres(home, **CARELESS)
        postgres.start()
        try:
            _migrate(postgres.urls() | {"LIAISON_HOME": folder})
        finally:
            stop([postgres.process])
        # Whoever makes the same at the same time finds all of it or nothing.
        with tempfile.TemporaryDirectory(dir=KEPT) as beside:
            whole = Path(beside) / "database"
            _copy(home.database, whole)
            if not kept.exists():
                whole.rename(kept)


def _migrate(addresses):
    argv = [sys.executable, REPOSITORY / "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    known = {"DJANGO_SETTINGS_MODULE": "liaison.settings", "REDIS_URL": "unix:///nowhere", "DEMO": "0", "HTTPS": "0"}
    subprocess.run([str(word) for word in argv], env=os.environ | KEYS | known | addresses, cwd=REPOSITORY, check=True)


def _copy(source, target):
    """With its owner: under root the server runs as somebody else."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
