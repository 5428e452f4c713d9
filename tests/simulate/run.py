"""One seed from beginning to end: random events, then quiet, then the checks."""

from __future__ import annotations

import hashlib
import shutil
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from tests.simulate import desk_acts, node_acts, template
from tests.simulate.checks import check
from tests.simulate.operators import compare_voices, enrol_again, new_keys, revoke, take_back
from tests.simulate.world import Broken, World

NODES = 3
EVENTS = 50
ROUNDS = 12
TOLD = 30


@dataclass(frozen=True)
class Outcome:
    """`trace` is all that happened, the same for the same seed; `fault` says what did not hold."""

    seed: int
    seats: tuple[str, ...]
    events: int
    trace: tuple[str, ...]
    fault: str

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def report(self) -> str:
        """The fault, what happened last before it, and how to see it all again."""
        again = f"python -m tests.simulate --seed {self.seed}"
        again += f" --nodes {len(self.seats)}" * (len(self.seats) != NODES)
        again += f" --events {self.events}" * (self.events != EVENTS)
        return "\n".join([f"seed {self.seed}: {self.fault}", *self.trace[-TOLD:], f"again: {again}", ""])


def simulate(seeds: Iterable[int], seats: tuple[str, ...], events: int = EVENTS) -> list[Outcome]:
    """Runs each seed on a copy of one template."""
    with template.folder() as data:
        made = template.made(seats)
        return [_run(made, data / str(seed), seed, seats, events) for seed in seeds]


def _run(made: Path, folder: Path, seed: int, seats: tuple[str, ...], events: int) -> Outcome:
    shutil.copytree(made, folder)
    world, fault = World(folder, seed, seats), ""
    try:
        with capture_logs() as world.logged:
            _live(world, events)
            settle(world)
        check(world)
    except Broken as error:
        fault = str(error)
    except Exception:
        fault = traceback.format_exc()
    finally:
        world.close()
        shutil.rmtree(folder)
    return Outcome(seed, seats, events, tuple(world.trace), fault)


def _live(world: World, events: int) -> None:
    names, plan = list(world.seats), world.plan
    doings: list[tuple[float, Callable[[], object]]] = [
        (10.0, lambda: node_acts.any_act(world, plan.choice(names))),
        (6.0, lambda: desk_acts.any_act(world)),
        (4.0, lambda: world.sync(plan.choice(names))),
        (4.0, lambda: world.send(plan.choice(names))),
        (4.0, lambda: world.fetch(plan.choice(names))),
        (2.0, world.tick_hub),
        (0.4, world.restart_hub),
        (0.8, lambda: _cut(world, plan.choice(names))),
        (0.3, lambda: new_keys(world, plan.choice(names))),
        (0.1, lambda: revoke(world, plan.choice(names))),
        (0.5, lambda: take_back(world, plan.choice(names))),
        (1.0, lambda: enrol_again(world, plan.choice(names))),
        (0.5, lambda: compare_voices(world)),
        (0.1, lambda: _sleep(world)),
    ]
    for _ in range(events):
        world.pass_time(timedelta(seconds=int(plan.expovariate(1 / 9000)) + 1))
        if world.late and plan.random() < 0.3:
            world.arrive_late()
        plan.choices(doings, [weight for weight, _ in doings])[0][1]()


def _cut(world: World, name: str) -> None:
    hours = world.plan.randint(1, 48)
    world.tell(f"{name}'s line is cut for {hours} hours")
    world.weather.cut[name] = world.clock() + timedelta(hours=hours)


def _sleep(world: World) -> None:
    """Once, nobody does anything for longer than a certificate lasts, and less than its grace (I8)."""
    if world.slept:
        return
    world.slept = True
    world.tell("everyone is away")
    world.pass_time(timedelta(days=world.plan.randint(8, 20)))


def settle(world: World) -> None:
    """The line holds and everyone synchronises until nothing moves; and once more a day later, when all have
    compared and what nobody confirmed is due."""
    world.calm()
    for pause in (timedelta(minutes=1), timedelta(hours=25)):
        world.pass_time(pause)
        world.tell("all goes well from here")
        for _ in range(ROUNDS):
            world.tick_hub()
            moved = [world.sync(name) for name in world.seats]
            compare_voices(world)
            world.pass_time(timedelta(minutes=1))
            if not any(moved):
                break
        else:
            raise Broken("it does not come to rest")
