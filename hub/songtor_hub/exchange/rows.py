"""The rows that one group reads and writes, in as few statements as there are tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from songtor_hub.exchange.tasks import Task
from songtor_hub.store.bulk import insert_many
from songtor_hub.store.tables import envelope, task

ENVELOPE_COLUMNS = (
    "id", "sender", "recipient", "mailbox", "kind", "task", "digest",
    "header", "sealed", "signature", "receipt", "taken_in_ms", "expires_ms",
)  # fmt: skip

_TASK_COLUMNS = tuple(field.name for field in fields(Task))
_MOVES = ("state", "held_from", "confirmed", "first_response_ms", "updated_ms", "withdrawn_ms")

_ids: BindParameter[list[bytes]] = bindparam("ids", expanding=True)
_TASKS = select(*(task.c[name] for name in _TASK_COLUMNS))
_BY_ID = _TASKS.where(task.c.id.in_(_ids))
_BY_THREAD = _TASKS.where(task.c.thread.in_(_ids)).order_by(task.c.version)
_MOVE = (
    update(task)
    .where(task.c.id == bindparam("key"))
    .values({name: bindparam(f"to_{name}") for name in _MOVES})
)
_STORED = select(
    envelope.c.id, envelope.c.sender, envelope.c.digest, envelope.c.receipt, envelope.c.task
).where(envelope.c.id.in_(_ids))
_moved = attrgetter(*_MOVES)
_row = attrgetter(*_TASK_COLUMNS)


def stored(connection: Connection, ids: Iterable[bytes]) -> dict[bytes, Any]:
    """What was taken in before under these envelope ids: rows of id, sender, digest, receipt, task."""
    return {row.id: row for row in connection.execute(_STORED, {"ids": list(ids)})}


class Tasks:
    """The tasks that a group speaks of: read together, changed in memory, written together."""

    def __init__(self, connection: Connection, ids: set[bytes], threads: set[bytes]) -> None:
        self._by_id: dict[bytes, Task] = {}
        self._newest: dict[bytes, Task] = {}
        self._added: list[Task] = []
        self._changed: dict[bytes, Task] = {}
        for wanted, statement in ((threads, _BY_THREAD), (ids, _BY_ID)):
            if wanted:
                for row in connection.execute(statement, {"ids": list(wanted)}):
                    self._by_id.setdefault(row.id, Task(*row))
        for found in self._by_id.values():
            if found.thread in threads:
                self._newest[found.thread] = max(
                    found, self._newest.get(found.thread, found), key=attrgetter("version")
                )

    def get(self, task_id: bytes) -> Task | None:
        return self._by_id.get(task_id)

    def newest(self, thread: bytes) -> Task | None:
        return self._newest.get(thread)

    def add(self, new: Task) -> None:
        self._by_id[new.id] = self._newest[new.thread] = new
        self._added.append(new)

    def changed(self, task: Task) -> None:
        self._changed[task.id] = task

    def save(self, connection: Connection) -> None:
        insert_many(connection, task, _TASK_COLUMNS, [_row(new) for new in self._added])
        added = {new.id for new in self._added}
        moves = [
            {"key": key, **{f"to_{name}": value for name, value in zip(_MOVES, _moved(moved), strict=True)}}
            for key, moved in self._changed.items()
            if key not in added
        ]
        if moves:
            connection.execute(_MOVE, moves)


def insert_envelopes(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of ENVELOPE_COLUMNS, in the order in which they are to be handed out."""
    insert_many(connection, envelope, ENVELOPE_COLUMNS, rows)
