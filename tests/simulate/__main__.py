"""`python -m tests.simulate --seeds N [--seed K] [--nodes N] [--jobs N] [--events N]`."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import sys
from collections.abc import Iterable
from functools import partial
from time import monotonic

import structlog

from tests.simulate import template
from tests.simulate.run import EVENTS, Outcome, run


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulate", description="A simulated network under faults."
    )
    parser.add_argument("--seeds", type=int, default=200, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--nodes", type=int, default=3, help=f"up to {len(template.SEATS)}")
    parser.add_argument("--events", type=int, default=EVENTS, help="of each seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seeds = [given.seed] if given.seed is not None else range(1, given.seeds + 1)
    seats, started = template.SEATS[: given.nodes], monotonic()
    jobs = max(1, min(given.jobs, len(seeds)))
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        chunks = [list(seeds)[start :: jobs * 4] for start in range(jobs * 4)]
        work = partial(simulate, seats=seats, events=given.events)
        outcomes = [one for some in pool.imap_unordered(work, filter(None, chunks)) for one in some]
    faults = [outcome for outcome in outcomes if outcome.fault]
    for outcome in sorted(faults, key=lambda outcome: outcome.seed):
        print(outcome.fault, end="\n\n")
    print(f"{len(outcomes)} seeds, {len(faults)} with a fault, {monotonic() - started:.0f} s")
    return 1 if faults else 0


def simulate(seeds: Iterable[int], seats: tuple[str, ...], events: int = EVENTS) -> list[Outcome]:
    with template.folder() as data:
        template.make(data / "template", seats)
        return [run(data / "template", data / str(seed), seed, seats, events) for seed in seeds]


if __name__ == "__main__":
    sys.exit(main())
