"""Reading the key directory: who has which keys, and which of them this node believes. Rules K4 to K6."""

from __future__ import annotations

from sqlmodel import Session

from songtor_node.alerts import alert, settle
from songtor_node.bootstrap import Node
from songtor_node.keys import HUB, KnownKey, OwnKey, newest, statements
from songtor_node.link.place import Place
from songtor_node.link.port import Hub
from songtor_node.link.rotation import take_as_published
from songtor_node.settings import keep, kept
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import PeerError
from songtor_proto.identity.directory import check_directory, check_own
from songtor_proto.identity.statement import NeedsVoice, Pin, check_entry, next_pin
from songtor_proto.times import Clock
from songtor_proto.wire.directory_pb2 import DirectoryEntry
from songtor_proto.wire.exchange_pb2 import GetDirectoryRequest

_VERSION = "directory_version"
_MAX_ANSWERS = 1000


def read_directory(node: Node, hub: Hub, place: Place) -> None:
    """Brings what this node knows of others' keys up to the hub's present version.

    PeerError("own_keys") where the directory shows others a key of ours that we did not make (K6): the
    version is not moved on and nothing may be sent, until the hub shows ours again.
    """
    for _ in range(_MAX_ANSWERS):
        with reading(node.engine) as session:
            since = int(kept(session, _VERSION) or 0)
            hub_key = newest(session, HUB, trusted=True)
            own = statements(session)
        assert hub_key is not None  # enrolment brings it
        answer = hub.get_directory(GetDirectoryRequest(since=since)).directory
        directory = check_directory(answer, place.network, hub_key.signing_key, since)
        try:
            check_own(directory, place.seat, own)
        except PeerError as error:
            with writing(node.engine) as session:
                alert(session, error.code, place.seat, now=node.clock(), evidence=answer.SerializeToString())
            raise
        if directory.version == since:
            return
        with writing(node.engine) as session:
            settle(session, "peer.own_keys", subject=place.seat)
            for entry in directory.entries:
                _take(session, entry, place, node.clock)
            keep(session, _VERSION, str(directory.version))


def _take(session: Session, entry: DirectoryEntry, place: Place, clock: Clock) -> None:
    """One entry; a wrong one is reported and stops no other."""
    try:
        statement = check_entry(entry, place.network)
        if statement.owner == place.seat:
            _take_own(session, statement.version, entry)
            return
        known = session.get(KnownKey, (statement.owner, statement.version))
        if known is not None and known.statement == entry.statement:
            known.revoked = entry.revoked
            return
        if known is not None:
            raise PeerError("statement", field="version")
        pinned = newest(session, statement.owner, trusted=True)
        pin = Pin(pinned.version, pinned.signing_key) if pinned else None
        voice = isinstance(next_pin(pin, entry, place.network), NeedsVoice)
    except PeerError as error:
        alert(session, error.code, place.seat, now=clock(), evidence=entry.SerializeToString())
        return
    session.add(
        KnownKey(
            owner=statement.owner,
            version=statement.version,
            signing_key=statement.signing_key,
            sealing_key=statement.sealing_key,
            statement=entry.statement,
            trusted=not voice,
            revoked=entry.revoked,
        )
    )
    session.flush()
    if voice:
        alert(session, "peer.key_changed", statement.owner, now=clock(), evidence=entry.SerializeToString())


def _take_own(session: Session, version: int, entry: DirectoryEntry) -> None:
    """Keys of ours whose publication was never answered, and did happen."""
    own = session.get(OwnKey, version)
    if own is not None and own.statement == entry.statement and not own.published:
        take_as_published(session, version)
