"""The loop of `serve` under a clock that is put right: what is due is not put off. Rules C11, I7, K5."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep

from songtor_node.keeper import Keeper
from songtor_node.web.front import Front, Reach
from tests.support.linked import LinkedNetwork

SECONDS = 20


def test_a_clock_that_goes_back_puts_nothing_off(network: LinkedNetwork) -> None:
    """K5, C11: an old laptop wakes in the future and learns the time; it reads the directory soon."""
    berlin = network.node("DE-02")
    network.pass_time(days=2)
    keeper = Keeper(Front(berlin.node.data, network.line, Reach(frozenset()), berlin.node))
    thread = Thread(target=keeper.run)
    thread.start()
    try:
        for _ in range(5):  # it has come to the long-poll, which here answers at once
            more(network, "fetch")
        known = network.line.calls["get_directory"]
        network.pass_time(days=-2)
        assert more(network, "get_directory", known) > known
    finally:
        keeper.stop()
        thread.join(SECONDS)
    assert not thread.is_alive()


def more(network: LinkedNetwork, method: str, known: int | None = None) -> int:
    """How often the hub was asked, once it is more than `known` (by default than now)."""
    known = network.line.calls.get(method, 0) if known is None else known
    until = monotonic() + SECONDS
    while (calls := network.line.calls.get(method, 0)) <= known and monotonic() < until:
        sleep(0.02)
    return calls
