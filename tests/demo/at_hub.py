"""All that the hub can read, read by its own code with its own keys, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from google.protobuf.json_format import MessageToJson
from sqlalchemy import inspect, select, text
from sqlmodel import Session

from songtor_hub.addresses import HUB
from songtor_hub.bootstrap import Hub, Role, open_hub
from songtor_hub.desks.model import Act
from songtor_hub.desks.refer_to_node import CASE
from songtor_hub.seats import desk_keys
from songtor_hub.store import tables
from songtor_hub.store.engine import reading
from songtor_proto.address import Address
from songtor_proto.envelope.check import read_header
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import SealingKey
from songtor_proto.wire.envelope_pb2 import Envelope
from songtor_proto.wire.payload_pb2 import Payload

# SQLCipher 4: each page ends in its initialisation vector and a MAC; the first begins with the file's salt.
PAGE, SALT, VECTOR, RESERVED = 4096, 16, 16, 80
WAL_HEAD, FRAME_HEAD = 32, 24


class AtHub:
    """The hub in a folder, opened with the keys of its desks' console: nobody there has more."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        self._hub: Hub = open_hub(folder, lambda name: passphrase, Role.DESKS)
        self._folder = folder

    def close(self) -> set[bytes]:
        """Closes the store, then reads what lies on the disk: every page of the database and of its
        write-ahead log, decrypted one by one; also what was deleted, and what is not in use."""
        key = self._hub.keyring.get("database_key")
        self._hub.close()  # first: a file that is opened beside SQLite loses its locks when it is closed
        data = (self._folder / "hub.db").read_bytes()
        log = (self._folder / "hub.db-wal").read_bytes()
        frames = range(WAL_HEAD, len(log) - FRAME_HEAD - PAGE + 1, FRAME_HEAD + PAGE)
        pages = [data[at : at + PAGE] for at in range(0, len(data) - PAGE + 1, PAGE)]
        pages += [log[at + FRAME_HEAD : at + FRAME_HEAD + PAGE] for at in frames]
        salt = data[:SALT]
        return {_decrypt(page, key, SALT if page.startswith(salt) else 0) for page in pages}

    def opened(self) -> dict[str, bytes]:
        """What the desks can read: every envelope to a desk that is not destroyed, every note of a desk's
        own. Plain bytes by their text."""
        plain: dict[str, bytes] = {}
        for envelope in self._envelopes(to_desks=True):
            header = read_header(envelope)
            key = desk_keys.sealing_key(self._hub.keyring, header.recipient, header.sealing_key_version)
            payload = open_payload(envelope, header, key)
            plain[_text(payload)] = payload.SerializeToString()
        with reading(self._hub.engine) as connection, Session(connection) as session:
            for act in session.scalars(select(Act)):
                if act.sealed is not None:
                    key = desk_keys.sealing_key(self._hub.keyring, f"{HUB}/{act.desk}", act.key_version)
                    said = key.open(act.sealed, act.task)
                    # (Of a case of the centre's own the note is the file itself.)
                    plain[said.decode() if act.act == CASE else _text(Payload.FromString(said))] = said
        return plain

    def unopened(self) -> tuple[int, int, int]:
        """How many envelopes to nodes it holds, with how many keys each was tried, and how many opened."""
        keys = [
            SealingKey.from_bytes(self._hub.keyring.get(name))
            for name in self._hub.keyring.names
            if " sealing " in name
        ]
        tried = list(self._envelopes(to_desks=False))
        return len(tried), len(keys), sum(_opens(envelope, key) for envelope in tried for key in keys)

    def sizes(self) -> dict[str, int]:
        """Bytes of all envelopes that desks sent to nodes, by reference."""
        sizes: dict[str, int] = {}
        for envelope in self._envelopes(to_desks=False):
            header = read_header(envelope)
            if Address.parse(header.sender).is_desk:
                sizes[header.reference] = sizes.get(header.reference, 0) + envelope.ByteSize()
        return sizes

    def rows(self) -> bytes:
        """Every cell of every table."""
        cells: list[bytes] = []
        with reading(self._hub.engine) as connection:
            for name in inspect(connection).get_table_names():
                for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                    cells += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
        return b"\n".join(cells)

    def _envelopes(self, *, to_desks: bool) -> Iterator[Envelope]:
        table = tables.envelope
        with reading(self._hub.engine) as connection:
            rows = connection.execute(select(table).where(table.c.sealed.is_not(None))).all()
        for row in rows:
            if row.sealed and Address.parse(row.recipient).is_node is not to_desks:
                yield Envelope(header=row.header, sealed=row.sealed, signature=row.signature)


def _decrypt(page: bytes, key: bytes, start: int) -> bytes:
    vector = page[PAGE - RESERVED : PAGE - RESERVED + VECTOR]
    decryptor = Cipher(AES256(key), CBC(vector)).decryptor()
    return decryptor.update(page[start : PAGE - RESERVED]) + decryptor.finalize()


def _opens(envelope: Envelope, key: SealingKey) -> bool:
    try:
        open_payload(envelope, read_header(envelope), key)
    except EnvelopeError:
        return False
    return True


def _text(payload: Payload) -> str:
    return MessageToJson(payload, ensure_ascii=False)
