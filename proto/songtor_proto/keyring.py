"""A small encrypted file of named secrets that opens in up to three ways, and is never half-written.

One random master key encrypts the secrets (AES-256-GCM); each slot holds it wrapped under what opens that
slot: a passphrase (Argon2id), a printed recovery code, or a raw key that a TPM or the service manager keeps
(HKDF-SHA256 both). The slots are authenticated with the secrets. A checksum tells a damaged file from a
wrong passphrase. Several processes may hold one file: each saves what it changed, and nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from songtor_proto import recovery
from songtor_proto.errors import StoreError
from songtor_proto.keyslot import KEY_SIZE, NONCE_SIZE, STRONG, Cost, Slot, from_text, make_slot, to_text
from songtor_proto.times import Random

MAX_FILE = 1 << 20
LOCK_SECONDS = 10
_MAGIC = b"songtor-keyring 1\n"
_CHECKSUM = 65  # SHA-256 in hex, and a line's end


class Keyring:
    """The secrets in memory, and the file they came from. Made by `create` and `open` alone."""

    def __init__(
        self,
        path: Path,
        master: bytes,
        slots: Iterable[Slot],
        secrets: Mapping[str, bytes],
        cost: Cost,
        random: Random,
    ) -> None:
        self._path, self._master = path, master
        self._slots = {slot.kind: slot for slot in slots}
        self._secrets = dict(secrets)
        self._cost, self._random = cost, random
        self._before = dict(secrets)
        self._changed: dict[str, bytes | None] = {}
        self._new_slots: set[str] = set()

    @classmethod
    def create(
        cls,
        path: Path,
        secrets: Mapping[str, bytes],
        *,
        passphrase: str | None = None,
        raw_key: bytes | None = None,
        cost: Cost = STRONG,
        random: Random = os.urandom,
    ) -> Keyring:
        """A new file that passphrase and raw key each open; StoreError("exists") where there is one."""
        if path.exists():
            raise StoreError("exists", field=path.name)
        ring = cls(path, random(KEY_SIZE), (), secrets, cost, random)
        if passphrase is not None:
            ring.set_passphrase(passphrase)
        if raw_key is not None:
            ring.set_raw_key(raw_key)
        ring.save()
        return ring

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        passphrase: str | None = None,
        recovery_code: str | None = None,
        raw_key: bytes | None = None,
        cost: Cost = STRONG,
        random: Random = os.urandom,
    ) -> Keyring:
        """Opens with the first of the three that is given; `cost` is for a passphrase set later.

        Raises StoreError `keyring` (missing or damaged) or `passphrase` (what was given opens no slot), and
        InputError("recovery_code") for a slip in typing.
        """
        body, slots = _read(path)
        if passphrase is not None:
            master = _unwrap(slots, "passphrase", _encode(passphrase))
        elif recovery_code is not None:
            master = _unwrap(slots, "recovery", recovery.parse(recovery_code))
        else:
            master = _unwrap(slots, "raw_key", raw_key or b"")
        return cls(path, master, slots, _unseal(body, master), cost, random)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._secrets)

    @property
    def slots(self) -> frozenset[str]:
        """Which of `passphrase`, `recovery` and `raw_key` open this file."""
        return frozenset(self._slots)

    def get(self, name: str) -> bytes:
        """Raises StoreError("no_key") where there is no secret of that name."""
        if name not in self._secrets:
            raise StoreError("no_key", field=name)
        return self._secrets[name]

    def put(self, name: str, value: bytes) -> None:
        """In memory; `save` writes it."""
        self._secrets[name] = self._changed[name] = value

    def remove(self, name: str) -> None:
        """In memory; `save` writes it. Nothing happens where there is no such name."""
        if self._secrets.pop(name, None) is not None:
            self._changed[name] = None

    def set_passphrase(self, passphrase: str) -> None:
        """In place of the one before; `save` writes it."""
        self._set("passphrase", _encode(passphrase), self._cost)

    def set_raw_key(self, key: bytes) -> None:
        """32 random bytes that somebody else keeps, in place of the key before; `save` writes it."""
        self._set("raw_key", key, None)

    def set_recovery(self) -> str:
        """A new recovery code, to be printed and not kept, in place of the one before; `save` writes it."""
        code, key = recovery.new(self._random)
        self._set("recovery", key, None)
        return code

    def save(self) -> None:
        """The new file or the old, never between, readable by its owner alone.

        What another process has saved since stays. StoreError: "write"; "busy" where both changed the same.
        """
        try:
            with _locked(self._path.parent):
                if self._path.exists():
                    self._take_over(*_read(self._path))
                self._write()
        except OSError as error:
            raise StoreError("write", field=self._path.name) from error
        self._before, self._changed, self._new_slots = dict(self._secrets), {}, set()

    def _take_over(self, body: dict[str, Any], slots: Iterable[Slot]) -> None:
        """What lies in the file now, under what was changed here."""
        there = _unseal(body, self._master)
        for name, value in self._changed.items():
            if there.get(name) not in (self._before.get(name), value):
                raise StoreError("busy", field=self._path.name)
        merged = there | self._changed
        self._secrets = {name: value for name, value in merged.items() if value is not None}
        self._slots = {slot.kind: slot for slot in slots} | {
            kind: self._slots[kind] for kind in self._new_slots
        }

    def _write(self) -> None:
        slots = [slot.to_json() for slot in self._slots.values()]
        plain = json.dumps({name: to_text(value) for name, value in self._secrets.items()}).encode()
        nonce = self._random(NONCE_SIZE)
        sealed = AESGCM(self._master).encrypt(nonce, plain, _canonical(slots))
        body = _canonical({"slots": slots, "nonce": to_text(nonce), "secrets": to_text(sealed)})
        _replace(self._path, _MAGIC + _checksum(body) + body)

    def _set(self, kind: str, secret: bytes, cost: Cost | None) -> None:
        self._slots[kind] = make_slot(kind, self._master, secret, cost, self._random)
        self._new_slots.add(kind)


_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


def _read(path: Path) -> tuple[dict[str, Any], list[Slot]]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise StoreError("keyring") from error
    start = len(_MAGIC) + _CHECKSUM
    body = data[start:]
    if len(data) > MAX_FILE or data[:start] != _MAGIC + _checksum(body):
        raise StoreError("keyring")
    try:
        parsed = json.loads(body)
        return parsed, [Slot.from_json(written) for written in parsed["slots"]]
    except _MALFORMED as error:
        raise StoreError("keyring") from error


def _unseal(body: dict[str, Any], master: bytes) -> dict[str, bytes]:
    try:
        sealed, nonce = from_text(body["secrets"]), from_text(body["nonce"])
        plain = AESGCM(master).decrypt(nonce, sealed, _canonical(body["slots"]))
    except (InvalidTag, *_MALFORMED) as error:
        raise StoreError("keyring") from error
    return {name: from_text(value) for name, value in json.loads(plain).items()}


def _unwrap(slots: Iterable[Slot], kind: str, secret: bytes) -> bytes:
    slot = next((slot for slot in slots if slot.kind == kind), None)
    if slot is None:
        raise StoreError("passphrase")
    return slot.open(secret)


def _encode(passphrase: str) -> bytes:
    """One way to write what looks the same: keyboards differ in how they compose Thai and accents."""
    return unicodedata.normalize("NFKC", passphrase).encode()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; StoreError("busy") where another does not let go."""
    held = os.open(folder, os.O_RDONLY)
    until = monotonic() + LOCK_SECONDS
    try:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > until:
                    raise StoreError("busy") from None
                sleep(0.02)
        yield
    finally:
        os.close(held)


def _replace(path: Path, data: bytes) -> None:
    """Writes beside the file, then takes its name; what is on disk is whole at every moment."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
