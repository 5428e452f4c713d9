"""Where this node belongs: its network, its seat, the hub's addresses."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from songtor_node.settings import all_kept, keep
from songtor_proto.errors import InputError
from songtor_proto.wire.directory_pb2 import Invitation

NOT_LET_IN = frozenset({"peer.grace_over", "peer.identity", "peer.renewal", "peer.revoked"})
"""What the hub says to a seat that it lets in no more; only a person can mend it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an invitation said, without its secret. `root` is the network's root certificate, DER."""

    network: str
    seat: str
    root: bytes
    enrolment_address: str
    exchange_address: str


def place_of(invitation: Invitation) -> Place:
    return Place(
        network=invitation.network,
        seat=invitation.seat,
        root=invitation.root,
        enrolment_address=invitation.enrolment_address,
        exchange_address=invitation.exchange_address,
    )


def settle_in(session: Session, place: Place) -> None:
    keep(session, "network", place.network)
    keep(session, "seat", place.seat)
    keep(session, "root", place.root.hex())
    keep(session, "enrolment_address", place.enrolment_address)
    keep(session, "exchange_address", place.exchange_address)


def read_place(session: Session) -> Place:
    """InputError("not_enrolled") before the node is in a network."""
    said = all_kept(session)
    if not said.get("seat"):
        raise InputError("not_enrolled")
    return Place(
        network=said["network"],
        seat=said["seat"],
        root=bytes.fromhex(said["root"]),
        enrolment_address=said["enrolment_address"],
        exchange_address=said["exchange_address"],
    )
