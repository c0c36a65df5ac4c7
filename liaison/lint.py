"""`make lint`: every check of the source that needs no test run. It runs all of them, then fails if one did."""

import os
import re
import subprocess
import sys
from pathlib import Path

from liaison import scoped
from liaison.build import ANY_SETTINGS

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
LOCKS = [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]
ADDRESS = re.compile(r"(?:https?|file|git\+\w+|ssh)://")
# The lock of npm keeps addresses of projects that ask for money, which nothing is fetched from.
HARMLESS = re.compile(r'"url": ')
COMMANDS = {
    "style": [TOOLS / "ruff", "check", "--quiet", "."],
    "format": [TOOLS / "ruff", "format", "--check", "--quiet", "."],
    "templates": [sys.executable, "-m", "djlint", "templates", "--lint", "--quiet"],
    "floors": [TOOLS / "lint-imports", "--no-cache"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def addresses(path):
    """The lines of a lock file that say where a package is fetched from: that is for each machine to decide."""
    lines = enumerate(path.read_text().splitlines(), start=1)
    found = [number for number, line in lines if ADDRESS.search(line) and not HARMLESS.search(line)]
    return [f"{path.relative_to(path.parent.parent)}:{number} names an address" for number in found]


def unhashed(path):
    """The packages of a lock file that anybody could replace: those without a version and a hash."""
    pinned = re.split(r"\n(?=[^\s#])", path.read_text().strip())
    packages = [line for line in pinned if not line.startswith("#")]
    bare = [line.split()[0] for line in packages if "==" not in line.split()[0] or "--hash=sha256:" not in line]
    return [f"{path.relative_to(path.parent.parent)}: {name} has no version and hash" for name in bare]


def complaints():
    """(check, sentence) of all that is judged here and by no tool."""
    yield from (("locks", line) for path in LOCKS for line in addresses(path))
    yield from (("locks", line) for path in LOCKS if path.suffix == ".txt" for line in unhashed(path))
    yield from (("scope", line) for line in scoped.complaints())


def main():
    failed = []
    for name, command in COMMANDS.items():
        done = subprocess.run(command, cwd=ROOT, env=os.environ | ANY_SETTINGS, capture_output=True, text=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, done.stderr, sep="", file=sys.stderr)
    for name, line in complaints():
        failed.append(name)
        print(line, file=sys.stderr)
    sys.exit(f"Failed: {', '.join(dict.fromkeys(failed))}" if failed else 0)


if __name__ == "__main__":
    main()
