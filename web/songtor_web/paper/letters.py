"""Text as paper can show it, and as it is found again by who searches in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from songtor_web.screen import shown

BOX = "\N{WHITE SQUARE}"
"""What printers put in place of a letter that they do not have."""
_RING = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")  # นํ้า for น้ำ
_RING_BEHIND = re.compile("([\u0e48-\u0e4b])\u0e4d\u0e32")
_TONE_FIRST = re.compile("([\u0e48-\u0e4b])([\u0e31\u0e34-\u0e39\u0e47])")
_MARK = "[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
_PILE = re.compile(f"({_MARK}{{4}})(?={_MARK})")
_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")


def written(text: str, missing: set[str]) -> str:
    """Thai marks in the order of the standard (TIS 620), so that there is one spelling to search for, and no
    more than four of them on a letter. A letter that no font here has is marked, and noted in `missing`."""
    text = unicodedata.normalize("NFC", shown(text))
    text = _RING.sub("\\1\u0e33", text)
    text = _RING_BEHIND.sub("\\1\u0e33", text)
    text = _TONE_FIRST.sub("\\2\\1", text)
    text = _PILE.sub("\\1\N{DOTTED CIRCLE}", text)
    strange = {letter for letter in set(text) if not _has(letter)}
    missing |= strange
    return "".join(BOX if letter in strange else letter for letter in text) if strange else text


def _has(letter: str) -> bool:
    return ord(letter) in _letters() or unicodedata.category(letter) in _UNSEEN


@cache
def _letters() -> frozenset[int]:
    known: set[int] = set()
    for span in (files("songtor_web") / "paper/fonts/letters.txt").read_text("ascii").split():
        first, _, last = span.partition(":")
        known.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(known)
