"""SPIFFE ids: how a certificate names a seat or the hub. Rule I1."""

from __future__ import annotations

import re

from songtor_proto.address import Address
from songtor_proto.errors import InputError, PeerError

# A trust domain that is a host name as well, so that X.509 can constrain it.
_NETWORK = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


def hub_id(network: str) -> str:
    """`spiffe://<network>/hub`; PeerError("identity") where the network's name cannot stand in an id."""
    if not _NETWORK.fullmatch(network):
        raise PeerError("identity", field="network")
    return f"spiffe://{network}/hub"


def node_id(network: str, seat: str) -> str:
    """`spiffe://<network>/node/DE-02`; PeerError("identity") where network or seat cannot stand in an id."""
    if not _NETWORK.fullmatch(network):
        raise PeerError("identity", field="network")
    try:
        address = Address.parse(seat)
    except InputError as error:
        raise PeerError("identity", field="seat") from error
    if not address.is_node:
        raise PeerError("identity", field="seat")
    return f"spiffe://{network}/node/{seat}"


def seat_in(spiffe_id: str, network: str) -> str:
    """The seat that an id of this network names; PeerError("identity") for any other id."""
    seat = spiffe_id.removeprefix(f"spiffe://{network}/node/")
    if spiffe_id != node_id(network, seat):
        raise PeerError("identity")
    return seat
