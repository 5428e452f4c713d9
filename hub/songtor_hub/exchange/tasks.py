"""What an envelope does to the task it speaks of: pure, on rows of `task`. Rules C11, L1 to L10, W1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from songtor_hub.addresses import HUB
from songtor_hub.exchange.door import CENTRE, is_desk
from songtor_proto.errors import ConsentError, EnvelopeError
from songtor_proto.lifecycle import Actor, respond_by, step, supersede
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire.envelope_pb2 import (
    KIND_ANSWER,
    KIND_CONFIRMATION,
    KIND_OPENING,
    KIND_QUESTION,
    KIND_RECALL_RECEIPT,
    KIND_REFERRAL,
    KIND_STATUS,
    KIND_WITHDRAWAL,
    STATE_RECEIVED,
    STATE_REQUESTED,
    STATE_UNSPECIFIED,
    Header,
    Kind,
    State,
)

_KINDS = frozenset(Kind.values())
_STATES = frozenset(State.values())
_STEPS = frozenset({KIND_STATUS, KIND_QUESTION, KIND_ANSWER})
_TAKEN_IN = step(STATE_REQUESTED, STATE_RECEIVED, Actor.HUB, kind=KIND_REFERRAL).state


@dataclass(slots=True)
class Task:
    """A row of `task`: its columns, in their order."""

    id: bytes
    thread: bytes
    version: int
    reference: str
    referrer: str
    recipient: str
    part_of: bytes | None
    root: bytes
    purpose: str | None
    urgency: int
    state: int
    held_from: int | None
    liaison_sight: bool
    confirmed: bool
    confirm_by_ms: int | None
    created_ms: int
    expires_ms: int
    respond_by_ms: int
    first_response_ms: int | None
    updated_ms: int
    legal_hold: str | None
    withdrawn_ms: int | None


def is_known(kind: int) -> bool:
    """Whether this side knows what the kind means; one that it does not know touches no task (E11)."""
    return kind in _KINDS


def opened(header: Header, parent: Task | None, now_ms: int) -> Task:
    """The task that a referral begins (L1, L2). `parent` is the task it says it is part of.

    EnvelopeError("not_found") where that is not the sender's to pass on (L10).
    """
    if header.part_of and (parent is None or parent.recipient != header.sender):
        raise EnvelopeError("not_found", field="part_of")
    terms = header.terms if header.HasField("terms") else None
    return Task(
        id=header.task,
        thread=header.thread,
        version=header.task_version,
        reference=header.reference,
        referrer=header.sender,
        recipient=header.recipient,
        part_of=header.part_of or None,
        root=parent.root if parent else header.task,
        purpose=terms.purpose if terms else None,
        urgency=header.urgency,
        state=_TAKEN_IN,
        held_from=None,
        liaison_sight=terms.liaison_sight if terms else False,
        confirmed=terms.confirmed if terms else False,
        confirm_by_ms=(terms.confirm_by_ms or None) if terms else None,
        created_ms=header.created_ms,
        expires_ms=header.expires_ms,
        respond_by_ms=header.created_ms + _response_ms(header.urgency),
        first_response_ms=None,
        updated_ms=now_ms,
        legal_hold=None,
        withdrawn_ms=None,
    )


def replaced(before: Task | None, header: Header, now_ms: int) -> Task | None:
    """The version before a new one, cancelled if it was still open; None for a thread's first referral (L9).

    EnvelopeError("not_found") where the sender has none, ("task_version") where it is not the next.
    """
    if header.task_version == 1:
        return None
    if before is None or before.referrer != header.sender or before.reference != header.reference:
        raise EnvelopeError("not_found", field="thread")
    state = supersede(before.state, last_version=before.version, version=header.task_version)
    if state != before.state:
        before.state, before.held_from, before.updated_ms = state, None, now_ms
    return before


def act(task: Task, part: Task | None, header: Header, now_ms: int) -> bool:
    """What a message that is no referral does to its task; false where it leaves the row as it was. A state
    that is not known here is not moved to (E11); who may speak, and what the kind itself does, stay.

    `part`: the part of it that the message names, where a desk opened what was routed on to it. Who is no
    party is told no more than that there is no such task. Raises EnvelopeError: "not_found", "transition",
    "actor"; ConsentError: "expired" for a confirmation that comes too late (C11), "withdrawn" for an opening.
    """
    actor = _actor(task, part, header)
    if header.kind == KIND_OPENING and (task.withdrawn_ms or (part and part.withdrawn_ms)):
        raise ConsentError("withdrawn", field="task")  # taken back while the desk was opening it
    if header.state not in _STATES and header.kind in _STEPS:
        return False
    wanted = header.state if header.state in _STATES else STATE_UNSPECIFIED
    moved = step(task.state, wanted, actor, kind=header.kind, held_from=task.held_from or 0)
    if header.kind == KIND_CONFIRMATION:
        if task.confirm_by_ms is not None and now_ms > task.confirm_by_ms:
            raise ConsentError("expired", field="confirm_by_ms")
        task.confirmed = True
    elif header.kind == KIND_WITHDRAWAL:
        task.withdrawn_ms = task.withdrawn_ms or now_ms
    elif moved.state == task.state:
        return False
    if actor is Actor.RECIPIENT:
        task.first_response_ms = task.first_response_ms or now_ms
    task.state, task.held_from, task.updated_ms = moved.state, moved.held_from or None, now_ms
    return True


def _actor(task: Task, part: Task | None, header: Header) -> Actor:
    """In which part the sender speaks, to the other end. The hub itself may speak for a desk.

    A part's desk itself tells the node above of its opening; the centre's may confirm at any desk.
    """
    sender, recipient = header.sender, header.recipient
    opened_part = part is not None and part.root == task.root and part.recipient == sender
    second_person = sender == CENTRE and is_desk(task.recipient)
    if (header.kind == KIND_OPENING and opened_part) or (header.kind == KIND_CONFIRMATION and second_person):
        sender = task.recipient
    if _stands_for(sender, task.referrer) and _stands_for(recipient, task.recipient):
        return Actor.REFERRER
    if _stands_for(sender, task.recipient) and _stands_for(recipient, task.referrer):
        return Actor.RECIPIENT
    if header.kind == KIND_RECALL_RECEIPT and sender == HUB and recipient == task.referrer:
        return Actor.HUB
    raise EnvelopeError("not_found", field="task")


def _stands_for(address: str, end: str) -> bool:
    return address == end or (address == HUB and is_desk(end))


@lru_cache(maxsize=64)
def _response_ms(urgency: int) -> int:
    """How long a first response may take."""
    return to_ms(respond_by(urgency, from_ms(0)))
