"""New keys for this seat, vouched for by the old ones, so that others need no voice to believe them. Rules
K1 to K3."""

from __future__ import annotations

from sqlmodel import Session

from songtor_node.bootstrap import Node
from songtor_node.keys import OwnKey, identity, keep_own
from songtor_node.link.port import Hub
from songtor_node.link.witness import forget_cosignature
from songtor_node.store.engine import writing
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.identity.statement import make_entry
from songtor_proto.times import Random, to_ms
from songtor_proto.wire.directory_pb2 import DirectoryEntry
from songtor_proto.wire.exchange_pb2 import PublishKeysRequest


def renew_keys(node: Node, hub: Hub) -> str:
    """Makes and publishes the next keys; gives their fingerprint. The old ones stay, to open what was
    sealed to them.

    May be called again where the answer was lost: the same keys are published. LinkError, PeerError.
    """
    with writing(node.engine) as session:
        own = _next(session, to_ms(node.clock()), node.random)
    hub.publish_keys(PublishKeysRequest(entry=DirectoryEntry.FromString(own.entry)))
    with writing(node.engine) as session:
        take_as_published(session, own.version)
        me = identity(session)
    return fingerprint(me.network, me.seat, me.signing.public)


def take_as_published(session: Session, version: int) -> None:
    session.get_one(OwnKey, version).published = True
    forget_cosignature(session)
    session.flush()


def _next(session: Session, now_ms: int, random: Random) -> OwnKey:
    me = identity(session)
    waiting = session.get(OwnKey, me.version + 1)
    if waiting is not None:
        return waiting
    signing, sealing = SigningKey.generate(random), SealingKey.generate(random)
    entry = make_entry(
        network=me.network,
        owner=me.seat,
        version=me.version + 1,
        signing_key=signing,
        sealing_key=sealing.public,
        now_ms=now_ms,
        previous=me.signing,
    )
    return keep_own(session, entry, me.version + 1, signing, sealing)
