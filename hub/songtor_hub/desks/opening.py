"""Opening what came to a desk: on record, told to the node it came from, and only as far as its terms go.

Rules C1, C11, M6 and T1. What says more than its terms, or cannot be read, stays closed: the desk hands it
back with the reason `more_than_terms` or `unreadable`, and the referrer may share again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from songtor_hub.desks.acts import may_tell
from songtor_hub.desks.desk import Desk, Saying, Task, about
from songtor_hub.desks.refer_to_node import purpose_filed
from songtor_proto import lifecycle
from songtor_proto.address import Address
from songtor_proto.consent import check_terms
from songtor_proto.errors import ConsentError, EnvelopeError
from songtor_proto.minimise import violations
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Opening, Payload, Status

_CLOSED = frozenset({wire.STATE_REJECTED, wire.STATE_CANCELLED, wire.STATE_ENTERED_IN_ERROR})
_OVER = ("consent.expired", "consent.not_confirmed")
# How a desk hands back what it may not read, by the state it is in.
_HAND_BACK: dict[int, tuple[wire.State.ValueType, ...]] = {
    wire.STATE_RECEIVED: (wire.STATE_REJECTED,),
    wire.STATE_ACCEPTED: (wire.STATE_IN_PROGRESS, wire.STATE_FAILED),
    wire.STATE_IN_PROGRESS: (wire.STATE_FAILED,),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a task; `ours`: the desk's own, as its officers noted it. `state`: which it brought,
    0 where none. Of a kind that is not known here nothing is read (E11)."""

    at_ms: int
    kind: str
    ours: bool
    said: Payload
    state: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """All that was said about a task, oldest first. `terms`: what bounds it; none where the desk refers."""

    task: Task
    terms: wire.Terms | None
    messages: tuple[Message, ...]


def open_task(desk: Desk, text: str) -> Opened:
    """The content, once the opening is committed.

    InputError: "reference", "not_here"; EnvelopeError("transition") where the referral is over; ConsentError:
    "withdrawn", "expired", "not_confirmed", and "more_than_terms" or "unreadable", which hand it back.
    """
    task = desk.find(text)
    if task.withdrawn_ms is not None:
        raise ConsentError("withdrawn", field=task.reference)
    mail = desk.mail(task.id)
    if task.recipient != desk.address:
        bounds = wire.Terms(purpose=task.purpose or purpose_filed(desk, task))
        messages = [
            _within(desk, bounds, _read(desk, row, header)) for row, header in mail if row.sealed is not None
        ]
        desk.commit(acts=[desk.record(task.id, "opening")])
        return Opened(task, None, _with_own(desk, task, messages))
    if task.state in _CLOSED:
        raise EnvelopeError("transition", field=task.reference)
    if mail[0][0].sealed is None:
        raise ConsentError("expired", field=task.reference)
    terms = mail[0][1].terms
    try:
        _check_ground(desk, task, mail[0][1])
        messages = [_read(desk, row, header) for row, header in mail if row.sealed is not None]
        if any(violations(message.said, terms, desk.hub.policy, desk.address) for message in messages):
            raise ConsentError("more_than_terms", field=task.reference)
    except (ConsentError, EnvelopeError) as error:
        if error.code in _OVER:
            raise
        refused = "more_than_terms" if isinstance(error, ConsentError) else "unreadable"
        _hand_back(desk, task, refused)
        raise ConsentError(refused, field=task.reference, detail=str(error)) from error
    _tell(desk, task, terms.purpose)
    return Opened(task, terms, _with_own(desk, task, messages))


def _check_ground(desk: Desk, task: Task, header: wire.Header) -> None:
    check_terms(header, header.terms, desk.hub.policy, desk.now())
    late = task.confirm_by_ms is not None and to_ms(desk.now()) >= task.confirm_by_ms
    if late and not task.confirmed:
        raise ConsentError("not_confirmed", field=task.reference)


def _read(desk: Desk, row: Row[Any], header: wire.Header) -> Message:
    if header.kind not in wire.Kind.values():
        return Message(row.taken_in_ms, str(header.kind), False, Payload())
    kind = wire.Kind.Name(header.kind)[5:].lower()
    return Message(row.taken_in_ms, kind, False, desk.read(row), header.state)


def _within(desk: Desk, bounds: wire.Terms, message: Message) -> Message:
    """A reply that gives back more than the purpose lets it stays closed (M8); its state counts."""
    try:
        over = violations(message.said, bounds, desk.hub.policy, desk.address)
    except ConsentError:
        over = ("purpose",)
    return replace(message, kind=f"{message.kind} more_than_terms", said=Payload()) if over else message


def _with_own(desk: Desk, task: Task, messages: list[Message]) -> tuple[Message, ...]:
    own = [
        Message(act.at_ms, act.act, True, Payload.FromString(said))
        for act in desk.acts(task.id)
        if act.act != "case" and (said := desk.unseal(act)) is not None
    ]
    return tuple(sorted([*messages, *own], key=lambda message: message.at_ms))


def _hand_back(desk: Desk, task: Task, reason: str) -> None:
    sayings = []
    for state in _HAND_BACK.get(task.state, ()):
        told = reason if state in lifecycle.CLOSED else ""
        header = about(task, task.referrer, wire.KIND_STATUS, state)
        sayings.append(desk.say(header, Payload(status=Status(reason=told)), lifecycle.code(state)))
    desk.commit(*sayings)


def _tell(desk: Desk, task: Task, purpose: str) -> None:
    """Records the opening, in the log too, and tells the node that the content came from; then it is open.

    Which desk a search for somebody was routed on to says where they are: that is not told (C9).
    """
    facts = {"task": task.root.hex(), "desk": desk.address, "role": desk.officer.role, "purpose": purpose}
    log = {"opened": facts}
    source = desk.source(task)
    told = Address.parse(source.referrer).is_node and (source.id == task.id or may_tell(desk, task))
    if told:
        desk.commit(_opening(desk, task, source, purpose), log=log)
    else:
        desk.commit(acts=[desk.record(task.id, "opening")], log=log)


def _opening(desk: Desk, task: Task, source: Task, purpose: str) -> Saying:
    header = about(source, source.referrer, wire.KIND_OPENING)
    header.part_of = task.id if task.id != source.id else b""
    said = Opening(
        role=desk.officer.role, desk_kind=desk.term.kind, purpose=purpose, opened_ms=to_ms(desk.now())
    )
    return desk.say(header, Payload(opening=said), "opening", of=task.id)
