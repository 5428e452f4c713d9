"""How a node's keyring is opened: by what a person knows, or by a key that the machine keeps.

A machine's key is one line of text, so that it can be a systemd credential or, where the operator accepts
that a thief then has everything, a bare file beside the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from songtor_proto.errors import StoreError

KEY_FILE = "unlock.key"
KEY_BYTES = 32
_MARK = "songtor-key-1:"


@dataclass(frozen=True, slots=True)
class Unlock:
    """One of the three; the others are None."""

    passphrase: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)
    raw_key: bytes | None = field(default=None, repr=False)


def parse(text: str) -> Unlock:
    """From a passphrase file or credential; StoreError: passphrase (it is empty), key_file (a damaged
    key)."""
    line = text.strip()
    if not line:
        raise StoreError("passphrase")
    if not line.startswith(_MARK):
        return Unlock(passphrase=line)
    try:
        key = bytes.fromhex(line.removeprefix(_MARK))
    except ValueError:
        raise StoreError("key_file") from None
    if len(key) != KEY_BYTES:
        raise StoreError("key_file")
    return Unlock(raw_key=key)


def key_line(raw_key: bytes) -> str:
    """The text of a machine's key, as `parse` reads it."""
    return f"{_MARK}{raw_key.hex()}\n"


def key_file(data: Path) -> Unlock | None:
    """The bare key file beside the data, if there is one; StoreError("key_file") where it cannot be used."""
    path = data / KEY_FILE
    if not path.exists():
        return None
    try:
        unlock = parse(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise StoreError("key_file") from None
    if unlock.raw_key is None:
        raise StoreError("key_file")
    return unlock
