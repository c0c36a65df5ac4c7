"""`make verify`: every proof in full, one after the other, and their figures as docs/VERIFICATION.md.

A product that fails does not stop those after it; the command ends with 1 if a figure was missed or a product failed.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "VERIFICATION.md"
# Stands in a command for the file in which a product leaves its figures; others read the environment.
FIGURES = "FIGURES"
# Seconds in which what is ended may put its own house in order.
GRACE = 20
# Seconds for all of them together.
HOUR = 60 * 60
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
PROOFS = ("tests/faults", "tests/browser", "tests/journeys", "tests/fuzz", "tests/proof", "tests/matrix", "tests/pages")
HEAD = """# What was verified, and what it came to

Written by `make verify`, which runs every proof in full. Each part can be run on its own by the command under its name.
"""


@dataclass(frozen=True)
class Product:
    """One command that proves something, and how many seconds it may take beside the hour that all of them share."""

    name: str
    command: tuple
    limit: int = HOUR

    @property
    def shown(self):
        return " ".join(str(word) for word in self.command).replace(sys.executable, "python")


# What is short comes first: the proofs have the rest of the hour, which grows with every page of the product.
PRODUCTS = (
    Product("Speed", (sys.executable, "-m", "benchmarks", "--json", FIGURES), 360),
    Product("A fresh machine", (sys.executable, "-m", "tests.fresh"), 480),
    Product("Flips of rules, headers, scopes and locks", (sys.executable, "-m", "tests.flips", "--minutes", "5"), 540),
    Product("Proofs", (*PYTEST, *PROOFS, "-n", "3", "--dist", "worksteal")),
)


@dataclass
class Result:
    """How a product ended, and the figures it wrote."""

    product: Product
    code: int
    seconds: float
    figures: list

    @property
    def met(self):
        return self.code == 0 and bool(self.figures) and all(figure["met"] is not False for figure in self.figures)


def run(product, left=HOUR):
    """One product, within its own limit and within the seconds that are left of the hour."""
    print(f"\n{product.name}: {product.shown}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures"
        command = [str(path) if word == FIGURES else word for word in product.command]
        environment = os.environ | {"PROOF": "full", "FIGURES": str(path), "BROWSER": "required", "CI": "true"}
        started = subprocess.Popen(command, cwd=REPOSITORY, env=environment, start_new_session=True)
        code = ended(started, min(product.limit, left))
        figures = [figure | {"test": figure.get("test", product.name)} for figure in written(path)]
    return Result(product, code, time.monotonic() - began, figures)


def ended(process, limit):
    """How it ended within so many seconds. What takes longer ends with all that it started, or it would run on beside
    what is measured next.
    """
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        print(f"It took longer than {limit:.0f} seconds.", flush=True)
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return 1


def written(path):
    """The figures in a file: one on each line, or all of them in one list."""
    text = path.read_text() if path.exists() else ""
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


def rows(figures):
    """One row a figure; of one that was recorded several times, a missed one if there is any."""
    by_name = itemgetter("test", "name")
    for _, group in groupby(sorted(figures, key=by_name), key=by_name):
        figure = min(group, key=lambda one: one["met"] is not False)
        value = f"{figure['value']:,}" if isinstance(figure["value"], int | float) else figure["value"]
        verdict = "" if not figure["bound"] else ("yes" if figure["met"] else "**no**")
        yield f"| {figure['name']} | {value} {figure['unit']} | {figure['bound']} | {verdict} | `{figure['test']}` |"


def page(results):
    """The whole of docs/VERIFICATION.md."""
    when, minutes = datetime.now(UTC), sum(result.seconds for result in results) / 60
    lines = [
        HEAD,
        f"Last run: {when:%B %-d, %Y}, {minutes:.0f} minutes on {os.cpu_count()} cores,"
        f" Python {platform.python_version()}.",
        "",
    ]
    for result in results:
        ended = "all met" if result.met else f"not all met (exit code {result.code})"
        lines += [f"## {result.product.name}", f"`{result.product.shown}`: {result.seconds:.0f} s, {ended}.", ""]
        lines += ["| Figure | Value | Bound | Met | Where |", "|---|---|---|---|---|", *rows(result.figures), ""]
    return "\n".join(lines)


def main(names):
    ends = time.monotonic() + HOUR - 2 * GRACE
    results = [run(product, ends - time.monotonic()) for product in PRODUCTS if not names or product.name in names]
    text = page(results)
    if not names:
        PAGE.write_text(text)
    print(text)
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
