"""`python -m tests.flips`: break each rule, header, scope and lock in turn and see that a test notices.

--sample 40   that many of them, drawn by --seed, which is printed
--only cases  those whose name holds these words
--minutes 17  stop after that time, and say how many were not tried
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from liaison.supervisor.home import REPOSITORY
from tests.flips.covering import covering
from tests.flips.find import every_flip
from tests.flips.running import BROKEN, CAUGHT, Runner

RUNNERS, ENOUGH, CONTROLS = 2, 0.95, 4


def arguments(given):
    parser = argparse.ArgumentParser(prog="python -m tests.flips", description=__doc__)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 10_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--minutes", type=float, default=17)
    parser.add_argument("--list", action="store_true")
    return parser.parse_args(given)


def chosen(flips, asked):
    found = [flip for flip in flips if asked.only in str(flip)]
    random.Random(asked.seed).shuffle(found)
    return found[: asked.sample or None]


def try_all(flips, minutes):
    """{flip: how it ended} for as many as there is time for, by two runners side by side."""
    ends, results, runners = time.monotonic() + minutes * 60, {}, Queue()
    # Found before the threads begin: reading source with `ast` is not for two threads at once.
    tests = {flip: covering(REPOSITORY, flip) for flip in flips}
    made = [Runner() for _ in range(min(RUNNERS, len(flips)))]
    for runner in made:
        runners.put(runner)

    def one(flip):
        if time.monotonic() > ends:
            return
        runner, began = runners.get(), time.monotonic()
        try:
            results[flip] = runner.try_flip(flip, tests[flip])
        finally:
            runners.put(runner)
        print(f"{results[flip]:>20} {time.monotonic() - began:5.0f} s  {flip}", flush=True)

    try:
        with ThreadPoolExecutor(len(made)) as pool:
            list(pool.map(one, flips))
        controls = [flip for flip in results if results[flip] == CAUGHT][:CONTROLS]
        red = [flip for flip in controls if made[0].is_red(tests[flip])]
    finally:
        for runner in made:
            runner.close()
    return results, red


def figure(name, value, bound="", met=True):
    print(f"{name}: {value}{f' (must be {bound})' if bound else ''}")
    if path := os.environ.get("FIGURES"):
        line = {"name": name, "value": value, "unit": "", "bound": bound, "met": met, "test": "python -m tests.flips"}
        with Path(path).open("a") as file:
            file.write(json.dumps(line) + "\n")


def report(flips, results, red=()):
    """Print what was caught and name the rest; whether enough was caught.

    What is `red` failed without a flip as well, so that "caught" would say nothing.
    """
    counts = Counter(results.values())
    share = round(counts[CAUGHT] / len(results), 3) if results else 0
    for flip, result in results.items():
        if result != CAUGHT:
            print(f"{result}: {flip}")
    for flip in red:
        print(f"fails without the flip too: {flip}")
    figure("flips found in the source", len(flips))
    figure("flips tried", len(results))
    figure("flips that could not run", counts[BROKEN], "== 0", counts[BROKEN] == 0)
    figure("tests of flips that fail without one", len(red), "== 0", not red)
    figure("share of flips caught", share, f">= {ENOUGH}", share >= ENOUGH)
    return share >= ENOUGH and not counts[BROKEN] and not red


def main(given=None):
    # Asked to end, it stops the servers it started before it does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    asked, flips = arguments(given), every_flip(REPOSITORY)
    wanted = chosen(flips, asked)
    if asked.list:
        print("\n".join(map(str, wanted)))
        return 0
    print(f"{len(wanted)} of {len(flips)} flips, drawn by --seed {asked.seed}")
    return 0 if report(flips, *try_all(wanted, asked.minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
