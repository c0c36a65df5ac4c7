"""`python -m benchmarks [CASES …] [--json FILE]`: load the demo city, serve it, and time each page against its floor.

Rounds are interleaved over pages, floors and sizes, so that whatever else the machine does falls on all of them. A
figure that misses its bound ends the command with 1.
"""

import argparse
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import judge, outbox, pages
from benchmarks.installation import installations

SIZES = [10_000, 100_000]


def measure(sizes, *, rounds=pages.ROUNDS, burst=pages.BURST, messages=outbox.COUNT):
    """Every figure, and where the time of each page goes."""
    with installations(sizes) as found:
        figures = [judge.told(f"demo of {one.cases:,} cases, loaded", one.loaded_in, "s") for one in found]
        measured = pages.measure(found, rounds, burst)
        of_pages, where = pages.figures(measured)
        for one in measured.values():
            one.close()
        return [*figures, *of_pages, *outbox.figures(found[0], messages)], where


def main(words):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n\n")[0])
    parser.add_argument("cases", nargs="*", type=int, default=SIZES, help="how many cases the city has, for each run")
    parser.add_argument("--json", type=Path, help="write the figures into this file as well")
    asked = parser.parse_args(words)
    # Whoever ends the run leaves no servers and no folders behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures, where = measure(sorted(set(asked.cases)))
    print(*figures, "", "Where the time goes:", *where, sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1))
    missed = judge.missed(figures)
    print("", f"{len(missed)} of {len(figures)} figures missed.", *missed, sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
