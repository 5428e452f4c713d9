"""Bytes that nobody can make twice alike (what HPKE sealed, what ECDSA signed): made once, then kept."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.vectors.vector import FOLDER

FILE = FOLDER / "kept.json"


class Kept:
    """What kept.json holds, by name. With `seal`, what is missing or no longer fits is made anew."""

    def __init__(self, seal: bool = False) -> None:
        text = FILE.read_text(encoding="utf-8") if FILE.exists() else "{}"
        self._held: dict[str, str] = json.loads(text)
        self._used: dict[str, str] = {}
        self._seal = seal

    def get(self, name: str, make: Callable[[], bytes], fits: Callable[[bytes], bool]) -> bytes:
        """The bytes of that name. LookupError where there are none that fit and none may be made."""
        held = bytes.fromhex(self._used.get(name) or self._held.get(name, ""))
        if not held or not fits(held):
            if not self._seal:
                raise LookupError(f"{name}: not there or does not fit; run with --seal")
            held = make()
            assert fits(held), name
        self._used[name] = held.hex()
        return held

    def to_text(self) -> str:
        """kept.json with what was asked for."""
        return json.dumps(self._used, indent=0, sort_keys=True) + "\n"
