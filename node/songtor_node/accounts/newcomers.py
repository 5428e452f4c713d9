"""Who may newly see cases. Each caseworker is told, and settles it for themselves alone: whoever makes
accounts could be the one who signs in with them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node import alerts
from songtor_node.alerts import TO_EACH, Alert
from songtor_node.workers import SEES_ALL, Worker, may_see


def tell(session: Session, worker: Worker, now: datetime, was: str = "") -> None:
    """That this worker has an account or a new one-time code; or sees more than in the role that it `was`."""
    if not _sees(worker.role) - _sees(was):
        return
    others = select(Worker.code).where(
        col(Worker.role).in_(SEES_ALL), col(Worker.active), col(Worker.code) != worker.code
    )
    for other in session.exec(others).all():
        alerts.alert(session, TO_EACH, _subject(worker.code, other), now=now)


def told(session: Session, to: str) -> list[tuple[Worker, datetime]]:
    """Whom that caseworker has not settled yet, and since when; the newest first."""
    query = (
        select(Alert).where(Alert.code == TO_EACH).order_by(col(Alert.last_at).desc(), col(Alert.id).desc())
    )
    found = [(one.subject.split(" "), one.last_at) for one in session.exec(query)]
    return [(session.get_one(Worker, worker), at) for (worker, other), at in found if other == to]


def settle(session: Session, worker: str, *, by: str) -> None:
    alerts.settle(session, TO_EACH, subject=_subject(worker, by))


def _sees(role: str) -> set[bool]:
    """Cases that it is assigned to, others, or none; an empty role is none."""
    return {assigned for assigned in (True, False) if role and may_see(role, assigned=assigned)}


def _subject(worker: str, to: str) -> str:
    return f"{worker} {to}"
