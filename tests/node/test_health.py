"""Health tells the truth: what is asked by supervisors and programs, on loopback."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_node.web.front import Front, Reach
from songtor_node.web.health import SILENT, STUCK, create_app
from songtor_proto.errors import PeerError
from songtor_proto.times import to_ms
from tests.support.linked import LinkedNetwork, LinkedNode, new_node


def front(linked: LinkedNode) -> Front:
    return Front(linked.node.data, linked.line, Reach(frozenset()), linked.node)


def asked(node: LinkedNode, path: str, *, beat: timedelta = timedelta()) -> tuple[int, str]:
    started = node.node.clock() - beat
    answer = TestClient(create_app(front(node), lambda: started)).get(path)
    return answer.status_code, answer.json().get("status", "")


def test_a_node_in_touch_is_healthy_and_ready(network: LinkedNetwork) -> None:
    """And its state names no case."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    assert asked(berlin, "/health") == (200, "ok")
    assert asked(berlin, "/ready") == (200, "ok")
    state = TestClient(create_app(front(berlin), berlin.node.clock)).get("/state").json()
    assert (state["seat"], state["backlog"]) == ("DE-02", 1)
    assert reference not in str(state)


def test_a_node_that_reaches_nobody_is_alive_and_not_ready(network: LinkedNetwork) -> None:
    """It would be a lie to call it ready."""
    berlin = network.node("DE-02")
    network.clock.ahead += SILENT + timedelta(minutes=1)
    assert asked(berlin, "/health") == (200, "ok")
    assert asked(berlin, "/ready") == (503, "no_contact")


def test_an_expired_certificate_is_not_ready(network: LinkedNetwork) -> None:
    """Other programs said "fine" here."""
    berlin = network.node("DE-02")
    network.pass_time(days=8)
    assert asked(berlin, "/ready") == (503, "certificate_expired")


def test_a_node_that_the_hub_lets_in_no_more_is_not_ready(network: LinkedNetwork) -> None:
    """Its certificate has days to go, and counts for nothing."""
    berlin = network.node("DE-02")
    with writing(network.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(network.clock()), network.hub.random)
    with pytest.raises(PeerError):
        berlin.sync()
    assert asked(berlin, "/ready") == (503, "peer.revoked")


def test_a_loop_that_stands_still_is_not_healthy(network: LinkedNetwork) -> None:
    berlin = network.node("DE-02")
    assert asked(berlin, "/health", beat=STUCK + timedelta(seconds=1)) == (503, "stuck")


def test_a_node_in_no_network_is_not_ready(network: LinkedNetwork) -> None:
    lonely = LinkedNode(new_node(network.folder / "lonely", clock=network.clock), network.line)
    network.nodes.append(lonely)
    assert asked(lonely, "/ready") == (503, "input.not_enrolled")


def test_a_node_that_nobody_unlocked_lives_and_says_so(network: LinkedNetwork) -> None:
    """It waits for a person; a supervisor must not start it again for that."""
    data = network.node("DE-02").node.data
    for where, state in ((data, "locked"), (network.folder / "empty", "new")):
        locked = Front(where, network.line, Reach(frozenset()))
        client = TestClient(create_app(locked, network.clock))
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": state})


@pytest.mark.parametrize("path", ["/health", "/ready", "/state"])
def test_a_page_under_a_foreign_name_learns_nothing(network: LinkedNetwork, path: str) -> None:
    """Row 37: a forged host header is refused."""
    berlin = network.node("DE-02")
    client = TestClient(create_app(front(berlin), berlin.node.clock), base_url="http://evil.example")
    assert client.get(path).status_code == 400
