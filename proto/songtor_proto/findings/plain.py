"""Text as it sounds to a reader, with the way back to where each character stood.

Whatever hides a value from a search but not from an eye is undone: zero-width characters, full-width and Thai
digits, capitals, accents, the order and repetition of Thai marks, two เ for แ.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0"}
# Accents of alphabets that are read without them; the marks of Thai are letters and stay.
_ACCENTS = (
    (0x0300, 0x0370),
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x20D0, 0x2100),
    (0xFE00, 0xFE10),
    (0xFE20, 0xFE30),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """`text[i]` came from the original's `start[i]:end[i]`."""

    text: str
    start: tuple[int, ...]
    end: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Letters, marks and digits alone; `text[i]` is the plain text's character `at[i]`."""

    text: str
    at: tuple[int, ...]


def plain(original: str) -> Plain:
    """Compatibility-decomposed, case-folded, ASCII digits, nothing invisible. Work is linear in the text."""
    text, start, end = [], [], []
    for index, char in enumerate(original):
        for folded in _fold(char):
            text.append(folded)
            start.append(index)
            end.append(index + 1)
    return Plain("".join(text), tuple(start), tuple(end))


def skeleton(of: str) -> Skeleton:
    """What is left of a plain text without separators; runs of marks sorted and each once."""
    text: list[str] = []
    at: list[int] = []
    run = 0
    for index, char in enumerate(of):
        mark = is_mark(char)
        if not (mark or char.isalnum()):
            continue
        if char == "เ" and text[-1:] == ["เ"]:
            text[-1] = "แ"
            continue
        if mark and char in text[len(text) - run :]:
            continue
        text.append(char)
        at.append(index)
        run = run + 1 if mark else 0
        if run > 1:
            text[-run:] = sorted(text[-run:])
    return Skeleton("".join(text), tuple(at))


def is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def is_spaced(char: str) -> bool:
    """Whether it belongs to a word of a script that parts words by spaces; Thai, for one, does not."""
    return char.isalnum() and ord(char) < 0x0E00


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_digit(part) for part in folded if not _unread(part))


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _unread(char: str) -> bool:
    if char in _INVISIBLE or unicodedata.category(char) == "Cf":
        return True
    return any(low <= ord(char) < high for low, high in _ACCENTS)
