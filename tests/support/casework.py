"""A case in a node, and a caseworker who is signed in at its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.support.node import NOW, new_node
from tests.support.visitor import Visitor, visitor

CLIENT = {"name_thai": "นวล ตัวอย่าง", "birth_date": "1988-04"}


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """`code`: the case's. `malee` and `anong` are caseworkers, in English."""

    node: Node
    code: str
    clock: Clock
    malee: Visitor = field(init=False)
    anong: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self._sign_in()

    def _sign_in(self) -> None:
        self.malee, self.anong = (visitor(self.node, one, lang="en") for one in ("malee", "anong"))

    def later(self, **by: float) -> None:
        """That much later both sign in again."""
        self.clock.now += timedelta(**by)
        self._sign_in()

    def path(self, below: str) -> str:
        return f"/cases/{self.code}{below}"

    @contextmanager
    def session(self) -> Iterator[Session]:
        with writing(self.node.engine) as session:
            yield session

    def case(self, session: Session) -> Case:
        return session.exec(select(Case).where(Case.code == self.code)).one()

    def record(self) -> CaseRecord:
        """Read now, and free of its session."""
        with self.session() as session:
            record = read_record(session, self.case(session))
            session.expunge_all()
            return record


@contextmanager
def desk(folder: Path, **case: Any) -> Iterator[Desk]:
    """A node in that folder, with one case that says `case`."""
    clock = Clock()
    node = new_node(folder, clock=clock)
    said = {"target_group": "thai_abroad", "channel": "line", "client": CLIENT, **case}
    with writing(node.engine) as session:
        by = acting(session, "malee")
        made = service.create(
            session, CaseFile.model_validate(said), by=by, now=node.clock(), random=node.random
        ).code
    yield Desk(node, made, clock)
    node.close()
