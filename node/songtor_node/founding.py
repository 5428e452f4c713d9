"""Making a node, and opening it again after its passphrase is lost: what the command line and the first start
on a page have in common."""

from __future__ import annotations

import os
from pathlib import Path

from songtor_node.bootstrap import KEYRING, Node, check_here, create_node, make_folder
from songtor_node.unlock import KEY_BYTES, Unlock, key_line
from songtor_proto.errors import InputError, StoreError
from songtor_proto.keyring import Keyring
from songtor_proto.keyslot import STRONG, Cost
from songtor_proto.times import Clock, Random, utc_now

SHORTEST = 12  # characters of a passphrase
ACKNOWLEDGEMENT = ("ผู้ขโมยจะได้ทุกอย่าง", "a thief then has everything")


def check_passphrase(typed: str, again: str) -> None:
    """InputError: passphrase (the two differ, or nothing was typed), passphrase_short."""
    if not typed or typed != again:
        raise InputError("passphrase", field="passphrase")
    if len(typed) < SHORTEST:
        raise InputError("passphrase_short", field="passphrase")


def check_acknowledged(typed: str, words: str) -> None:
    """A bare key file is made only for who has typed what it means; InputError("acknowledgement")."""
    if " ".join(typed.split()) != words:
        raise InputError("acknowledgement", field="acknowledgement")


def found(
    data: Path,
    *,
    passphrase: str = "",
    key_path: Path | None = None,
    clock: Clock = utc_now,
    random: Random = os.urandom,
    cost: Cost = STRONG,
) -> tuple[Node, str]:
    """A new node and its recovery code, to be printed and not kept. It is unlocked by the passphrase, or by a
    machine's key that is written to `key_path`. StoreError: exists, write."""
    unlock = Unlock(passphrase=passphrase) if key_path is None else Unlock(raw_key=random(KEY_BYTES))
    make_folder(data)
    if key_path is not None and unlock.raw_key:  # before what it opens: nothing is made that nobody can open
        _write_key(key_path, key_line(unlock.raw_key))
    node = create_node(data, unlock, clock=clock, random=random, cost=cost)
    try:
        recovery = node.keyring.set_recovery()
        node.keyring.save()
    except StoreError:
        node.close()
        raise
    return node, recovery


def recover(data: Path, code: str, passphrase: str, *, cost: Cost = STRONG) -> None:
    """Sets a new passphrase with the printed code. StoreError: missing, keyring, passphrase;
    InputError("recovery_code")."""
    check_here(data)
    keyring = Keyring.open(data / KEYRING, recovery_code=code, cost=cost)
    keyring.set_passphrase(passphrase)
    keyring.save()


def _write_key(path: Path, line: str) -> None:
    """For its owner alone, and never over a file that is there."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(line)
    except OSError:
        raise StoreError("write", field="key-out") from None
