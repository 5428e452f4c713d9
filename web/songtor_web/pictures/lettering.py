"""How wide words are in Sarabun, and where a line of Thai or English may break.

Widths are the font's own advances (widths.yaml, in thousandths of the size; made by tools/letter_widths from
the fonts that the pages use). A letter the font has not is taken as a square, so that nothing overlaps.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import budoux
import yaml

_UNKNOWN = 1000
_GAP = "[^\\S\u00a0\u2007\u202f]|\u200b"
_WORD = re.compile(f"((?:(?!{_GAP}).)+)((?:{_GAP})*)")


def width(words: str, size: float = 14, *, bold: bool = False) -> float:
    """In pixels, on one line."""
    advance = _advances()["bold" if bold else "regular"].__getitem__
    return sum(map(advance, words)) * size / 1000


def lines(words: str, room: float, size: float = 14, *, bold: bool = False, most: int = 0) -> list[str]:
    """The words in lines no wider than `room` pixels; with `most`, the last of so many ends with …. What
    cannot be broken between words is broken between letters, never before a mark."""
    found: list[str] = []
    line = ""
    for piece in _pieces(words):
        if width((line + piece).rstrip(), size, bold=bold) <= room:
            line += piece
            continue
        if line.strip():
            found.append(line.rstrip())
        line = ""
        for cluster in _clusters(piece):
            if line and width((line + cluster).rstrip(), size, bold=bold) > room:
                found.append(line)
                line = ""
            line += cluster
    if line.strip() or not found:
        found.append(line.rstrip())
    if most and len(found) > most:
        found = [*found[: most - 1], _cut(found[most - 1] + "…", room, size, bold)]
    return found


def _cut(words: str, room: float, size: float, bold: bool) -> str:
    """It ends with …; letters go until it fits."""
    clusters = _clusters(words[:-1])
    while clusters and width("".join(clusters).rstrip() + "…", size, bold=bold) > room:
        clusters.pop()
    return "".join(clusters).rstrip() + "…"


@lru_cache(maxsize=2048)
def _pieces(words: str) -> tuple[str, ...]:
    """Between which a line may break; the space after a word belongs to it."""
    found: list[str] = []
    for word, gap in _WORD.findall(words):
        thai = any("\u0e00" <= letter <= "\u0e7f" for letter in word)
        for part in _thai().parse(word) if thai else [word]:
            if found and _one_cluster(found[-1][-1], part[0]):
                found[-1] += part
            else:
                found.append(part)
        found[-1] += " " if gap.strip("\u200b") else ""
    return tuple(found)


def _clusters(words: str) -> list[str]:
    """Letters, each with the marks that stand on it and the vowel that stands before it."""
    found: list[str] = []
    for letter in words:
        if found and _one_cluster(found[-1][-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _one_cluster(letter: str, following: str) -> bool:
    """Whether no line breaks between the two."""
    joins = unicodedata.category(following) in ("Mn", "Mc", "Me") or following in "ะาำๅๆฯ\u200d"
    return joins or letter in "เแโใไ\u200d"


class _Advances(dict[str, int]):
    """Of each letter that the font has, in thousandths of the size; of any other what is taken for it."""

    def __missing__(self, letter: str) -> int:
        return 0 if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc") else _UNKNOWN


@cache
def _thai() -> budoux.Parser:
    return budoux.load_default_thai_parser()


@cache
def _advances() -> dict[str, _Advances]:
    text = (files("songtor_web.pictures") / "widths.yaml").read_text("utf-8")
    found: dict[str, dict[int, int]] = yaml.load(text, yaml.CSafeLoader)
    return {
        weight: _Advances((chr(code), wide) for code, wide in letters.items())
        for weight, letters in found.items()
    }
