"""The people who use a node, and which cases each may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from songtor_node.store.base import Instant, Row
from songtor_proto.errors import InputError, PeerError
from songtor_proto.vocabulary import Vocabulary

_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,31}")
ADMIN = "node_admin"
SEES_ALL = frozenset({"caseworker"})
SEES_NONE = frozenset({ADMIN})
"""Every other role sees the cases that it is assigned to."""


class Worker(Row, table=True):
    __tablename__ = "worker"

    code: str = Field(primary_key=True)
    name: str = ""
    role: str
    added_at: datetime = Field(sa_type=Instant)
    active: bool = Field(default=True, sa_column_kwargs={"server_default": "1"})


def add(
    session: Session, code: str, *, name: str, role: str, vocabulary: Vocabulary, now: datetime
) -> Worker:
    """InputError: as `check`, unknown_code (the role), exists."""
    check(code, name)
    if role not in vocabulary.node_roles:
        raise InputError("unknown_code", field="role")
    if session.get(Worker, code) is not None:
        raise InputError("exists", field="code")
    worker = Worker(code=code, name=name, role=role, added_at=now)
    session.add(worker)
    session.flush()
    return worker


def check(code: str, name: str) -> None:
    """InputError: worker (the code's form), text (the name)."""
    if not _CODE.fullmatch(code):
        raise InputError("worker", field="code")
    check_name(name)


def check_name(name: str) -> None:
    """InputError("text")."""
    if len(name) > 200 or not name.isprintable():
        raise InputError("text", field="name")


def listing(session: Session, *, everyone: bool = False) -> Sequence[Worker]:
    """Who works here; `everyone`: those who left, too."""
    query = select(Worker).order_by(Worker.code)
    return session.exec(query if everyone else query.where(col(Worker.active))).all()


def names(session: Session) -> dict[str, str]:
    """What each is called, by code; those who left, too."""
    return {one.code: one.name or one.code for one in listing(session, everyone=True)}


def acting(session: Session, code: str) -> Worker:
    """Who acts; PeerError("worker") where nobody of that code works here, or no longer."""
    worker = session.get(Worker, code) if code else None
    if worker is None or not worker.active:
        raise PeerError("worker", field="as")
    return worker


def may_see(role: str, *, assigned: bool) -> bool:
    """Whether someone of that role may see a case."""
    return role in SEES_ALL or (assigned and role not in SEES_NONE)
