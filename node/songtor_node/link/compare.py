"""Comparing open referrals with the hub's, daily and whenever a step of ours was refused. Rule D9."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from songtor_node.alerts import alert
from songtor_node.bootstrap import Node
from songtor_node.link.port import Hub
from songtor_node.referrals import outbox, recall
from songtor_node.referrals.act import Act, act
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.settings import keep, kept
from songtor_node.store.engine import reading
from songtor_proto.comparison import open_digest
from songtor_proto.errors import EnvelopeError
from songtor_proto.lifecycle import OPEN
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import CompareOpenRequest, GetStatusRequest

EVERY = timedelta(days=1)
_LAST = "compared_ms"


def is_due(session: Session, now: datetime) -> bool:
    return bool(kept(session, outbox.COMPARE_DUE)) or now - from_ms(int(kept(session, _LAST) or 0)) >= EVERY


def differences(node: Node, hub: Hub) -> dict[bytes, int]:
    """The hub's state of each task where it is not ours; 0 where the hub knows of none.

    Of open tasks, and of those of which the hub refused a step. Not of those of whose thread an envelope of
    ours still waits: then it is clear why the two differ.
    """
    with reading(node.engine) as session:
        unsaid = _unsaid(session)
        doubtful = _doubtful(session) - unsaid
        query = select(Referral).where(col(Referral.state).in_(OPEN) | col(Referral.task).in_(doubtful))
        ours = {referral.task: referral.state for referral in session.exec(query)}
    listed = {task: state for task, state in ours.items() if state in OPEN}
    answer = hub.compare_open(CompareOpenRequest(digest=open_digest(listed.items())))
    theirs = listed if answer.same else {task.task: int(task.state) for task in answer.tasks}
    differing = [
        task for task in listed | theirs if listed.get(task) != theirs.get(task) and task not in unsaid
    ]
    present = {task: theirs.get(task) or _ask(hub, task) for task in sorted({*differing, *doubtful})}
    return {
        task: state
        for task, state in present.items()
        if state != ours.get(task) and (state or task in differing)
    }


def settle(node: Node, found: Mapping[bytes, int]) -> None:
    """The hub's order is the order: where the two still differ its state counts, and a person is told."""
    with act(node) as now:
        for task, state in found.items():
            _heal(now, task, state)
        keep(now.session, _LAST, str(to_ms(now.now)))
        later = _doubtful(now.session) & _unsaid(now.session)
        keep(now.session, outbox.COMPARE_DUE, " ".join(sorted(task.hex() for task in later)))


def _doubtful(session: Session) -> set[bytes]:
    return {bytes.fromhex(task) for task in kept(session, outbox.COMPARE_DUE).split()}


def _unsaid(session: Session) -> set[bytes]:
    """The tasks of whose thread something is still to be sent."""
    waiting = select(Outbox.thread).where(col(Outbox.state).in_(("waiting", "held")))
    return set(session.exec(select(Referral.task).where(col(Referral.thread).in_(waiting))))


def _ask(hub: Hub, task: bytes) -> int:
    """The hub's state of a task that it does not list as open; 0 where it has none."""
    try:
        return hub.get_status(GetStatusRequest(task=task)).state
    except EnvelopeError:
        return wire.STATE_UNSPECIFIED


def _heal(now: Act, task: bytes, state: int) -> None:
    referral = now.session.get(Referral, task)
    if referral is None or not state:
        alert(now.session, "peer.differs", referral.reference if referral else task.hex(), now=now.now)
        return
    if referral.state == state:
        return
    over = referral.withdrawn_at is not None and state not in OPEN
    if not over:  # (how it had ended before it was withdrawn is no news for a person)
        alert(now.session, "peer.differs", referral.reference, now=now.now)
    if referral.withdrawn_at is not None and referral.outgoing and state in OPEN:
        # A copy that was on its way when it was withdrawn, and arrived after all.
        recall.send_withdrawal(now, referral, referral.reason, wire.STATE_CANCELLED)
    else:
        referral.state, referral.held_from = state, 0
