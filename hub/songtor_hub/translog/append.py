"""Adding to the log, in the transaction of what is recorded. Rules T1 and T2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from songtor_hub.store.bulk import insert_many
from songtor_hub.store.tables import log_head, log_leaf, log_tile
from songtor_proto.times import Random
from songtor_proto.translog.entry import SALT_SIZE, encode, leaf
from songtor_proto.translog.tree import Frontier

_HEAD = select(log_head.c.size, log_head.c.frontier)
_VALUES: dict[str, BindParameter[Any]] = {"size": bindparam("at_size"), "frontier": bindparam("at_frontier")}
_BEGIN = insert(log_head).values(id=1, **_VALUES)
_GROW = update(log_head).values(_VALUES)
_LEAF_COLUMNS = ("index", "hash", "kind", "salt", "entry", "at_ms")
_TILE_COLUMNS = ("level", "index", "hash")


class Place(NamedTuple):
    """Where an entry lies, and the salt that proves it is there."""

    at: int
    salt: bytes


def append(connection: Connection, kind: str, facts: Mapping[str, str], now_ms: int, random: Random) -> Place:
    """Adds one event. `facts` hold no personal data: addresses, ids, roles, codes."""
    return append_many(connection, kind, [encode(kind, facts)], now_ms, random)[0]


def append_many(
    connection: Connection, kind: str, entries: Sequence[bytes], now_ms: int, random: Random
) -> list[Place]:
    """Adds encoded entries of one kind, in order, on a writer's connection: nobody else may grow the tree."""
    head = frontier(connection)
    salts = random(SALT_SIZE * len(entries))
    places = [Place(head.size + i, salts[i * SALT_SIZE : (i + 1) * SALT_SIZE]) for i in range(len(entries))]
    hashes = [leaf(entry, place.salt) for entry, place in zip(entries, places, strict=True)]
    grown, tiles = head.grow(hashes)
    rows = [
        (place.at, hash_, kind, place.salt, entry, now_ms)
        for entry, hash_, place in zip(entries, hashes, places, strict=True)
    ]
    insert_many(connection, log_leaf, _LEAF_COLUMNS, rows)
    insert_many(connection, log_tile, _TILE_COLUMNS, [(tile.level, tile.index, tile.hash) for tile in tiles])
    values = {"at_size": grown.size, "at_frontier": grown.to_bytes()}
    connection.execute(_GROW if head.size else _BEGIN, values)
    return places


def frontier(connection: Connection) -> Frontier:
    row = connection.execute(_HEAD).one_or_none()
    return Frontier.from_bytes(row.size, row.frontier) if row else Frontier()
