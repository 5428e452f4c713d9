"""Reading the stored tree for proofs. Rules T3 and T5."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, Connection, bindparam, select

from songtor_hub.store.tables import log_leaf, log_tile
from songtor_proto.translog.tree import Subtree, subtrees

_first: BindParameter[int] = bindparam("first")
_end: BindParameter[int] = bindparam("end")
_LEAVES = (
    select(log_leaf.c.hash)
    .where(log_leaf.c.index >= _first, log_leaf.c.index < _end)
    .order_by(log_leaf.c.index)
)
_TILES = (
    select(log_tile.c.hash)
    .where(log_tile.c.level == bindparam("level"), log_tile.c.index >= _first, log_tile.c.index < _end)
    .order_by(log_tile.c.index)
)


def stored_subtrees(connection: Connection) -> Subtree:
    """A reader of subtrees, for one proof."""

    def read(level: int, first: int, count: int) -> Sequence[bytes]:
        values = {"first": first, "end": first + count}
        found = (
            connection.scalars(_TILES, values | {"level": level})
            if level
            else connection.scalars(_LEAVES, values)
        )
        return found.all()

    return subtrees(read)
