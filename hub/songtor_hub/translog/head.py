"""The log's signed head and what the nodes said of it. Rules T4 and T5."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from songtor_hub.store.tables import log_cosignature
from songtor_hub.translog.append import frontier
from songtor_hub.translog.read import stored_subtrees
from songtor_proto.errors import PeerError
from songtor_proto.identity.keys import SigningKey
from songtor_proto.translog.checkpoint import Checkpoint, sign, verify_cosignature
from songtor_proto.translog.proof import root_of
from songtor_proto.translog.tree import Frontier


class Head:
    """Signs the log's head when somebody asks for it, once for each size."""

    def __init__(self, network: str, key: SigningKey) -> None:
        self.origin = f"{network}/log"
        self._key = key
        self._signed = (-1, "")

    def note(self, tree: Frontier) -> str:
        """The checkpoint, a C2SP signed note."""
        size, note = self._signed
        if size != tree.size:
            note = sign(Checkpoint(self.origin, tree.size, tree.root()), self._key)
            self._signed = tree.size, note
        return note


def keep_cosignature(
    connection: Connection, origin: str, seat: str, size: int, line: str, public: bytes
) -> None:
    """Stores a seat's cosignature of the head of that size, in place of its last one of a smaller head.

    Raises PeerError("cosignature") where the seat's key did not make it over this log's head.
    """
    if not 0 < size <= frontier(connection).size:
        raise PeerError("cosignature", field="known_size")
    checkpoint = Checkpoint(origin, size, root_of(size, stored_subtrees(connection)))
    verify_cosignature(line, checkpoint, seat, public)
    held = connection.scalar(select(log_cosignature.c.size).where(log_cosignature.c.seat == seat))
    if held is None or held < size:
        connection.execute(delete(log_cosignature).where(log_cosignature.c.seat == seat))
        connection.execute(insert(log_cosignature).values(seat=seat, size=size, line=line))
