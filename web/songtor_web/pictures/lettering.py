"""How wide words are in Sarabun, and where a line of Thai or English may break.

Widths are the font's own advances (widths.yaml, in thousandths of the size; made by tools/letter_widths from
the fonts that the pages use). A letter the font has not is taken as a square, so that nothing overlaps.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import budoux
import yaml

_UNKNOWN = 1000


def width(words: str, size: float = 14, *, bold: bool = False) -> float:
    """In pixels, on one line."""
    table = _widths()["bold" if bold else "regular"]
    return sum(table.get(ord(letter), _unknown(letter)) for letter in words) * size / 1000


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
        for cluster in _clusters(piece.lstrip()):
            if line and width(line + cluster, size, bold=bold) > room:
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
    for word in words.replace("\u200b", " \u200b").split(" "):
        thai = any("\u0e00" <= letter <= "\u0e7f" for letter in word)
        parts = _thai().parse(word) if thai else [word]
        found += [part.replace("\u200b", "") for part in parts[:-1]]
        found.append((parts[-1] if parts else "").replace("\u200b", "") + " ")
    return tuple(found)


def _clusters(words: str) -> list[str]:
    """Letters, each with the marks that stand on it and the vowel that stands before it."""
    found: list[str] = []
    for letter in words:
        joins = found and (unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in "ะาำๅๆฯ")
        leads = found and found[-1][-1] in "เแโใไ"
        if joins or leads:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _unknown(letter: str) -> int:
    return 0 if unicodedata.category(letter) in ("Mn", "Me", "Cf") else _UNKNOWN


@cache
def _thai() -> budoux.Parser:
    return budoux.load_default_thai_parser()


@cache
def _widths() -> dict[str, dict[int, int]]:
    text = (files("songtor_web.pictures") / "widths.yaml").read_text("utf-8")
    found: dict[str, dict[int, int]] = yaml.load(text, yaml.CSafeLoader)
    return found
