"""Fingerprints to compare by voice, and what follows when two people have. Rule K4."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from songtor_node import alerts
from songtor_node.keys import Identity, KnownKey, identity, trust
from songtor_node.referrals import inbox, outbox
from songtor_node.referrals.act import Act
from songtor_node.settings import keep, kept
from songtor_proto.errors import PeerError
from songtor_proto.identity.fingerprint import fingerprint

_COMPARED = "compared_fingerprint"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody's newest key, as it is read aloud."""

    owner: str
    version: int
    fingerprint: str
    trusted: bool = True
    revoked: bool = False
    own: bool = False


def own(me: Identity) -> Spoken:
    return Spoken(me.seat, me.version, fingerprint(me.network, me.seat, me.signing.public), own=True)


def spoken(session: Session) -> list[Spoken]:
    """This node's own, then everybody's in the order of their addresses. InputError("not_enrolled")."""
    me = identity(session)
    query = select(KnownKey).order_by(col(KnownKey.owner), col(KnownKey.version))
    newest = {key.owner: key for key in session.exec(query)}
    others = [
        Spoken(
            key.owner,
            key.version,
            fingerprint(me.network, key.owner, key.signing_key),
            trusted=key.trusted,
            revoked=key.revoked,
        )
        for key in newest.values()
    ]
    return [own(me), *others]


def believe(act: Act, owner: str, digits: str) -> KnownKey:
    """Two people compared it: what waited for that key goes on. PeerError: unknown, fingerprint."""
    key = trust(act.session, act.me.network, owner, digits)
    alerts.settle(act.session, "peer.key_changed", subject=owner)
    inbox.retry(act)
    outbox.reseal(act)
    return key


def is_compared(session: Session) -> bool:
    """Whether two people have compared this node's key of now with the centre's view of it.
    InputError("not_enrolled")."""
    return kept(session, _COMPARED) == own(identity(session)).fingerprint


def note_compared(session: Session, digits: str) -> None:
    """`digits`: of this node's own key, as they were read aloud. PeerError("fingerprint") where it has
    another by now."""
    if digits != own(identity(session)).fingerprint:
        raise PeerError("fingerprint", field="digits")
    keep(session, _COMPARED, digits)
