"""What became of a consent: who was told what on it, who opened it, and what is left of it once it is taken
back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node.cases.models import Case
from songtor_node.consents.models import Consent
from songtor_node.referrals import history, recall
from songtor_node.referrals.models import Copy, Referral
from songtor_proto.consent import due_for_recall
from songtor_proto.lifecycle import code as state_code
from songtor_proto.wire import envelope_pb2 as wire

RESULTS: dict[int, str] = {
    wire.RECALL_RESULT_DESTROYED: "destroyed",
    wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY: "kept",
}


@dataclass(frozen=True, slots=True)
class Left:
    """What became of one copy. `result`: destroyed, kept, not_reached; `reason`: code of duties_to_keep."""

    place: str
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """One referral that rests on it. `left`: once it is taken back; nothing where nothing had gone out."""

    reference: str
    peer: str
    purpose: str
    at: datetime
    state: str
    categories: Sequence[str]
    withdrawn: bool
    left: Sequence[Left]


@dataclass(frozen=True, slots=True)
class Opened:
    """`desk`: address of who opened it. `role` and `purpose`: codes."""

    at: datetime
    desk: str
    role: str
    purpose: str
    reference: str


def state(consent: Consent, now: datetime) -> str:
    """withdrawn, expired, late (nobody confirmed in time), unconfirmed, or active."""
    if consent.withdrawn_at is not None:
        return "withdrawn"
    if due_for_recall(consent.grant, now):
        return "late"
    if now >= consent.expires_at:
        return "expired"
    return "active" if consent.confirm_by is None else "unconfirmed"


def told(session: Session, code: str) -> list[Told]:
    """Oldest first."""
    query = select(Referral).where(Referral.ground == code, col(Referral.outgoing))
    return [_told(session, one) for one in session.exec(query.order_by(col(Referral.created_at)))]


def opened(session: Session, case: Case) -> list[Opened]:
    """Everyone who opened what was sent of the case, oldest first."""
    query = select(Referral).where(Referral.case_id == case.id, col(Referral.outgoing))
    sent = {one.task: one for one in session.exec(query)}
    return [
        Opened(history.opened_at(said, row.at), row.sender, said.role, said.purpose, sent[row.task].reference)
        for row, said in history.openings(session, sent)
    ]


def _told(session: Session, referral: Referral) -> Told:
    copies = recall.copies(session, referral) if referral.withdrawn_at else []
    return Told(
        reference=referral.reference,
        peer=referral.peer,
        purpose=referral.purpose,
        at=referral.created_at,
        state=state_code(referral.state),
        categories=list(dict.fromkeys(line["category"] for line in referral.lines if line["leaves"])),
        withdrawn=referral.withdrawn_at is not None,
        left=[_left(one) for one in copies],
    )


def _left(copy: Copy) -> Left:
    return Left(copy.place, RESULTS.get(copy.result, "not_reached"), copy.reason)
