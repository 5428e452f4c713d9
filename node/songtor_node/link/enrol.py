"""Coming into a network with an invitation: keys made here, a certificate from there. Rules I2, I4 to I6
and K1."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, delete, select

from songtor_node.bootstrap import Node
from songtor_node.keys import HUB, KnownKey, OwnKey, keep_own
from songtor_node.link.certificate import keep_certificate
from songtor_node.link.models import Redeeming
from songtor_node.link.place import place_of, settle_in
from songtor_node.link.port import Network
from songtor_node.link.witness import forget_cosignature
from songtor_node.settings import kept
from songtor_node.store.engine import writing
from songtor_proto.errors import InputError, PeerError
from songtor_proto.identity import invitation as invitations
from songtor_proto.identity.certificates import key_from_bytes, key_to_bytes, make_csr, make_key
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.identity.statement import check_entry, make_entry
from songtor_proto.times import Random, to_ms
from songtor_proto.wire.directory_pb2 import DirectoryEntry, Invitation
from songtor_proto.wire.exchange_pb2 import EnrolRequest, EnrolResponse


def enrol(node: Node, code: str, network: Network) -> str:
    """Brings this node into the network that invites it; gives its own fingerprint, to be compared by
    voice.

    May be called again with the same code where the answer was lost, and with a new one for the same seat.
    InputError: invitation, another_seat (this node is one already). LinkError, PeerError.
    """
    invitation = invitations.parse(code)
    with writing(node.engine) as session:
        if kept(session, "seat") not in ("", invitation.seat):
            raise InputError("another_seat", field="code")
        key = _redeeming(session, invitation)
        own = _own_keys(session, invitation, node.clock(), node.random)
        entry = DirectoryEntry.FromString(own.entry)
    place = place_of(invitation)
    port = network.enrolment(place)
    try:
        response = port.enrol(
            EnrolRequest(
                seat=place.seat,
                secret=invitation.secret,
                csr=make_csr(key_from_bytes(key), place.seat, place.network),
                entry=entry,
            )
        )
    finally:
        port.close()
    with writing(node.engine) as session:
        keep_certificate(session, place, key, response.chain, node.random)
        session.merge(_hub(response, place.network))
        settle_in(session, place)
        session.get_one(OwnKey, own.version).published = True
        forget_cosignature(session)
    return fingerprint(place.network, place.seat, SigningKey.from_bytes(own.signing).public)


def _redeeming(session: Session, invitation: Invitation) -> bytes:
    found = session.get(Redeeming, invitation.secret)
    if found is None:
        session.exec(delete(Redeeming))
        found = Redeeming(secret=invitation.secret, key=key_to_bytes(make_key()))
        session.add(found)
    return found.key


def _own_keys(session: Session, invitation: Invitation, now: datetime, random: Random) -> OwnKey:
    """The statement of the version that the hub expects: with the keys this node has, or with new ones where
    it has none or they were revoked. The old ones still open what was sealed to them."""
    found = session.get(OwnKey, invitation.statement_version)
    if found is not None:
        return found
    newest = select(OwnKey).order_by(col(OwnKey.version).desc())
    before = None if invitation.new_keys else session.exec(newest).first()
    signing = SigningKey.from_bytes(before.signing) if before else SigningKey.generate(random)
    sealing = SealingKey.from_bytes(before.sealing) if before else SealingKey.generate(random)
    entry = make_entry(
        network=invitation.network,
        owner=invitation.seat,
        version=invitation.statement_version,
        signing_key=signing,
        sealing_key=sealing.public,
        now_ms=to_ms(now),
        previous=signing if before else None,
    )
    return keep_own(session, entry, invitation.statement_version, signing, sealing)


def _hub(response: EnrolResponse, network: str) -> KnownKey:
    """The hub's keys: believed, because they came over the connection that the invitation pinned."""
    statement = check_entry(response.hub, network)
    if statement.owner != HUB:
        raise PeerError("statement", field="owner")
    return KnownKey(
        owner=HUB,
        version=statement.version,
        signing_key=statement.signing_key,
        sealing_key=b"",
        statement=response.hub.statement,
        trusted=True,
    )
