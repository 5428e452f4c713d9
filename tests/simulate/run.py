"""One seed from beginning to end: random events, then quiet, then the checks."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_proto.times import to_ms
from tests.simulate import checks, desk_acts, node_acts
from tests.simulate.world import Broken, World

EVENTS = 70
ROUNDS = 12
TOLD = 30


@dataclass(frozen=True)
class Outcome:
    """`digest` is of all that happened; `fault` says what did not hold, and what happened before it."""

    seed: int
    digest: str
    fault: str = ""


def run(template: Path, folder: Path, seed: int, seats: tuple[str, ...], events: int = EVENTS) -> Outcome:
    """Runs a seed on a copy of the template, in a folder of its own that is gone afterwards."""
    shutil.copytree(template, folder)
    world = World(folder, seed, seats)
    try:
        _live(world, events)
        _settle(world)
        checks.check(world)
    except Exception as error:
        if not isinstance(error, Broken):
            world.tell(traceback.format_exc())
        last = "\n".join(world.trace[-TOLD:])
        nodes = f" --nodes {len(seats)}" if len(seats) != 3 else ""
        again = f"python -m tests.simulate --seed {seed}{nodes}"
        return Outcome(seed, world.digest, f"seed {seed}: {error!r}\n{last}\n{again}")
    finally:
        world.close()
        shutil.rmtree(folder)
    return Outcome(seed, world.digest)


def _live(world: World, events: int) -> None:
    names, plan = list(world.seats), world.plan
    doings: list[tuple[float, Callable[[], object]]] = [
        (10.0, lambda: node_acts.any_act(world, plan.choice(names))),
        (6.0, lambda: desk_acts.any_act(world)),
        (12.0, lambda: world.sync(plan.choice(names))),
        (2.0, world.tick_hub),
        (0.4, world.restart_hub),
        (0.8, lambda: _cut(world, plan.choice(names))),
        (0.1, lambda: _revoke(world, plan.choice(names))),
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


def _revoke(world: World, name: str) -> None:
    """At most one seat of a run."""
    if any(seat.revoked for seat in world.seats.values()):
        return
    world.tell(f"{name} is revoked")
    hub = world.server.hub
    with writing(hub.engine) as connection:
        registry.revoke(connection, name, to_ms(world.clock()), hub.random)
    world.seats[name].revoked = True


def _settle(world: World) -> None:
    """The line holds and everyone synchronises until nothing moves; and once more a day later, when all have
    compared and what nobody confirmed is due."""
    world.calm()
    for pause in (timedelta(minutes=1), timedelta(hours=25)):
        world.pass_time(pause)
        world.tell("all goes well from here")
        for _ in range(ROUNDS):
            world.tick_hub()
            moved = [world.sync(name) for name in world.seats]
            world.pass_time(timedelta(minutes=1))
            if not any(moved):
                break
        else:
            raise Broken("it does not come to rest")
