"""What those who run hub and nodes do: revoke a seat and take it back, make new keys, compare by voice."""

from __future__ import annotations

from sqlmodel import col, select

from songtor_hub.desks import pins
from songtor_hub.seats import invitations, registry
from songtor_hub.store.engine import writing as writing_hub
from songtor_node.keys import KnownKey, OwnKey, newest, trust
from songtor_node.link.enrol import enrol
from songtor_node.link.rotation import renew_keys
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import PeerError
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SigningKey
from songtor_proto.times import to_ms
from tests.simulate.template import NETWORK
from tests.simulate.world import World


def revoke(world: World, name: str) -> None:
    """At most one seat at a time."""
    if any(seat.revoked for seat in world.seats.values()):
        return
    world.tell(f"{name} is revoked")
    hub, seat = world.server.hub, world.seats[name]
    with writing_hub(hub.engine) as connection:
        registry.revoke(connection, name, to_ms(world.clock()), hub.random)
    seat.revoked, seat.returned = True, False


def take_back(world: World, name: str) -> None:
    """A revoked seat is reinstated and gets a new code."""
    hub, seat = world.server.hub, world.seats[name]
    if not seat.revoked or seat.code:
        return
    world.tell(f"{name} is invited again")
    with writing_hub(hub.engine) as connection:
        registry.reinstate(connection, name, to_ms(world.clock()), hub.random)
        seat.code = invitations.invite(connection, NETWORK, hub.root, name, world.clock(), hub.random)


def enrol_again(world: World, name: str) -> None:
    """The node redeems its code, as often as it takes. A code that has run out is of no use."""
    seat = world.seats[name]
    if not seat.code:
        return

    def redeem() -> tuple[int, int]:
        enrol(seat.node, seat.code, seat.line)
        seat.code, seat.revoked, seat.returned = "", False, True
        return 0, 0

    world.talk(name, "enrols again", redeem, "peer.invitation_expired", "peer.invitation_used")


def new_keys(world: World, name: str) -> None:
    """The node makes its next keys, vouched for by those before."""
    seat = world.seats[name]

    def renew() -> tuple[int, int]:
        renew_keys(seat.node, seat.link.connect())
        return 0, 0

    world.talk(name, "makes new keys", renew, "peer.certificate_expired")


def compare_voices(world: World) -> None:
    """Whoever does not believe another's new keys hears the fingerprint from them; the desks too."""
    doubted = {name: _doubted(world, name) for name in world.seats}
    for owner, seat in world.seats.items():
        with reading(seat.node.engine) as session:
            own = session.exec(
                select(OwnKey).where(col(OwnKey.published)).order_by(col(OwnKey.version).desc())
            ).first()
        assert own is not None
        key = SigningKey.from_bytes(own.signing).public
        heard = fingerprint(NETWORK, owner, key)
        for name in world.seats:
            if owner in doubted[name]:
                _compare(world, name, owner, key, heard)
        try:
            pins.in_force(world.server.console, owner)
        except PeerError as error:
            if error.code == "peer.key_changed":
                world.tell(f"the centre and {owner} compare fingerprints")
                pins.trust(world.server.console, owner, heard)


def _doubted(world: World, name: str) -> set[str]:
    with reading(world.seats[name].node.engine) as session:
        return set(session.exec(select(KnownKey.owner).where(col(KnownKey.trusted).is_(False))))


def _compare(world: World, name: str, owner: str, key: bytes, heard: str) -> None:
    with writing(world.seats[name].node.engine) as session:
        known: KnownKey | None = newest(session, owner)
        if known is not None and not known.trusted and known.signing_key == key:
            world.tell(f"{name} and {owner} compare fingerprints")
            trust(session, NETWORK, owner, heard)
