"""Five hundred seeds of a network under faults, and that the simulator itself can be believed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from songtor_hub.store import settings
from songtor_hub.store.engine import writing
from tests.simulate import stores, template
from tests.simulate.marks import found
from tests.simulate.run import NODES, simulate
from tests.simulate.world import World

SEEDS, CHUNK = 500, 10
SEATS = template.SEATS[:NODES]


@pytest.mark.parametrize("first", range(1, SEEDS, CHUNK))
def test_each_act_has_one_effect_and_nothing_is_lost_or_leaks_under_faults(first: int) -> None:
    """Row 23, and 18 to 22 and 30: loss, repetition, delay, cuts and crashes at any step; all sides agree."""
    outcomes = simulate(range(first, first + CHUNK), SEATS)
    assert not [outcome.report() for outcome in outcomes if outcome.fault]


def test_a_seed_replays_exactly_in_another_process() -> None:
    """A failing seed can be looked into: nothing depends on wall clock, hash order or the machine."""
    (here,) = simulate([7], SEATS)
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    command = [sys.executable, "-m", "tests.simulate", "--seed", "7"]
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.splitlines()[: len(here.trace)] == list(here.trace)


def test_what_is_planted_is_found() -> None:
    """The search would find a withheld value in the hub's store, its files' bytes, or a node's store."""
    with template.folder() as data:
        template.make(data, SEATS)
        world = World(data, 0, SEATS)
        assert not found(stores.of_hub(world.server))
        planted = world.marks.thai("DE-02")
        with writing(world.server.hub.engine) as connection:
            settings.put(connection, "planted", f"ชื่อ {planted}")
        assert found(stores.of_hub(world.server)) == {planted}
        (world.server.hub.data / "leak").write_bytes(b"\xff" + (other := world.marks.latin("DE-02")).encode())
        assert found(stores.of_hub(world.server)) == {planted, other}
        world.close()
