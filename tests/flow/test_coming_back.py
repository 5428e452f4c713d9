"""A seat that was revoked comes back on the machine that holds its cases."""

from __future__ import annotations

import pytest

from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_node.keys import OwnKey
from songtor_node.link.enrol import enrol
from songtor_proto.errors import PeerError
from songtor_proto.times import to_ms
from tests.support.linked import LinkedNetwork


def test_a_reinstated_seat_comes_back_with_new_keys_and_its_old_cases(network: LinkedNetwork) -> None:
    """I10, K4: the revoked key stays dead, the new one waits for a voice, and nothing at home is lost."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    case = berlin.case()
    network.sync_all()
    hub, now_ms = network.hub, to_ms(network.clock())
    with writing(hub.engine) as connection:
        registry.revoke(connection, "DE-02", now_ms, hub.random)
    with pytest.raises(PeerError, match=r"peer\.revoked"):
        berlin.sync()
    with writing(hub.engine) as connection:
        registry.reinstate(connection, "DE-02", now_ms, hub.random)
    enrol(berlin.node, network.invite("DE-02"), network.line)
    berlin.restart()
    berlin.sync()
    first, second = berlin.rows(OwnKey)
    assert (second.version, second.published) == (2, True)
    assert first.signing != second.signing
    assert first.sealing != second.sealing
    berlin.consent(case)
    taipei.sync()
    assert taipei.alerts() == {"peer.key_changed"}
