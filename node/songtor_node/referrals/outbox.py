"""Envelopes on their way out: written with the act that made them, sent in order, never dropped. Rules D1,
D5, D8.

A row is `waiting` until the hub's receipt is checked (`sent`) or the hub refuses it (`refused`, shown to a
worker). `held`: the recipient has new keys that this node must first believe. `recalled`: the client
withdrew before it was known to have left, so it is offered no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from google.protobuf.message import DecodeError
from sqlalchemy import update
from sqlmodel import Session, col, func, select

from songtor_node import keys
from songtor_node.alerts import alert
from songtor_node.keys import HUB, Identity, KnownKey, sealing_key_of, signing_key_of
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.settings import keep, kept
from songtor_proto import lifecycle, receipts
from songtor_proto.address import Address
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.compose import seal
from songtor_proto.errors import EnvelopeError, SongtorError
from songtor_proto.times import Random, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import Refusal, SubmitResult
from songtor_proto.wire.payload_pb2 import Payload
from songtor_proto.wire.receipt_pb2 import GroupHead, Receipt

MAX_BATCH = 64  # P1
MAX_BATCH_BYTES = 3_500_000  # with room below P2's 4 MiB for what gRPC adds

# The envelope is sealed to keys that the recipient has replaced; nothing was taken in.
STALE_KEY = "peer.stale_key"
COMPARE_DUE = "compare_due"
"""Setting: the tasks (hexadecimal) whose states here may differ from the hub's."""

_WAITING = select(Outbox).where(col(Outbox.state).in_(("waiting", "held"))).order_by(col(Outbox.sequence))
_HELD = select(Outbox).where(Outbox.state == "held").order_by(col(Outbox.sequence))
_UNPROVEN = (
    select(Outbox)
    .where(Outbox.state == "sent", col(Outbox.proven).is_(False))
    .order_by(col(Outbox.sequence).desc())
    .limit(1)
)

# These speak of a withdrawal and of who opened what, not of the client.
KEPT_KINDS = (wire.KIND_WITHDRAWAL, wire.KIND_RECALL_RECEIPT, wire.KIND_OPENING)

# Families that speak of the hub's own trouble, not of the envelope.
_PASSING = ("link.", "store.")


def post(
    act: Act,
    referral: Referral,
    kind: wire.Kind.ValueType,
    payload: Payload | None,
    *,
    to: str = "",
    state: wire.State.ValueType = wire.STATE_UNSPECIFIED,
    expires_ms: int = 0,
    recalls: Sequence[wire.Recall] = (),
) -> Outbox:
    """Seals an envelope of this referral to its other end (or to `to`, the hub in its desk's place) and
    queues it.

    PeerError where the recipient's keys are not known or not believed (K4), EnvelopeError("too_large").
    """
    first = kind == wire.KIND_REFERRAL
    header = wire.Header(
        envelope_id=referral.task if first else uuid7(to_ms(act.now), act.random),
        kind=kind,
        sender=act.me.seat,
        recipient=to or referral.peer,
        reference=referral.reference,
        urgency=cast("wire.Urgency.ValueType", referral.urgency),
        state=state,
        created_ms=to_ms(act.now),
        expires_ms=expires_ms,
        thread=referral.thread,
        task=referral.task,
        part_of=referral.part_of if first else b"",
        task_version=referral.version if first else 0,
        recalls=recalls,
    )
    if first and Address.parse(header.recipient).is_desk:
        header.terms.ParseFromString(referral.terms)
    row = Outbox(
        envelope_id=header.envelope_id,
        thread=referral.thread,
        task=referral.task,
        kind=kind,
        recipient=header.recipient,
        header=b"",
        sealed=b"",
        signature=b"",
        payload=None if payload is None else payload.SerializeToString(deterministic=True),
        by=act.by,
        at=act.now,
    )
    key = None
    if payload is not None:
        # Whatever became of the recipient's keys, a withdrawal must be able to leave; it tells nothing of
        # the client.
        believed = None
        if kind == wire.KIND_WITHDRAWAL:
            believed = keys.newest(act.session, header.recipient, trusted=True)
        key = believed or sealing_key_of(act.session, header.recipient)
    _seal(row, header, act.me, key, act.random)
    act.session.add(row)
    act.session.flush()
    return row


def batch(session: Session) -> list[Outbox]:
    """What may be sent now, oldest first: of each thread only the first, so that none overtakes another. A
    withdrawal waits for nothing: of its own task nothing is left before it."""
    rows: list[Outbox] = []
    threads: set[bytes] = set()
    size = 0
    for row in session.exec(_WAITING):
        if row.thread in threads and row.kind != wire.KIND_WITHDRAWAL:
            continue
        threads.add(row.thread)
        if row.state == "held":
            continue
        size += row.size
        if len(rows) == MAX_BATCH or size > MAX_BATCH_BYTES:
            break
        rows.append(row)
    return rows


def backlog(session: Session) -> int:
    """How many envelopes have not left yet."""
    return session.exec(select(func.count()).where(col(Outbox.state).in_(("waiting", "held")))).one()


def newest(session: Session) -> int:
    """The number of the last envelope that was queued; 0 before the first."""
    return session.exec(select(func.max(Outbox.sequence))).one() or 0


def unproven(session: Session) -> Outbox | None:
    """The latest receipt whose place in the log was not shown yet."""
    return session.exec(_UNPROVEN).first()


def envelope(row: Outbox) -> wire.Envelope:
    return wire.Envelope(header=row.header, sealed=row.sealed, signature=row.signature)


def settle(act: Act, row: Outbox, result: SubmitResult) -> bool:
    """What the hub's answer to one envelope changes; false where nothing: an answer that proves nothing
    (D5), or trouble of the hub's own."""
    if row.state != "waiting":
        return True  # settled by another process, or taken back while it was on the line
    referral = act.session.get_one(Referral, row.task)
    if result.WhichOneof("outcome") == "receipt":
        settled = _take_receipt(act, row, referral, result.receipt)
    elif not result.refusal.code or result.refusal.code.startswith(_PASSING):
        return False
    else:
        _take_refusal(act, row, referral, result.refusal)
        settled = True
    if referral.destroyed_at is not None:
        forget(act.session, row.task)
    return settled


def reseal(act: Act) -> None:
    """Seals again, under the same id, what is held for the recipient's new keys, once these are believed.

    The hub took nothing in under that id, so it is not yet bound to bytes (D1). What was only offered keeps
    its bytes, for the hub may have them.
    """
    for row in act.session.exec(_HELD):
        header = wire.Header.FromString(row.header)
        key = keys.newest(act.session, row.recipient)
        if key is None or key.revoked or not key.trusted or key.version <= header.sealing_key_version:
            continue
        _seal(row, header, act.me, key, act.random)
        row.state, row.code, row.field, row.offered = "waiting", "", "", False


def _seal(row: Outbox, header: wire.Header, me: Identity, key: KnownKey | None, random: Random) -> None:
    header.signing_key_version = me.version
    header.sealing_key_version = key.version if key else 0
    sealed = seal(
        header,
        None if row.payload is None else Payload.FromString(row.payload),
        signing_key=me.signing,
        recipient_key=key.sealing_key if key else b"",
        random=random,
    )
    row.header, row.sealed, row.signature = sealed.header, sealed.sealed, sealed.signature
    row.size = sealed.ByteSize()


def _take_receipt(act: Act, row: Outbox, referral: Referral, receipt: bytes) -> bool:
    try:
        body = receipts.check(receipt, envelope(row), _hub_key(act.session, receipt))
    except SongtorError:
        alert(act.session, "envelope.receipt", referral.reference, now=act.now, evidence=receipt)
        return False
    row.state, row.receipt, row.sent_at, row.code, row.field = "sent", receipt, act.now, "", ""
    if row.kind == wire.KIND_REFERRAL and referral.state == wire.STATE_REQUESTED:
        referral.state = lifecycle.step(
            referral.state, wire.STATE_RECEIVED, lifecycle.Actor.HUB, kind=wire.KIND_REFERRAL
        ).state
    if row.kind == wire.KIND_WITHDRAWAL and body.state in lifecycle.CLOSED:
        # By the hub's order the other side had closed it before; the word of that went with the content.
        referral.state, referral.held_from = body.state, 0
    return True


def _hub_key(session: Session, receipt: bytes) -> bytes:
    try:
        head = GroupHead.FromString(Receipt.FromString(receipt).group)
    except DecodeError as error:
        raise EnvelopeError("receipt") from error
    return signing_key_of(session, HUB, head.signing_key_version)


def _take_refusal(act: Act, row: Outbox, referral: Referral, refusal: Refusal) -> None:
    row.code, row.field = refusal.code[:80], refusal.field[:80]
    if (
        refusal.code == "envelope.not_found"
        and row.kind == wire.KIND_WITHDRAWAL
        and not taken_in(act, referral)
    ):
        row.state = "recalled"  # the referral never got there, so nothing is to be taken back
        return
    row.state = "held" if refusal.code == STALE_KEY else "refused"
    alert(act.session, row.code, referral.reference, now=act.now)
    if row.state == "refused":
        if row.kind == wire.KIND_REFERRAL:
            referral.state = wire.STATE_DRAFT
        doubt(act, row.task)  # our step did not happen by the hub's order


def doubt(act: Act, task: bytes) -> None:
    """Where the task stands by the hub's order is asked before this synchronisation ends."""
    keep(act.session, COMPARE_DUE, f"{kept(act.session, COMPARE_DUE)} {task.hex()}".strip())


def taken_in(act: Act, referral: Referral) -> bool:
    """Whether the hub is known to have the referral itself."""
    return _own_row(act, referral).state == "sent"


def may_have_left(act: Act, referral: Referral) -> bool:
    """Whether the hub may have the referral: it was offered at least once and not refused."""
    row = _own_row(act, referral)
    return row.state == "sent" or (row.offered and row.state == "waiting")


def stands(act: Act, referral: Referral) -> bool:
    """Whether the referral has left or is about to: the hub did not refuse it and nobody called it back."""
    return _own_row(act, referral).state in ("waiting", "held", "sent")


def recall_waiting(act: Act, referral: Referral) -> None:
    """Offers nothing more of this task."""
    query = select(Outbox).where(Outbox.task == referral.task, col(Outbox.state).in_(("waiting", "held")))
    for row in act.session.exec(query):
        row.state = "recalled"


def recall_held(act: Act, referral: Referral) -> None:
    """Nothing that waits for its recipient's keys is sealed again: it was never taken in."""
    query = select(Outbox).where(
        Outbox.task == referral.task, Outbox.state == "held", col(Outbox.kind).not_in(KEPT_KINDS)
    )
    for row in act.session.exec(query):
        row.state = "recalled"


def withdrawal_stands(act: Act, referral: Referral) -> bool:
    """Whether the hub was told to take it back, or is about to be."""
    query = select(Outbox.sequence).where(
        Outbox.task == referral.task,
        Outbox.kind == wire.KIND_WITHDRAWAL,
        col(Outbox.state).in_(("waiting", "held", "sent")),
    )
    return act.session.exec(query).first() is not None


def forget(session: Session, task: bytes) -> None:
    """Deletes what this node said about a task, but for what is still to be sent."""
    session.flush()
    session.exec(
        update(Outbox)
        .where(
            col(Outbox.task) == task,
            col(Outbox.kind).not_in(KEPT_KINDS),
            col(Outbox.state).in_(("sent", "recalled", "refused")),
        )
        .values(payload=None, sealed=b"")
    )


def _own_row(act: Act, referral: Referral) -> Outbox:
    return act.session.exec(select(Outbox).where(Outbox.envelope_id == referral.task)).one()
