"""Make `.venv` and install the locked requirements: `python3 liaison/install.py base` or `dev`.

`foreign` makes `.venv-foreign`: programs of others, such as calendars, with which tests read what we write. They have
an environment of their own, so that ours need not bear what they need, and nothing of ours can import them.

It runs before anything is installed, so it needs nothing but Python. uv installs in seconds what pip installs in half
a minute; where uv cannot reach the packages (it knows nothing of pip's configuration) pip does it. Nothing happens
when the locks have not changed since.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
VENV, FOREIGN = ROOT / ".venv", ROOT / ".venv-foreign"
OLDEST, NEWEST = (3, 11), (3, 12)
PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]


def works(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def home(lock):
    """The environment that holds the packages of a lock file."""
    return FOREIGN if lock == "foreign" else VENV


def python(lock):
    return home(lock) / "bin" / "python"


def stamp(lock):
    return home(lock) / f"installed-{lock}"


def fingerprint(lock):
    return hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest()


def installed(lock):
    return stamp(lock).exists() and stamp(lock).read_text() == fingerprint(lock)


def make_environment(lock):
    """Make the virtual environment, or make it anew when the Python under it has gone."""
    if python(lock).exists() and works(python(lock), "-c", ""):
        return
    print(f"Making the virtual environment {home(lock).name}", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", home(lock)]).returncode:
        sys.exit("The virtual environment could not be made: install the venv module of Python (python3-venv).")


def index_of_pip():
    """The package index that pip is set to, which uv would not look up by itself."""
    asked = subprocess.run(
        [python("uv"), "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def install(lock):
    path = LOCKS / f"{lock}.txt"
    print(f"Installing requirements/{lock}.txt", flush=True)
    environment = dict(os.environ)
    if index := index_of_pip():
        environment.setdefault("UV_DEFAULT_INDEX", index)
    uv = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--system-certs", "--require-hashes", "--python"]
    fetched = installed("uv") or subprocess.run([python("uv"), *PIP, "-r", LOCKS / "uv.txt"]).returncode == 0
    if fetched:
        stamp("uv").write_text(fingerprint("uv"))
    if not fetched or subprocess.run([*uv, python(lock), "-r", path], env=environment).returncode:
        print("Trying again with pip", flush=True)
        if subprocess.run([python(lock), *PIP, "-r", path]).returncode:
            sys.exit(f"The packages of requirements/{lock}.txt could not be installed.")
    stamp(lock).write_text(fingerprint(lock))


def main(lock):
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit("Liaison needs Python 3.11 or 3.12: set PYTHON to one, as in `make run PYTHON=python3.12`.")
    # What installs the packages lies in ours.
    for needed in dict.fromkeys(["uv", lock]):
        make_environment(needed)
    # The development lock holds everything that the other one does.
    if not installed(lock) and not (lock == "base" and installed("dev")):
        install(lock)


if __name__ == "__main__":
    main(sys.argv[1])
