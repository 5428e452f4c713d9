"""Blank forms on paper: each sheet has a code of its own, by which it is typed in later, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from songtor_node.codes import new_code
from songtor_node.store.base import Instant, Row
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.times import Random
from songtor_web.texts import LANGUAGES

KINDS = ("intake", "consent")
MOST = 20
"""Of one printing."""
_MISREAD = str.maketrans("OIL", "011")
_LENGTH = 5


class Blank(Row, table=True):
    """A sheet that was printed. `printing`: the code of the first of those printed with it. `purpose`: of a
    consent. `used_at`: when it was typed in, by whom and into which case."""

    __tablename__ = "blank"

    code: str = Field(primary_key=True)
    printing: str = Field(index=True)
    kind: str
    purpose: str = ""
    language: str
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_by: str | None = Field(default=None, foreign_key="worker.code")
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True, ondelete="SET NULL")


def make(
    session: Session,
    kind: str,
    count: int,
    *,
    language: str,
    purpose: str = "",
    by: Worker,
    now: datetime,
    random: Random,
) -> Sequence[Blank]:
    """So many new sheets. InputError: unknown_code, value (the number)."""
    if kind not in KINDS or language not in LANGUAGES:
        raise InputError("unknown_code", field="kind")
    if not 1 <= count <= MOST:
        raise InputError("value", field="count")
    made: list[Blank] = []
    for _ in range(count):
        code = new_code(session, "F", Blank.code, random)
        first = made[0].code if made else code
        one = Blank(
            code=code, printing=first, kind=kind, purpose=purpose, language=language, by=by.code, at=now
        )
        session.add(one)
        session.flush()
        made.append(one)
    return made


def printing(session: Session, code: str) -> Sequence[Blank]:
    """Those that were printed together. InputError("not_here")."""
    query = select(Blank).where(Blank.printing == code).order_by(col(Blank.code))
    return session.exec(query).all() or [find(session, code)]


def find(session: Session, said: str) -> Blank:
    """By its code as somebody reads it off the paper. InputError("not_here")."""
    symbols = "".join(filter(str.isalnum, said)).upper()
    code = f"F-{symbols[-_LENGTH:].translate(_MISREAD)}"
    blank = session.get(Blank, code) if len(symbols) in (_LENGTH, _LENGTH + 1) else None
    if blank is None:
        raise InputError("not_here", field="code")
    return blank


def use(blank: Blank, case_id: int, *, by: Worker, now: datetime) -> None:
    """It became that case, or a part of it. InputError("typed_in") for the second time."""
    if blank.used_at is not None:
        raise InputError("typed_in", field="code")
    blank.used_at, blank.used_by, blank.case_id = now, by.code, case_id
