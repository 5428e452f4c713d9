"""What reaches a task and all its parts, in the transaction that takes it in. Rules C11, W1, W2, W4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, column, insert, select, table, update

from songtor_hub.exchange.door import is_desk
from songtor_hub.store.tables import envelope, recall, task
from songtor_proto.lifecycle import OPEN
from songtor_proto.wire.envelope_pb2 import (
    KIND_OPENING,
    KIND_RECALL_RECEIPT,
    KIND_WITHDRAWAL,
    RECALL_RESULT_DESTROYED,
    RECALL_RESULT_KEPT_BY_LEGAL_DUTY,
    RECALL_RESULT_NOT_REACHED,
    STATE_CANCELLED,
    Header,
)

# These tell of the withdrawal and of who opened what, and hold nothing of the client's.
_KEPT_KINDS = (KIND_WITHDRAWAL, KIND_RECALL_RECEIPT, KIND_OPENING)
# (A table of the desks' room, whose mapping the exchange need not load.)
_DESK_ACT = table("desk_act", column("task"), column("sealed"))
_ROW = select(task.c.id, task.c.referrer, task.c.recipient, task.c.legal_hold)
# What a holder says of several copies is no better than the worst of them.
_BADNESS = {
    RECALL_RESULT_DESTROYED: 0,
    RECALL_RESULT_KEPT_BY_LEGAL_DUTY: 1,
    RECALL_RESULT_NOT_REACHED: 2,
}


def tree(connection: Connection, task_id: bytes) -> list[Any]:
    """The task and all its parts, however deep: rows of id, referrer, recipient, legal_hold."""
    found: dict[bytes, Any] = {}
    rows: Sequence[Any] = connection.execute(_ROW.where(task.c.id == task_id)).all()
    while rows:
        found |= {row.id: row for row in rows}
        parts = connection.execute(_ROW.where(task.c.part_of.in_([row.id for row in rows]))).all()
        rows = [part for part in parts if part.id not in found]
    return list(found.values())


def withdraw(connection: Connection, task_id: bytes, withdrawal: bytes, now_ms: int) -> None:
    """Closes the task and its parts, destroys the hub's copies, and notes each copy whose fate is to be told.

    `withdrawal` is the id of the envelope that asked for it. A copy under legal hold stays; that is told.
    """
    rows = tree(connection, task_id)
    ids = [row.id for row in rows]
    connection.execute(
        update(task)
        .where(task.c.id.in_(ids), task.c.state.in_(OPEN))
        .values(state=STATE_CANCELLED, held_from=None, updated_ms=now_ms)
    )
    connection.execute(
        update(task).where(task.c.id.in_(ids), task.c.withdrawn_ms.is_(None)).values(withdrawn_ms=now_ms)
    )
    destroy(connection, [row.id for row in rows if row.legal_hold is None], now_ms)
    # Between two nodes the recipient itself answers the referrer (W3).
    copies = [row for row in rows if is_desk(row.recipient) or is_desk(row.referrer)]
    if copies:
        connection.execute(insert(recall), [_copy(row, withdrawal) for row in copies])


def destroy(connection: Connection, tasks: Sequence[bytes], now_ms: int) -> None:
    """Deletes the sealed content of these tasks, and what desks noted of it; header, digest, signature and
    receipt stay (W5)."""
    connection.execute(
        update(envelope)
        .where(
            envelope.c.task.in_(tasks), envelope.c.sealed.is_not(None), envelope.c.kind.not_in(_KEPT_KINDS)
        )
        .values(sealed=None, destroyed_ms=now_ms)
    )
    connection.execute(update(_DESK_ACT).where(_DESK_ACT.c.task.in_(tasks)).values(sealed=None))


def confirm_parts(connection: Connection, task_id: bytes) -> None:
    """A second person stood behind the whole disclosure, the parts with it (C11)."""
    ids = [row.id for row in tree(connection, task_id)]
    connection.execute(update(task).where(task.c.id.in_(ids)).values(confirmed=True))


def note_recalls(connection: Connection, header: Header) -> None:
    """A node says what became of the copies that the hub asked it to destroy (W4)."""
    if not header.recalls:
        return
    worst = max(header.recalls, key=lambda said: _BADNESS.get(said.result, len(_BADNESS)))
    connection.execute(
        update(recall)
        .where(recall.c.task == header.task, recall.c.holder == header.sender)
        .values(result=worst.result, reason=worst.reason, told=False)
    )


def _copy(row: Any, withdrawal: bytes) -> dict[str, Any]:
    """A node's copy is asked for and awaited; a desk's is the hub's own, and settled by now."""
    here = is_desk(row.recipient)
    kept = here and row.legal_hold is not None
    settled = RECALL_RESULT_KEPT_BY_LEGAL_DUTY if kept else RECALL_RESULT_DESTROYED
    return {
        "withdrawal": withdrawal,
        "envelope_id": row.id,
        "task": row.id,
        "holder": row.recipient,
        "result": settled if here else RECALL_RESULT_NOT_REACHED,
        "reason": row.legal_hold if kept else "",
        "asked": here,
        "told": False,
    }
