"""What waits for a worker in the cases that they may see, besides what comes due (`cases.reminders`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, func, select

from songtor_node.cases.glance import Glance
from songtor_node.cases.models import Assignment, Case, Fact, Look
from songtor_node.referrals import find
from songtor_node.referrals.find import Which
from songtor_node.referrals.models import Inbox, Referral
from songtor_node.workers import SEES_ALL, Worker
from songtor_proto.wire import envelope_pb2 as wire

MOST = 50  # of a kind
_REMEMBERED = timedelta(days=60)
_ANSWERS = (wire.KIND_STATUS, wire.KIND_ANSWER, wire.KIND_REMINDER, wire.KIND_WITHDRAWAL)
_TO_VERIFY = ("intake", "fact_finding")


@dataclass(frozen=True, slots=True)
class Came:
    """Something came for that referral, last at `at`, and this worker has not looked since."""

    referral: Referral
    at: datetime


def answers(session: Session, worker: Worker, now: datetime) -> list[Came]:
    """The newest first, of sixty days."""
    seen = exists().where(
        col(Look.case_id) == Referral.case_id,
        Look.by == worker.code,
        Look.what == "referral",
        col(Look.at) >= col(Inbox.at),
    )
    query = (
        select(Inbox.task, func.max(Inbox.at))
        .join(Referral, col(Referral.task) == col(Inbox.task))
        .where(
            col(Inbox.at) > now - _REMEMBERED,
            col(Inbox.kind).in_(_ANSWERS),
            Inbox.effect != "aside",
            col(Referral.case_id).is_not(None),
            ~seen,
            *_visible(col(Referral.case_id), worker),
        )
        .group_by(col(Inbox.task))
        .order_by(func.max(Inbox.at).desc())
        .limit(MOST)
    )
    found = [(session.get_one(Referral, task), at) for task, at in session.exec(query)]
    newest: dict[str, Came] = {}
    for referral, at in found:
        newest.setdefault(referral.reference, Came(referral, at))
    return list(newest.values())


def questions(session: Session, worker: Worker, now: datetime) -> list[Referral]:
    """The recipient asked, and waits for our answer."""
    mine, _ = find.page(session, worker.code, Which.MINE, now=now, size=4 * MOST, number=1)
    return [one for one in mine if one.outgoing and one.state == wire.STATE_ON_HOLD][:MOST]


def refused(session: Session, worker: Worker, now: datetime) -> list[Referral]:
    """What the hub did not take: it has to be sent again."""
    mine, _ = find.page(session, worker.code, Which.MINE, now=now, size=4 * MOST, number=1)
    return [one for one in mine if one.outgoing and one.state == wire.STATE_DRAFT][:MOST]


def overdue(session: Session, worker: Worker, now: datetime) -> list[Referral]:
    """Sent by us, and not answered in time."""
    late, _ = find.page(session, worker.code, Which.OVERDUE, now=now, size=4 * MOST, number=1)
    return [one for one in late if one.outgoing][:MOST]


def undecided(session: Session, worker: Worker) -> Sequence[Referral]:
    """Referred to us, and neither accepted nor declined."""
    return find.undecided(session)[:MOST] if worker.role in SEES_ALL else ()


def to_verify(session: Session, worker: Worker) -> list[tuple[str, int]]:
    """Cases of this worker's at their beginning, with how many facts nobody has checked; the newest first."""
    query = (
        select(Case.code, func.count())
        .join(Glance, col(Glance.case_id) == col(Case.id))
        .join(Fact, col(Fact.case_id) == col(Case.id))
        .join(Assignment, col(Assignment.case_id) == col(Case.id))
        .where(
            col(Glance.step).in_(_TO_VERIFY),
            Fact.verification == "unverified",
            Assignment.worker == worker.code,
        )
        .group_by(col(Case.id))
        .order_by(col(Case.id).desc())
        .limit(MOST)
    )
    return list(session.exec(query))


def _visible(number: Any, worker: Worker) -> list[Any]:
    if worker.role in SEES_ALL:
        return []
    return [number.in_(select(Assignment.case_id).where(Assignment.worker == worker.code))]
