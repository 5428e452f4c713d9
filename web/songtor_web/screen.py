"""What others wrote, on somebody's screen: it is read, and drives nothing."""

from __future__ import annotations

import json
import unicodedata

_KEPT = "\n\t"
# Those that join or part letters stay; these turn the direction of what stands beside them.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def drives(letter: str) -> bool:
    """Whether it could move a terminal's cursor, set its title, or hide or turn what stands beside it."""
    return letter in _TURNS or (unicodedata.category(letter) in ("Cc", "Cs") and letter not in _KEPT)


def shown(text: str) -> str:
    """The text with a mark in place of each such letter."""
    return "".join("\N{REPLACEMENT CHARACTER}" if drives(letter) else letter for letter in text)


def as_json(value: object) -> str:
    """One JSON value; such letters are escaped, so that a screen may show it too."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return "".join(f"\\u{ord(letter):04x}" if drives(letter) else letter for letter in text)
