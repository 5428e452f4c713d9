"""The people who use a node, and which cases each may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, select

from songtor_node.store.base import Instant, Row
from songtor_proto.errors import InputError, PeerError
from songtor_proto.vocabulary import Vocabulary

_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,31}")
SEES_ALL = frozenset({"caseworker"})
SEES_NONE = frozenset({"node_admin"})
"""Every other role sees the cases that it is assigned to."""


class Worker(Row, table=True):
    __tablename__ = "worker"

    code: str = Field(primary_key=True)
    name: str = ""
    role: str
    added_at: datetime = Field(sa_type=Instant)


def add(
    session: Session, code: str, *, name: str, role: str, vocabulary: Vocabulary, now: datetime
) -> Worker:
    """InputError: worker (the code's form), unknown_code (the role), exists."""
    if not _CODE.fullmatch(code) or len(name) > 200 or not name.isprintable():
        raise InputError("worker", field="code")
    if role not in vocabulary.node_roles:
        raise InputError("unknown_code", field="role")
    if session.get(Worker, code) is not None:
        raise InputError("exists", field="code")
    worker = Worker(code=code, name=name, role=role, added_at=now)
    session.add(worker)
    session.flush()
    return worker


def listing(session: Session) -> Sequence[Worker]:
    return session.exec(select(Worker).order_by(Worker.code)).all()


def acting(session: Session, code: str) -> Worker:
    """Who acts; PeerError("worker") where nobody of that code works here."""
    worker = session.get(Worker, code) if code else None
    if worker is None:
        raise PeerError("worker", field="as")
    return worker


def may_see(role: str, *, assigned: bool) -> bool:
    """Whether someone of that role may see a case."""
    return role in SEES_ALL or (assigned and role not in SEES_NONE)
