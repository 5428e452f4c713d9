"""What each kind of envelope does at the node that receives it. Rules L1 to L10, W3, C11, E11,
M6 and P8.

`content` is None where it may not be opened or says more than it may: then only what the header says takes
effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from songtor_node.consents.models import Consent
from songtor_node.referrals import outbox, recall
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_proto import lifecycle
from songtor_proto.address import Address
from songtor_proto.consent import MAXIMUM_DAYS, check_terms, discloses
from songtor_proto.errors import ConsentError, EnvelopeError
from songtor_proto.lifecycle import CLOSED, OPEN, Actor
from songtor_proto.minimise import violations
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload, Status

CENTRE = "TH-00/tsda"
DONE, CROSSED = "done", "crossed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A verified envelope. `closed` says why there is no content."""

    header: wire.Header
    content: Payload | None
    closed: str = ""


def check_content(act: Act, header: wire.Header, content: Payload) -> None:
    """Whether the content keeps to its terms, as the recipient works it out; ConsentError."""
    if header.kind == wire.KIND_REFERRAL:
        said = terms_of(header, content)
        check_terms(header, said, act.policy, act.now)
    else:
        referral = act.session.get(Referral, header.task)
        if referral is None:
            return
        said = wire.Terms.FromString(referral.terms)
        if discloses(content) and said.expires_ms <= to_ms(act.now):
            raise ConsentError("expired", field="expires_ms")
    if violations(content, said, act.policy, header.recipient):
        raise ConsentError("more_than_terms")


def terms_of(header: wire.Header, content: Payload) -> wire.Terms:
    return header.terms if header.HasField("terms") else content.terms


def apply(act: Act, arrival: Arrival) -> str:
    """DONE, or CROSSED where this node's own act came first by the hub's order, or later by its own.

    EnvelopeError: `not_found`, `actor`, `transition`, `header`.
    """
    header = arrival.header
    if header.kind == wire.KIND_REFERRAL:
        return _referral(act, arrival)
    referral = act.session.get(Referral, header.task)
    if referral is None and header.kind == wire.KIND_WITHDRAWAL:
        referral = _tombstone(act, header)
    if referral is None:
        raise EnvelopeError("not_found", field="task")
    actor = _actor(header, referral)
    effect = _move(act, header, referral, actor)
    if effect == DONE and header.kind in _EFFECTS:
        _EFFECTS[header.kind](act, arrival, referral)
    if header.kind != wire.KIND_RECALL_RECEIPT:
        recall.insist(act, referral)
    return effect


def _actor(header: wire.Header, referral: Referral) -> Actor:
    """In which part the sender speaks. The hub may speak for a desk; any desk tells that it opened a part,
    the centre may confirm what went to another, and of copies at desks the hub knows best."""
    sender, desk = Address.parse(header.sender), Address.parse(referral.peer).is_desk
    if header.kind == wire.KIND_RECALL_RECEIPT and sender.is_hub:
        return Actor.HUB
    stands_in = (
        (sender.is_hub and desk)
        or (sender.is_desk and header.kind == wire.KIND_OPENING)
        or (sender.is_desk and desk and header.kind == wire.KIND_CONFIRMATION)
    )
    if header.sender != referral.peer and not stands_in:
        raise EnvelopeError("not_found", field="task")
    return Actor.RECIPIENT if referral.outgoing else Actor.REFERRER


def _move(act: Act, header: wire.Header, referral: Referral, actor: Actor) -> str:
    """The hub takes in no step that its own order does not allow, so what it hands out did happen. A step
    that closes therefore counts even where this node's own step crossed it; one that does not came before
    ours."""
    if header.kind not in wire.Kind.values() or header.state not in wire.State.values():
        return DONE  # a newer side's: kept, and moves nothing here (E11)
    if actor is Actor.RECIPIENT and header.kind in (wire.KIND_STATUS, wire.KIND_QUESTION):
        referral.responded_at = referral.responded_at or act.now
    # An answer proves that the referral was taken in, though its receipt is still on the way.
    state = wire.STATE_RECEIVED if referral.state == wire.STATE_REQUESTED else referral.state
    try:
        moved = lifecycle.step(state, header.state, actor, kind=header.kind, held_from=referral.held_from)
    except EnvelopeError as error:
        if error.code != "envelope.transition" or state in OPEN:
            raise
        if header.state not in CLOSED:
            return CROSSED
        moved = lifecycle.Step(header.state)
    referral.state, referral.held_from = moved.state, moved.held_from
    return DONE


def _referral(act: Act, arrival: Arrival) -> str:
    header = arrival.header
    there = act.session.get(Referral, header.task)
    if there is not None:
        seat = Address.parse(header.sender).seat  # (the hub withdraws for its desks)
        if there.version == 0 and there.peer in (header.sender, seat):
            return CROSSED  # withdrawn before it came
        raise EnvelopeError("header", field="task")  # another's id
    before = act.session.exec(
        select(Referral)
        .where(Referral.thread == header.thread, Referral.version > 0)
        .order_by(col(Referral.version).desc())
    ).first()
    if before is not None:
        # (A version between the two may have gone to somebody else.)
        if before.peer != header.sender or before.outgoing or before.version >= header.task_version:
            raise EnvelopeError("header", field="thread")
        if before.state in OPEN:
            before.state, before.reason = wire.STATE_CANCELLED, "new_version"
    said = terms_of(header, arrival.content) if arrival.content else wire.Terms()
    referral = Referral(
        task=header.task,
        thread=header.thread,
        version=header.task_version,
        reference=header.reference,
        part_of=header.part_of,
        outgoing=False,
        peer=header.sender,
        purpose=said.purpose,
        urgency=header.urgency,
        state=wire.STATE_RECEIVED,
        created_at=from_ms(header.created_ms),
        expires_at=min(from_ms(header.expires_ms), act.now + timedelta(days=MAXIMUM_DAYS)),
        respond_by=lifecycle.respond_by(header.urgency, from_ms(header.created_ms)),
        confirm_by=from_ms(said.confirm_by_ms) if said.confirm_by_ms else None,
        terms=said.SerializeToString(),
        payload=arrival.content.SerializeToString() if arrival.content else None,
    )
    act.session.add(referral)
    act.session.flush()
    if arrival.closed:
        _send_back(act, referral, arrival.closed)
    return DONE


def _tombstone(act: Act, header: wire.Header) -> Referral:
    """What was withdrawn before it came: nothing is here, and whoever asks is to learn that too (W3, W4)."""
    created = from_ms(header.created_ms)
    referral = Referral(
        task=header.task,
        thread=header.thread,
        version=0,
        reference=header.reference,
        outgoing=False,
        peer=header.sender,
        purpose="",
        urgency=header.urgency,
        state=wire.STATE_RECEIVED,
        created_at=created,
        expires_at=created,
        respond_by=created,
        terms=b"",
        payload=None,
    )
    act.session.add(referral)
    act.session.flush()
    return referral


def _send_back(act: Act, referral: Referral, why: str) -> None:
    """What cannot be opened, or may not be, is rejected at once, so that the sender learns of it (M6)."""
    referral.reason = "more_than_terms" if why.startswith("consent.") else "unreadable"
    referral.state = wire.STATE_REJECTED
    status = Payload(status=Status(reason=referral.reason))
    outbox.post(act, referral, wire.KIND_STATUS, status, state=wire.STATE_REJECTED)


def _status(act: Act, arrival: Arrival, referral: Referral) -> None:
    if arrival.content is not None:
        referral.reason, referral.outcome = (
            arrival.content.status.reason[:80],
            arrival.content.status.outcome[:80],
        )


def _withdrawal(act: Act, arrival: Arrival, referral: Referral) -> None:
    if referral.outgoing:
        raise EnvelopeError("actor", field="sender")
    reason = arrival.content.withdrawal.reason[:80] if arrival.content else "withdrawn"
    referral.reason = referral.reason or reason
    recall.obey(act, referral)


def _recall_receipt(act: Act, arrival: Arrival, referral: Referral) -> None:
    recall.take_recalls(act, referral, arrival.header.recalls, by=arrival.header.sender)


def _confirmation(act: Act, arrival: Arrival, referral: Referral) -> None:
    """A second person stands for it: of whoever referred it to us, or, of what we referred, the centre's."""
    if referral.outgoing and arrival.header.sender != CENTRE:
        raise EnvelopeError("actor", field="sender")
    referral.confirm_by = None
    ground = act.session.get(Consent, referral.ground) if referral.ground else None
    if ground is not None and ground.confirm_by is not None:
        ground.confirmed, ground.confirm_by, ground.confirmed_at = True, None, act.now


_EFFECTS: Mapping[int, Callable[[Act, Arrival, Referral], None]] = {
    wire.KIND_STATUS: _status,
    wire.KIND_WITHDRAWAL: _withdrawal,
    wire.KIND_RECALL_RECEIPT: _recall_receipt,
    wire.KIND_CONFIRMATION: _confirmation,
}
