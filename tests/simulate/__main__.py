"""`python -m tests.simulate --seeds N [--seed K] [--nodes N] [--jobs N] [--events N]`."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from time import monotonic

from tests.simulate import template
from tests.simulate.run import EVENTS, NODES, simulate

CHUNK = 20


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulate", description="A simulated network under faults."
    )
    parser.add_argument("--seeds", type=int, default=200, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--nodes", type=int, default=NODES, help=f"up to {len(template.SEATS)}")
    parser.add_argument("--events", type=int, default=EVENTS, help="of each seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    given = parser.parse_args()
    seats, started = template.SEATS[: given.nodes], monotonic()
    work = partial(simulate, seats=seats, events=given.events)
    if given.seed is not None:
        (outcome,) = work([given.seed])
        print("\n".join(outcome.trace), outcome.fault or "all is well", sep="\n")
        return 1 if outcome.fault else 0
    seeds = list(range(1, given.seeds + 1))
    chunks = [seeds[start : start + CHUNK] for start in range(0, len(seeds), CHUNK)]
    faults = 0
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for outcome in chain.from_iterable(pool.map(work, chunks)):
            if outcome.fault:
                faults += 1
                print(outcome.report(), flush=True)
    print(f"{len(seeds)} seeds, {faults} with a fault, {monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
