"""Where a keyring's passphrase comes from: a file, systemd's credentials, or a person at a terminal."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from pathlib import Path

from songtor_proto.errors import InputError, StoreError

SHORTEST = 12  # characters of a new one


def ask(keyring: str, *, file: Path | None, twice: bool = False) -> str:
    """The passphrase of that keyring. A person is asked only at a terminal, `twice` for a new one.

    Raises InputError("passphrase") where there is none or two typed ones differ, ("passphrase_short") where
    a new one is; StoreError("passphrase_file") where the file cannot be read.
    """
    file = file or _credential(keyring) or named_by_environment()
    passphrase = _read(file) if file else _typed(keyring, twice)
    if twice and len(passphrase) < SHORTEST:
        raise InputError("passphrase_short", field=keyring)
    return passphrase


def _typed(keyring: str, twice: bool) -> str:
    if not sys.stdin.isatty():
        raise InputError("passphrase", field=keyring)
    typed = getpass(f"รหัสผ่าน · Passphrase ({keyring}): ")
    if not typed or (twice and getpass(f"อีกครั้ง · Once more ({keyring}): ") != typed):
        raise InputError("passphrase", field=keyring)
    return typed


def _credential(keyring: str) -> Path | None:
    directory = os.environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(directory) / keyring
    return path if directory and path.is_file() else None


def named_by_environment() -> Path | None:
    """The file that opens whatever is asked for, where one is set."""
    name = os.environ.get("SONGTOR_PASSPHRASE_FILE", "")
    return Path(name) if name else None


def _read(file: Path) -> str:
    try:
        passphrase = file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError("passphrase_file", field=str(file)) from error
    if not passphrase:
        raise StoreError("passphrase_file", field=str(file))
    return passphrase
