"""What is derived from a case, its words and its glance, is renewed in the transaction that changes the case,
whoever changes it: pages, commands, the line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Delete, Engine, Update, event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, col, select

from songtor_node.cases import glance, search
from songtor_node.cases.models import Assignment, Case, Change, Entry, Look
from songtor_node.settings import keep, kept
from songtor_node.store.engine import reading, writing

_VERSION = "1"  # a higher one renews all, at the next start
SETTING = "derived"
_TOUCHED = "touched_cases"
_SAYS_NOTHING = (Look, Assignment, Change)
_BATCH = 500


def watch() -> None:
    """From now on, in every session of this process."""
    if not event.contains(Session, "before_commit", _renew):
        event.listen(Session, "after_flush", _note)
        event.listen(Session, "do_orm_execute", _note_many)
        event.listen(Session, "before_commit", _renew)


def check(engine: Engine) -> None:
    """Derives all anew where an older program did it, or none: 10,000 cases take about a minute, once."""
    with reading(engine) as session:
        if kept(session, SETTING) == _VERSION:
            return
    with writing(engine) as session:
        numbers = [number for number in session.exec(select(Case.id).order_by(col(Case.id))) if number]
        for start in range(0, len(numbers), _BATCH):
            _derive(session, numbers[start : start + _BATCH])
            session.expunge_all()
        keep(session, SETTING, _VERSION)


def _derive(session: Session, numbers: list[int]) -> None:
    search.index(session, numbers)
    glance.renew(session, numbers)


def _note(session: Session, context: object) -> None:
    _touch(session, (*session.new, *session.dirty, *session.deleted))


def _note_many(execute: ORMExecuteState) -> None:
    """Rows that one statement changes are in no session: their cases are looked up before it runs."""
    if not isinstance(execute.statement, (Update, Delete)) or execute.bind_mapper is None:
        return
    table = execute.bind_mapper.class_
    if table is Case or (issubclass(table, Entry) and table not in _SAYS_NOTHING):
        number = Case.id if table is Case else table.case_id
        where = execute.statement.whereclause
        query = select(number).distinct()
        found = execute.session.scalars(query if where is None else query.where(where))
        execute.session.info.setdefault(_TOUCHED, set()).update(found)


def _touch(session: Session, rows: Iterable[Any]) -> None:
    for row in rows:
        number = (
            row.id
            if isinstance(row, Case)
            else row.case_id
            if isinstance(row, Entry) and not isinstance(row, _SAYS_NOTHING)
            else None
        )
        if number is not None:
            session.info.setdefault(_TOUCHED, set()).add(number)


def _renew(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    touched = sorted(session.info.pop(_TOUCHED, ()))
    for start in range(0, len(touched), _BATCH):
        _derive(session, touched[start : start + _BATCH])
