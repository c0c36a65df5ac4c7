"""LIAISON_HOME: the one folder that holds data, logs, secrets and demo sign-ins of an installation."""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SECRETS = ("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY")
MARK = "# Written at each start: put settings of your own above this line."
LONGEST_SOCKET_PATH = 107
LOG_LIMIT = 5_000_000


class Refusal(Exception):
    """One sentence for the person at the terminal, who gets it instead of a traceback."""


class InUse(Refusal):
    """Another supervisor holds this home."""


class Home:
    """The folder, its parts, and the lock that keeps a second supervisor out."""

    def __init__(self, path):
        self.path = Path(path).expanduser().resolve()
        self.env_file = self.path / "liaison.env"
        self.logs = self.path / "logs"
        self.signins = self.path / "demo-signins.txt"
        self.mail = self.path / "mail"
        self.database = self.path / "postgres"
        self.redis = self.path / "redis"
        self.files = self.path / "files"
        self._lock = None

    @classmethod
    def from_environment(cls):
        return cls(os.environ.get("LIAISON_HOME") or REPOSITORY / "var")

    def open(self):
        """Make what is missing and take the lock, which the kernel frees however this process ends."""
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True)
                # PostgreSQL refuses root, so under root another user must be able to pass through, not to look in.
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.logs, self.mail, self.redis, self.files):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Refusal(f"The data folder {self.path} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(
                f"The data folder {self.path} is in use by another Liaison; stop that one, "
                "or set LIAISON_HOME and PORT to other values."
            ) from error

    def sockets(self, server, owner=None):
        """The folder of a server's socket, made if missing: in the home, or a short one if that path does not fit.

        The address of a socket is limited to 107 bytes, and addresses are written as URLs, so only plain paths fit.
        """
        folder = self.path / f"run-{server}"
        fits = len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
        if not fits or not re.fullmatch(r"[A-Za-z0-9/._-]+", str(folder)):
            name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"liaison-{os.geteuid()}-{name}-{server}"
        return own_folder(folder, owner)

    def log(self, name):
        """An open log file for one process; a large one is put aside first, so that two of them are all there is."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def written_by_hand(self):
        """The settings that people put into liaison.env, secrets included."""
        if not self.env_file.exists():
            return {}
        lines = self.env_file.read_text().split(MARK)[0].splitlines()
        pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
        return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}

    def write_env(self, values):
        """Keep the upper part of liaison.env, make missing secrets once, and write the lower part anew."""
        upper = self.env_file.read_text().split(MARK)[0] if self.env_file.exists() else ""
        known = self.written_by_hand()
        for name in SECRETS:
            if name not in known and f"{name}_FILE" not in known and not os.environ.get(f"{name}_FILE"):
                upper += f"{name}={secrets.token_urlsafe(48)}\n"
        lower = "".join(f"{name}={value}\n" for name, value in values.items())
        fresh = self.env_file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{upper}{MARK}\n{lower}")
        fresh.replace(self.env_file)


def own_folder(folder, owner=None):
    """Make a folder that only its owner enters, or refuse one that somebody else put there."""
    uid, gid = owner or (os.geteuid(), os.getegid())
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if uid != os.geteuid():
                os.chown(folder, uid, gid)
        if folder.is_symlink() or folder.stat().st_uid != uid:
            raise Refusal(f"The folder {folder} belongs to another user.")
    except OSError as error:
        raise Refusal(f"The folder {folder} cannot be used: {error.strerror}.") from error
    return folder


def say(*lines, file=None):
    """Print, even when the terminal is already gone."""
    with contextlib.suppress(OSError):
        print(*lines, sep="\n", file=file or sys.stdout, flush=True)
