"""A store with many cases: those that are in it, again and again, under codes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlmodel import Session

from songtor_node.bootstrap import Node
from songtor_node.cases import kept_right
from songtor_node.cases.models import Case
from songtor_node.referrals.models import Inbox, Outbox, Referral
from songtor_node.settings import keep
from songtor_node.store.base import metadata
from songtor_node.store.engine import writing

_BATCH = 2_000
_NOT_COPIED = ("glance", "begun", "paper", "goal_move", "alike")  # derived, or bound to other numbers
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def fill(node: Node, cases: int) -> None:
    """Until there are that many; what is derived of them is derived by the program's own rules."""
    with writing(node.engine) as session:
        number = _count(session)
        first = [row._asdict() for row in session.connection().execute(_table(Case).select())]
        for again in range(1, -(-cases // number)):
            _insert(session, _table(Case), (_as_new(row, again, number) for row in first))
        for table in metadata.sorted_tables:
            if "case_id" in table.columns and table.name not in (*_NOT_COPIED, "referral"):
                _copy(session, table, cases, number)
        _copy_referrals(session, cases, number)
        keep(session, kept_right.SETTING, "")
    kept_right.check(node.engine)


def _copy(session: Session, table: Table, cases: int, number: int) -> None:
    rows = [row._asdict() for row in session.connection().execute(table.select())]

    def copies() -> Iterator[dict[str, Any]]:
        for again in range(1, -(-cases // number)):
            for row in rows:
                new = {**row, "case_id": row["case_id"] + again * number}
                new.pop("id", None)
                if table.name == "consent":
                    new["code"] = f"{row['code']}-{again}"
                if table.name in ("talk", "consent_copy"):
                    new["consent"] = f"{row['consent']}-{again}" if row["consent"] else None
                yield new

    _insert(session, table, copies())


def _copy_referrals(session: Session, cases: int, number: int) -> None:
    """With what was said about them; a copy's reference has the wrong check symbol, and none is opened."""
    referrals = [row._asdict() for row in session.connection().execute(_table(Referral).select())]
    said = {
        table: [row._asdict() for row in session.connection().execute(_table(table).select())]
        for table in (Inbox, Outbox)
    }
    new: dict[Any, list[dict[str, Any]]] = {Referral: [], Inbox: [], Outbox: []}
    for again in range(1, -(-cases // number)):
        for row in referrals:
            if row["case_id"] is None:
                continue
            task = os.urandom(16)
            copied = {
                **row,
                "task": task,
                "thread": os.urandom(16),
                "reference": f"{row['reference'][:-4]}{_code(again)}",
            }
            new[Referral].append(
                {**copied, "case_id": row["case_id"] + again * number, "ground": f"{row['ground']}-{again}"}
            )
            for table, name in ((Inbox, "id"), (Outbox, "sequence")):
                for one in said[table]:
                    if one["task"] == row["task"]:
                        fresh = {**one, "task": task, "envelope_id": os.urandom(16)}
                        fresh.pop(name)
                        new[table].append(fresh)
    for table, rows in new.items():
        _insert(session, _table(table), iter(rows))


def _as_new(row: dict[str, Any], again: int, number: int) -> dict[str, Any]:
    return {**row, "id": row["id"] + again * number, "code": f"C-{_code(again * 1_000 + row['id'])}"}


def _code(number: int) -> str:
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return letters


def _insert(session: Session, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            session.connection().execute(insert(table), batch)
            batch.clear()
    if batch:
        session.connection().execute(insert(table), batch)


def _count(session: Session) -> int:
    return int(session.connection().execute(select(func.max(_table(Case).c.id))).scalar_one())


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
