"""What must hold once all is quiet."""

from __future__ import annotations

from tests.simulate.check_delivery import nobody_was_called, one_log, sent_once, stored_once
from tests.simulate.check_secrets import secrets
from tests.simulate.check_tasks import confirmed, expired, same_state, steps, withdrawn
from tests.simulate.found import Found
from tests.simulate.world import World


def check(world: World) -> None:
    """Raises Broken with the first promise that does not hold."""
    there = Found(world)
    for name in there.living:
        sent_once(there, name)
        stored_once(there, name)
        nobody_was_called(there, name)
    one_log(there)
    steps(there)
    for name in there.living:
        same_state(there, name)
    withdrawn(there)
    confirmed(there)
    expired(there)
    secrets(there)
