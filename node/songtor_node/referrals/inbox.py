"""Envelopes that were handed to this node: each has one effect, however often it comes. Rules D1, D4, D6,
D7, M6, P6, R1.

What cannot be verified or does not fit is set aside with an alert and never stops what comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from songtor_node.alerts import alert
from songtor_node.keys import opening_key, signing_key_of
from songtor_node.referrals.act import Act
from songtor_node.referrals.effects import Arrival, apply, check_content
from songtor_node.referrals.models import Inbox, Referral
from songtor_proto.envelope import check
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import EnvelopeError, SongtorError
from songtor_proto.receipts import MAX_DELIVERED, sign_delivery
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import AcknowledgeRequest
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt

ASIDE = "aside"
# Why an envelope waits: for its sender's keys to be known or believed, for a clock to be put right. Then it
# is tried again.
_WAITING = ("peer.unknown", "peer.key_changed", "envelope.created")


def receive(act: Act, envelope: wire.Envelope) -> None:
    """Stores one envelope with its effect; never raises for what the envelope is."""
    digest = check.digest(envelope)
    try:
        header = check.read_header(envelope)
    except SongtorError as error:
        # What has no readable header is known by its digest.
        header = wire.Header(envelope_id=digest[:16])
        refused = error.code
    else:
        refused = "" if header.recipient == act.me.seat else "envelope.header"
    query = select(Inbox).where(Inbox.sender == header.sender, Inbox.envelope_id == header.envelope_id)
    before = act.session.exec(query).first()
    if before is not None:
        before.acknowledged = before.acknowledged and before.digest != digest
        if before.digest != digest:
            alert(
                act.session,
                "envelope.conflict",
                header.sender,
                now=act.now,
                evidence=envelope.SerializeToString(),
            )
        return
    row = Inbox(
        envelope_id=header.envelope_id,
        sender=header.sender,
        digest=digest,
        kind=header.kind,
        task=header.task,
        reference=header.reference,
        wanted=header.state,
        effect=ASIDE,
        code=refused,
        header=envelope.header,
        sealed=envelope.sealed,
        signature=envelope.signature,
        created_at=from_ms(header.created_ms),
        at=act.now,
    )
    act.session.add(row)
    act.session.flush()
    if refused:
        _alert(act, row)
    else:
        _take(act, row, header)


def retry(act: Act) -> None:
    """Tries again what waited (`_WAITING`), in the order in which it came; what was destroyed
    meanwhile is no forgery, it is gone."""
    waiting = select(Inbox).where(
        Inbox.effect == ASIDE, col(Inbox.code).in_(_WAITING), col(Inbox.sealed).is_not(None)
    )
    for row in act.session.exec(waiting.order_by(col(Inbox.id))).all():
        _take(act, row, wire.Header.FromString(row.header))


def delivery_receipt(act: Act) -> tuple[AcknowledgeRequest, list[Inbox]] | None:
    """This seat's word for what it has stored and not yet acknowledged, and the rows it speaks of (D7)."""
    query = (
        select(Inbox).where(col(Inbox.acknowledged).is_(False), Inbox.sender != "").order_by(col(Inbox.id))
    )
    rows = list(act.session.exec(query.limit(MAX_DELIVERED)))
    if not rows:
        return None
    said = DeliveryReceipt(
        seat=act.me.seat,
        delivered=[
            Delivered(sender=row.sender, envelope_id=row.envelope_id, digest=row.digest) for row in rows
        ],
        stored_ms=to_ms(act.now),
        signing_key_version=act.me.version,
    )
    data, signature = sign_delivery(said, act.me.signing)
    return AcknowledgeRequest(delivery_receipt=data, signature=signature), rows


def of_task(session: Session, task: bytes) -> Sequence[Inbox]:
    """All that came for a task, in order."""
    return session.exec(select(Inbox).where(Inbox.task == task).order_by(col(Inbox.id))).all()


def _take(act: Act, row: Inbox, header: wire.Header) -> None:
    """Verifies, opens, checks, applies: all of it or, set aside, none of it."""
    envelope = wire.Envelope(header=row.header, sealed=row.sealed or b"", signature=row.signature)
    try:
        with act.session.begin_nested():
            check.made(header, act.now)
            check.maker(header)
            check.verify(envelope, signing_key_of(act.session, header.sender, header.signing_key_version))
            arrival = _open(act, envelope, header)
            row.effect = apply(act, arrival)
            gone = _withdrawn(act, header)
            row.code = "" if gone else arrival.closed
            if arrival.content is not None and not gone:
                row.payload = arrival.content.SerializeToString(deterministic=True)
            if gone or not arrival.closed:
                row.sealed = None
    except SongtorError as error:
        row.effect, row.code = ASIDE, error.code
    except DatabaseError:  # this store's own; all of it is fetched again
        raise
    except Exception:  # whatever it says that nobody foresaw stops nothing that comes after it
        row.effect, row.code = ASIDE, "envelope.payload"
    if row.code:
        _alert(act, row)
    act.session.flush()


def _open(act: Act, envelope: wire.Envelope, header: wire.Header) -> Arrival:
    """The content, or why it stays closed: then the header alone takes effect."""
    if header.kind == wire.KIND_RECALL_RECEIPT:
        return Arrival(header, None)
    try:
        if header.expires_ms and header.expires_ms <= to_ms(act.now):
            raise EnvelopeError("expired", field="expires_ms")
        content = open_payload(envelope, header, opening_key(act.session, header.sealing_key_version))
        check_content(act, header, content)
    except SongtorError as error:
        return Arrival(header, None, error.code)
    return Arrival(header, content)


def _withdrawn(act: Act, header: wire.Header) -> bool:
    referral = act.session.get(Referral, header.task)
    about_it = header.kind in (wire.KIND_WITHDRAWAL, wire.KIND_OPENING)
    return referral is not None and referral.withdrawn_at is not None and not about_it


def _alert(act: Act, row: Inbox) -> None:
    evidence = wire.Envelope(header=row.header, sealed=row.sealed or b"", signature=row.signature)
    subject = row.reference or row.sender
    alert(act.session, row.code, subject, now=act.now, evidence=evidence.SerializeToString())
