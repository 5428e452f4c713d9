"""The log's signed head, in C2SP's forms: signed-note, tlog-checkpoint, tlog-cosignature. Rules T4 and T5.

The hub signs a checkpoint (Ed25519, signature type 0x01); a node that found it consistent with what it knew
cosigns it (cosignature/v1, type 0x04), which says when. Signatures of unknown keys are ignored, as the
specification wants.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from songtor_proto.errors import EnvelopeError, InputError, PeerError
from songtor_proto.identity.keys import SigningKey, verify_raw
from songtor_proto.times import from_ms, to_ms
from songtor_proto.translog.tree import HASH_SIZE

MAX_NOTE = 65_536
MAX_SIZE = 2**63 - 1  # leaves; what a store holds

_NAME = re.compile(r"[^\s+\x00-\x20\x7f]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")
_LOG, _COSIGNER = b"\x01", b"\x04"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: `origin` names the log, `root` is the root of its first `size` leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The checkpoint as a signed note; the key's name is the origin."""
    text = checkpoint.text()
    return f"{text}\n{_line(checkpoint.origin, _LOG, key.public, key.sign_raw(text.encode()))}\n"


def verify(note: str, origin: str, public: bytes) -> Checkpoint:
    """The checkpoint in a signed note; PeerError("checkpoint") where it is ill-formed, of another log, or not
    signed by the log's key."""
    text, _, signatures = note[: MAX_NOTE + 1].rpartition("\n\n")
    *lines, end = signatures.split("\n")
    if len(note) > MAX_NOTE or end:
        raise PeerError("checkpoint")
    checkpoint = _parse(text + "\n")
    found = [_signature(line, origin, _LOG, public) for line in lines]
    ours = [signature for signature in found if signature is not None]
    if checkpoint.origin != origin or not ours:
        raise PeerError("checkpoint")
    for signature in ours:
        try:
            verify_raw(public, text.encode() + b"\n", signature)
        except EnvelopeError as error:
            raise PeerError("checkpoint") from error
    return checkpoint


def cosign(checkpoint: Checkpoint, name: str, key: SigningKey, at: datetime) -> str:
    """The signature line of the cosigner of that name, without its newline; `at` counts in whole seconds."""
    seconds = to_ms(at) // 1000
    signature = key.sign_raw(_cosigned(checkpoint, seconds).encode())
    return _line(name, _COSIGNER, key.public, seconds.to_bytes(8, "big") + signature)


def verify_cosignature(line: str, checkpoint: Checkpoint, name: str, public: bytes) -> datetime:
    """When that cosigner found the checkpoint consistent; PeerError("cosignature") if it did not say so."""
    try:
        value = _signature(line, name, _COSIGNER, public) or b""
        seconds = int.from_bytes(value[:8], "big")
        verify_raw(public, _cosigned(checkpoint, seconds).encode(), value[8:])
        return from_ms(seconds * 1000)
    except (EnvelopeError, PeerError, InputError) as error:
        raise PeerError("cosignature") from error


def _cosigned(checkpoint: Checkpoint, seconds: int) -> str:
    return f"cosignature/v1\ntime {seconds}\n{checkpoint.text()}"


def _parse(text: str) -> Checkpoint:
    """The specification allows extension lines and advises against them; a checkpoint with one is refused."""
    origin, size, root, *rest = [*text.split("\n"), "", ""]
    if rest != ["", "", ""] or not _NAME.fullmatch(origin) or not _SIZE.fullmatch(size):
        raise PeerError("checkpoint")
    checkpoint = Checkpoint(origin, int(size), _decode(root))
    if len(checkpoint.root) != HASH_SIZE or checkpoint.size > MAX_SIZE:
        raise PeerError("checkpoint")
    return checkpoint


def _line(name: str, kind: bytes, public: bytes, signature: bytes) -> str:
    return f"— {name} {b64encode(_key_id(name, kind, public) + signature).decode()}"


def _signature(line: str, name: str, kind: bytes, public: bytes) -> bytes | None:
    """What the key of that name and kind put into this line; None where the line is of another key."""
    match = _LINE.fullmatch(line)
    if not match:
        raise PeerError("checkpoint")
    value = _decode(match[2])
    known = match[1] == name and value[:4] == _key_id(name, kind, public)
    return value[4:] if known else None


def _key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def _decode(text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except ValueError as error:
        raise PeerError("checkpoint") from error
    if b64encode(value).decode() != text:
        raise PeerError("checkpoint")
    return value
