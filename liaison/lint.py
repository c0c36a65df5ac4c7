"""`make lint`: every check of the source that needs no test run. It runs all of them, then fails if one did."""

import os
import re
import subprocess
import sys
from pathlib import Path

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
    "floors": [TOOLS / "lint-imports", "--no-cache"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def addresses(path):
    """The lines of a lock file that say where a package is fetched from: that is for each machine to decide."""
    lines = enumerate(path.read_text().splitlines(), start=1)
    found = [number for number, line in lines if ADDRESS.search(line) and not HARMLESS.search(line)]
    return [f"{path.relative_to(path.parent.parent)}:{number} names an address" for number in found]


def main():
    failed = []
    for name, command in COMMANDS.items():
        done = subprocess.run(command, cwd=ROOT, env=os.environ | ANY_SETTINGS, capture_output=True, text=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, done.stderr, sep="", file=sys.stderr)
    for line in (line for path in LOCKS for line in addresses(path)):
        failed.append("locks")
        print(line, file=sys.stderr)
    sys.exit(f"Failed: {', '.join(dict.fromkeys(failed))}" if failed else 0)


if __name__ == "__main__":
    main()
