"""Taking back what was disclosed, and obeying when another takes back. Rules W1 to W6 and C11."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import column, delete, or_, table, update
from sqlmodel import Session, col, select

from songtor_node.alerts import alerts
from songtor_node.cases.models import Case
from songtor_node.consents.models import Consent
from songtor_node.keys import HUB
from songtor_node.referrals import outbox
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Copy, Inbox, Referral
from songtor_proto.address import Address
from songtor_proto.lifecycle import CLOSED, OPEN, Actor, step
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload, Withdrawal

_TYPED = [table(name, column("form")) for name in ("draft", "other_words", "saved")]
# What was typed and not saved, two people's words, who saved what: the pages keep them by their address.
COPIES = 40
"""Of one recall receipt: however long their codes, its header holds them (P3)."""


def withdraw(
    act: Act,
    referral: Referral,
    reason: str,
    *,
    state: wire.State.ValueType = wire.STATE_CANCELLED,
) -> None:
    """Takes back one task that this node sent, whatever its state. What has not left yet never does.

    `reason`: code of cancellation_reasons. What was offered but not acknowledged is not offered again:
    where the hub does not know of it, its answer to the withdrawal says so.
    """
    if referral.withdrawn_at is not None:
        return
    left = outbox.may_have_left(act, referral)
    outbox.recall_waiting(act, referral)
    # What the hub refused is a draft again and ends as what never left, like a state that is not known here.
    before = referral.state if referral.state in OPEN | CLOSED else wire.STATE_REQUESTED
    moved = step(before, state, Actor.REFERRER, kind=wire.KIND_WITHDRAWAL)
    referral.state, referral.held_from = moved.state, moved.held_from
    referral.withdrawn_at, referral.reason = act.now, referral.reason or reason
    destroy(act, referral)
    if left:
        send_withdrawal(act, referral, reason, state)


def send_withdrawal(act: Act, referral: Referral, reason: str, state: wire.State.ValueType) -> None:
    known = reason if reason in act.policy.cancellation_reasons else "withdrawn"
    payload = Payload(withdrawal=Withdrawal(reason=known))
    outbox.post(act, referral, wire.KIND_WITHDRAWAL, payload, state=state)
    _note(act, referral, referral.task, _place(referral.peer), wire.RECALL_RESULT_NOT_REACHED)


def insist(act: Act, referral: Referral) -> None:
    """Something came of what was taken back, and the hub had said that it had nothing to take back: it
    arrived there late, and is asked for once more."""
    taken_back = referral.outgoing and referral.withdrawn_at is not None
    if taken_back and not outbox.withdrawal_stands(act, referral):
        send_withdrawal(act, referral, referral.reason, wire.STATE_CANCELLED)


def obey(act: Act, referral: Referral) -> None:
    """Destroys what this node was sent, takes back what it passed on, and says so to whoever asks (W3).

    A case that was made from it goes with it, whatever was written there since; a duty in law keeps both.
    """
    if referral.withdrawn_at is None:
        referral.withdrawn_at = act.now
        outbox.recall_held(act, referral)
        if referral.hold:
            kept = wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY
            _note(act, referral, referral.task, "node", kept, referral.hold)
        else:
            give_up(act, referral)
        for part in parts(act.session, referral):
            withdraw(act, part, "withdrawn")
            for copy in copies(act.session, part):
                _note(act, referral, copy.envelope_id, copy.place, copy.result, copy.reason)
    tell(act, referral)


def give_up(act: Act, referral: Referral) -> None:
    """Destroys what this node was sent, and the case that was made from it."""
    destroy(act, referral)
    _forget_typed(act.session, f"/referrals/{referral.reference}")
    _forget_case(act.session, referral)
    _note(act, referral, referral.task, "node", wire.RECALL_RESULT_DESTROYED)


def tell(act: Act, referral: Referral) -> None:
    """The recall receipt, of every copy that this node knows of (W4). The hub asks in its desks' place."""
    recalls = [
        wire.Recall(
            envelope_id=copy.envelope_id,
            place=copy.place,
            result=cast("wire.RecallResult.ValueType", copy.result),
            reason=copy.reason,
        )
        for copy in copies(act.session, referral)
    ]
    to = HUB if Address.parse(referral.peer).is_desk else referral.peer
    for first in range(0, len(recalls), COPIES):
        some = recalls[first : first + COPIES]
        outbox.post(act, referral, wire.KIND_RECALL_RECEIPT, None, to=to, recalls=some)


def take_recalls(act: Act, referral: Referral, recalls: Iterable[wire.Recall], *, by: str) -> None:
    """What others say became of what this node sent them; passed on to whoever it came from.

    The hub, and nobody else, may have recalled it by itself, where nobody confirmed it in time (C11).
    """
    if by == HUB and referral.outgoing and referral.withdrawn_at is None:
        moved = step(referral.state, wire.STATE_CANCELLED, Actor.HUB, kind=wire.KIND_WITHDRAWAL)
        referral.state, referral.held_from = moved.state, moved.held_from
        referral.withdrawn_at, referral.reason = act.now, "not_confirmed"
        outbox.recall_waiting(act, referral)
        destroy(act, referral)
        outbox.doubt(act, referral.task)  # if the other side had closed it, the word of that went with it
    whole = act.session.get(Referral, referral.part_of) if referral.part_of else None
    for said in recalls:
        _note(act, referral, said.envelope_id, said.place, said.result, said.reason)
        if whole is not None and whole.withdrawn_at is not None:
            _note(act, whole, said.envelope_id, said.place, said.result, said.reason)
    if whole is not None and whole.withdrawn_at is not None:
        tell(act, whole)


def destroy(act: Act, referral: Referral) -> None:
    """Deletes what the task said, on this node; route, dates, digests and receipts stay (W5)."""
    let_go(act, referral)
    outbox.forget(act.session, referral.task)
    for one in alerts(act.session):
        if referral.task in one.evidence:
            one.evidence = b""


def let_go(act: Act, referral: Referral) -> None:
    """Deletes what came for the task (W6); what this node answers still leaves."""
    referral.payload, referral.destroyed_at = None, act.now
    act.session.exec(
        update(Inbox)
        .where(col(Inbox.task) == referral.task, col(Inbox.kind).not_in(outbox.KEPT_KINDS))
        .values(payload=None, sealed=None)
    )


def copies(session: Session, referral: Referral) -> list[Copy]:
    query = select(Copy).where(Copy.task == referral.task).order_by(col(Copy.place), col(Copy.envelope_id))
    return list(session.exec(query))


def parts(session: Session, referral: Referral) -> list[Referral]:
    """What this node sent on as a part of it (L10)."""
    query = select(Referral).where(Referral.part_of == referral.task, col(Referral.outgoing))
    return list(session.exec(query.order_by(col(Referral.created_at))))


def _note(
    act: Act, referral: Referral, envelope_id: bytes, place: str, result: int, reason: str = ""
) -> None:
    act.session.merge(
        Copy(task=referral.task, envelope_id=envelope_id, place=place[:40], result=result, reason=reason[:80])
    )
    act.session.flush()


def _place(address: str) -> str:
    return "desk" if Address.parse(address).is_desk else "node"


def _forget_case(session: Session, referral: Referral) -> None:
    case = session.get(Case, referral.case_id) if referral.case_id else None
    if case is None or case.origin != referral.reference:
        return
    addresses = [f"/cases/{case.code}"]
    consents = session.exec(select(Consent.code).where(Consent.case_id == case.id))
    addresses += [f"/consents/{code}" for code in consents]
    for row in session.exec(select(Referral).where(Referral.case_id == case.id)):
        row.case_id = None
        addresses.append(f"/referrals/{row.reference}")
    _forget_typed(session, *addresses)
    session.flush()
    session.delete(case)
    session.flush()


def _forget_typed(session: Session, *addresses: str) -> None:
    """Of these pages and of what lies beneath them."""
    for kept in _TYPED:
        form = kept.c.form
        theirs = (form.startswith(f"{one}/", autoescape=True) for one in addresses)
        session.execute(delete(kept).where(or_(form.in_(addresses), *theirs)))
