"""What went wrong that a person must know: told once, counted after that, kept until seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from songtor_node.store.base import Instant, Row

MAX_EVIDENCE = 16 * 1024
TO_EACH = "peer.account"  # its subject is a worker's code and whom it is told; nobody settles it for another


class Alert(Row, table=True):
    """`code` is of the error catalogue; `subject` a reference or an address, never a name."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("code", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str
    subject: str
    times: int = 1
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    evidence: bytes = b""  # the signed bytes that prove it, where there are any


def alert(session: Session, code: str, subject: str, *, now: datetime, evidence: bytes = b"") -> None:
    """The first evidence is kept, so that a flood of the same cannot wash it out."""
    found = session.exec(select(Alert).where(Alert.code == code, Alert.subject == subject)).first()
    if found is None:
        session.add(
            Alert(code=code, subject=subject, first_at=now, last_at=now, evidence=evidence[:MAX_EVIDENCE])
        )
        session.flush()
    else:
        found.times, found.last_at = found.times + 1, now


def alerts(session: Session) -> list[Alert]:
    """Those that are anybody's to settle, the newest first."""
    query = select(Alert).where(Alert.code != TO_EACH)
    return list(session.exec(query.order_by(col(Alert.last_at).desc(), col(Alert.id).desc())))


def settle(session: Session, *codes: str, subject: str) -> bool:
    """What was said of it under these codes has been dealt with; false where there was nothing."""
    found = session.exec(select(Alert).where(col(Alert.code).in_(codes), Alert.subject == subject)).all()
    for one in found:
        session.delete(one)
    return bool(found)
