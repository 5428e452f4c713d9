"""How a node's keyring is opened: a passphrase or recovery code that a person knows, or a key that the machine keeps.

A machine's key is one line of text, so that it can be a systemd credential or, where the operator accepts that a thief
then has everything, a bare file beside the data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from songtor_proto.errors import StoreError

KEY_FILE = "unlock.key"
_MARK = "songtor-key-1:"


@dataclass(frozen=True, slots=True)
class Unlock:
    """One of the three; the others are empty. `key` is 32 bytes."""

    passphrase: str = field(default="", repr=False)
    recovery: str = field(default="", repr=False)
    key: bytes = field(default=b"", repr=False)

    @classmethod
    def read(cls, text: str) -> Unlock:
        """From the text of a passphrase file or credential; StoreError("passphrase") where it holds nothing."""
        line = text.strip()
        if not line.startswith(_MARK):
            if not line:
                raise StoreError("passphrase")
            return cls(passphrase=line)
        try:
            key = bytes.fromhex(line.removeprefix(_MARK))
        except ValueError:
            raise StoreError("key_file") from None
        if len(key) != 32:
            raise StoreError("key_file")
        return cls(key=key)

    def line(self) -> str:
        """The text of a machine's key."""
        return f"{_MARK}{self.key.hex()}\n"


def key_file(data: Path) -> Unlock | None:
    """The bare key file beside the data, if there is one; StoreError("key_file") where it cannot be used."""
    path = data / KEY_FILE
    if not path.exists():
        return None
    try:
        unlock = Unlock.read(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise StoreError("key_file") from None
    if not unlock.key:
        raise StoreError("key_file")
    return unlock
