"""Watching the hub's log: each head must extend the one before, and is cosigned, so that no two nodes are
shown different histories. Rules T4 to T6."""

from __future__ import annotations

from sqlmodel import Session

from songtor_node.alerts import alert
from songtor_node.bootstrap import Node
from songtor_node.keys import HUB, identity, newest
from songtor_node.link.models import LogHead
from songtor_node.link.place import Place
from songtor_node.link.port import Hub
from songtor_node.referrals import outbox
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import InputError, PeerError
from songtor_proto.translog.checkpoint import Checkpoint, cosign, verify
from songtor_proto.translog.entry import leaf, taken_in
from songtor_proto.translog.proof import check_consistency, check_inclusion
from songtor_proto.wire.exchange_pb2 import GetCheckpointRequest, GetInclusionRequest
from songtor_proto.wire.receipt_pb2 import Receipt, ReceiptBody


def watch_log(node: Node, hub: Hub, place: Place) -> None:
    """Asks for the head, gives our cosignature of the last. A head that does not extend it is kept as
    evidence with the last one, alerted and not cosigned (T6)."""
    with reading(node.engine) as session:
        held = session.get(LogHead, 1)
        key = _log_key(session)
    request = GetCheckpointRequest()
    if held is not None:
        request.known_size, request.cosignature = held.size, held.cosignature
    try:
        answer = hub.get_checkpoint(request)
        head = verify(answer.checkpoint, f"{place.network}/log", key)
    except (PeerError, InputError) as error:
        with writing(node.engine) as session:
            alert(session, error.code, HUB, now=node.clock(), evidence=held.note.encode() if held else b"")
        return
    try:
        if held is not None and held.size:
            check_consistency(held.size, held.root, head.size, head.root, answer.consistency)
    except PeerError as error:
        both = f"{held.note if held else ''}\n{answer.checkpoint}".encode()
        with writing(node.engine) as session:
            alert(session, error.code, HUB, now=node.clock(), evidence=both)
        return
    if held is None or head.size > held.size:
        with writing(node.engine) as session:
            session.merge(_cosigned(session, head, answer.checkpoint, node))
    _audit(node, hub, head)


def forget_cosignature(session: Session) -> None:
    """The last one was by keys that this seat has replaced; the next head is cosigned with the new ones."""
    held = session.get(LogHead, 1)
    if held is not None:
        held.cosignature = ""


def _audit(node: Node, hub: Hub, head: Checkpoint) -> None:
    """Has the hub prove that one more of our envelopes is where its receipt says (T3): a hub that keeps
    some out of its log is found out in time."""
    with reading(node.engine) as session:
        row = outbox.unproven(session)
    if row is None:
        return
    body = ReceiptBody.FromString(Receipt.FromString(row.receipt).body)
    if body.log_index >= head.size:
        return
    path = hub.get_inclusion(GetInclusionRequest(index=body.log_index, size=head.size)).path
    try:
        found = leaf(taken_in(body.digest), body.log_salt)
        check_inclusion(found, body.log_index, head.size, path, head.root)
    except PeerError as error:
        with writing(node.engine) as session:
            alert(session, error.code, HUB, now=node.clock(), evidence=row.receipt)
        return
    with writing(node.engine) as session:
        session.merge(row).proven = True


def _cosigned(session: Session, head: Checkpoint, note: str, node: Node) -> LogHead:
    me = identity(session)
    line = cosign(head, me.seat, me.signing, node.clock())
    return LogHead(size=head.size, root=head.root, note=note, cosignature=line)


def _log_key(session: Session) -> bytes:
    key = newest(session, HUB, trusted=True)
    assert key is not None  # enrolment brings it
    return key.signing_key
