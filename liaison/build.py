"""Build what is not kept in the repository: `python -m liaison.build` fetches and builds the front end and catalogs.

Each step is left out when nothing it reads has changed since it last ran.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from liaison import catalogs, install
from liaison.supervisor.processes import die_with

ROOT = Path(__file__).resolve().parent.parent
MODULES, VENDOR, BUILT = ROOT / "node_modules", ROOT / "static_vendor", ROOT / "static_build"
NPM_FILES = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier")
# collectstatic reads the settings, which refuse to load without a database and secrets; it uses none of them.
SECRETS = dict.fromkeys(("SECRET_KEY", "AUDIT_KEY", "BLIND_KEY"), "build")
ANY_SETTINGS = SECRETS | {"DATABASE_URL": "postgres://build@/build"}


def fingerprint(paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def files(folder, pattern="*"):
    return [path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts]


def once(mark, paths, step, made):
    """Run a step when its inputs are not those of the last time, or when what it made is gone."""
    now = fingerprint(paths)
    if made.exists() and mark.exists() and mark.read_text() == now:
        return
    step()
    mark.write_text(now)


def run(command, complaint=1, environment=None, **options):
    """Run one step, which ends with this process; where it fails, say what could not be done if it did not itself."""
    together = die_with(os.getpid(), signal.SIGKILL)
    if subprocess.run(command, cwd=ROOT, env=environment, preexec_fn=together, **options).returncode:
        sys.exit(complaint)


def npm():
    """The npm on the PATH, else the one that comes from PyPI, which is large and so is installed only when needed."""
    if found := shutil.which("npm"):
        return found
    if not install.installed("node"):
        install.install("node")
    return install.VENV / "bin" / "npm"


def fetch_packages():
    print("Fetching the front-end packages", flush=True)
    path = f"{install.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # Node brings certificates of its own and would not know those of a private network.
    environment = os.environ | {"NODE_USE_SYSTEM_CA": "1", "PATH": path}
    run([npm(), *NPM], "The front-end packages could not be fetched.", environment, stdout=subprocess.DEVNULL)


def build_front_end():
    run([sys.executable, "-m", "liaison.frontend"])


def collect():
    shutil.rmtree(BUILT, ignore_errors=True)
    command = [sys.executable, ROOT / "manage.py", "collectstatic", "--noinput", "--verbosity=0", "--ignore=*.ttf"]
    run(command, "The static files could not be collected.", os.environ | ANY_SETTINGS)


def main():
    sources = [path for package in ROOT.glob("*/__init__.py") for path in files(package.parent, "*.py")]
    once(MODULES / ".built", NPM_FILES, fetch_packages, MODULES)
    named_in = [*NPM_FILES, *files(ROOT / "templates"), *sources]
    once(MODULES / ".vendored", named_in, build_front_end, VENDOR)
    collected = [*files(ROOT / "static"), *files(VENDOR), install.LOCKS / "base.txt"]
    once(MODULES / ".collected", collected, collect, BUILT)
    catalogs.compile_all()


if __name__ == "__main__":
    main()
