"""Words that mean nothing and stand nowhere else: where one is found, its fact has been."""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random

_PATTERN = re.compile("ฎฏ[ก-ฮ]{9}|zqx[a-z]{9}")
_THAI, _LATIN = "กขคงจฉชซดตถทนบปผพมยรลวสหอ", "abcdefghijklmnopqrstuvwxyz"


class Marks:
    """Gives each text of a seed a word of its own, and knows at which address it was first written."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.owner: dict[str, str] = {}

    def thai(self, owner: str) -> str:
        return self._new("ฎฏ" + "".join(self._random.choices(_THAI, k=9)), owner)

    def latin(self, owner: str) -> str:
        return self._new("zqx" + "".join(self._random.choices(_LATIN, k=9)), owner)

    def _new(self, mark: str, owner: str) -> str:
        self.owner[mark] = owner
        return mark


def found(stored: Iterable[object]) -> set[str]:
    """All that stand in these values, be they text, bytes, or made of such."""
    return set(_PATTERN.findall("\n".join(map(_text, stored))))


def _text(value: object) -> str:
    return value.decode(errors="ignore") if isinstance(value, bytes) else str(value)
