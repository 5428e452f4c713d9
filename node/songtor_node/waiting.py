"""What waits for a worker in the cases that they may see, besides what comes due (`cases.reminders`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from songtor_node.cases.glance import Glance
from songtor_node.cases.models import Assignment, Case, Fact
from songtor_node.referrals import find
from songtor_node.referrals.models import Inbox, Referral, ReferralLook
from songtor_node.workers import SEES_ALL, Worker
from songtor_proto.lifecycle import OPEN
from songtor_proto.wire import envelope_pb2 as wire

MOST = 50  # of a kind
_REMEMBERED = timedelta(days=60)
_ANSWERS = (wire.KIND_STATUS, wire.KIND_ANSWER, wire.KIND_REMINDER, wire.KIND_WITHDRAWAL)
_TO_VERIFY = ("intake", "fact_finding")
_UNVERIFIED = col(Fact.verification) == "unverified"


@dataclass(frozen=True, slots=True)
class Came:
    """Something came for that referral, last at `at`, and this worker has not looked since."""

    referral: Referral
    at: datetime


def answers(session: Session, worker: Worker, now: datetime) -> list[Came]:
    """The newest first, of sixty days."""
    seen = exists().where(
        col(ReferralLook.reference) == Referral.reference,
        col(ReferralLook.by) == worker.code,
        col(ReferralLook.what) == "referral",
        col(ReferralLook.upto) >= col(Inbox.id),
    )
    query = (
        select(Inbox.task, func.max(Inbox.at))
        .join(Referral, col(Referral.task) == col(Inbox.task))
        .where(
            col(Inbox.at) > now - _REMEMBERED,
            col(Inbox.kind).in_(_ANSWERS),
            Inbox.effect != "aside",
            # (A withdrawal takes the case with it.)
            col(Referral.case_id).is_not(None) | (col(Inbox.kind) == wire.KIND_WITHDRAWAL),
            ~(
                col(Referral.outgoing) & (col(Referral.state) == wire.STATE_ON_HOLD)
            ),  # stands with the questions
            ~seen,
            *_visible(col(Referral.case_id), worker),
        )
        .group_by(col(Inbox.task))
        .order_by(func.max(Inbox.at).desc())
        .limit(MOST)
    )
    came = list(session.exec(query))
    tasks = select(Referral).where(col(Referral.task).in_([task for task, _ in came]))
    referrals = {one.task: one for one in session.exec(tasks)}
    newest: dict[str, Came] = {}
    for task, at in came:
        newest.setdefault(referrals[task].reference, Came(referrals[task], at))
    return list(newest.values())


def questions(session: Session, worker: Worker) -> Sequence[Referral]:
    """The recipient asked, and waits for our answer."""
    return session.exec(_sent(worker, Referral.state == wire.STATE_ON_HOLD)).all()


def refused(session: Session, worker: Worker) -> Sequence[Referral]:
    """What the hub did not take: it has to be sent again."""
    return session.exec(_sent(worker, Referral.state == wire.STATE_DRAFT)).all()


def overdue(session: Session, worker: Worker, now: datetime) -> Sequence[Referral]:
    """Sent by us, and not answered in time."""
    late = (
        col(Referral.state).in_(OPEN),
        col(Referral.responded_at).is_(None),
        col(Referral.respond_by) < now,
    )
    return session.exec(_sent(worker, *late)).all()


def _sent(worker: Worker, *which: Any) -> SelectOfScalar[Referral]:
    """The longest awaited first."""
    query = select(Referral).where(
        *which,
        find.is_newest(),
        col(Referral.outgoing),
        col(Referral.withdrawn_at).is_(None),
        *_visible(col(Referral.case_id), worker),
    )
    return query.order_by(col(Referral.respond_by)).limit(MOST)


def undecided(session: Session, worker: Worker) -> Sequence[Referral]:
    """Referred to us, and neither accepted nor declined."""
    return find.undecided(session)[:MOST] if worker.role in SEES_ALL else ()


def to_verify(session: Session, worker: Worker) -> list[tuple[str, int]]:
    """Cases of this worker's at their beginning, with how many facts nobody has checked; the newest first."""
    begun = (
        select(Glance.case_id)
        .where(
            col(Glance.step).in_(_TO_VERIFY),
            col(Glance.case_id).in_(_mine(worker)),
            exists().where(col(Fact.case_id) == Glance.case_id, _UNVERIFIED),
        )
        .order_by(col(Glance.case_id).desc())
        .limit(MOST)
    )
    counted = (
        select(Case.code, func.count())
        .join(Fact, col(Fact.case_id) == col(Case.id))
        .where(col(Case.id).in_(session.exec(begun).all()), _UNVERIFIED)
        .group_by(col(Case.id))
        .order_by(col(Case.id).desc())
    )
    return list(session.exec(counted))


def _visible(number: Any, worker: Worker) -> list[Any]:
    return [] if worker.role in SEES_ALL else [number.in_(_mine(worker))]


def _mine(worker: Worker) -> Any:
    return select(Assignment.case_id).where(Assignment.worker == worker.code)
