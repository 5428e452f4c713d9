"""Looking for values in bytes, however they may be written there."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

SHORTEST = 6
"""Bytes of what is looked for: less is found by chance in a few million random ones."""
DIGITS = 8  # in a row: fewer stand by chance in a time
LONG = 12  # characters of a phrase that says something by itself

_CLAUSES = re.compile(r"\s*[\n.,;:!?()\"“”–—]+\s*")
_SEPARATORS = re.compile(rb"[\s./()+-]+")


def fragments(text: str) -> Iterator[str]:
    """The whole, its clauses, and in Thai the phrases that its spaces part."""
    yield text
    for clause in _CLAUSES.split(text):
        if len(clause) >= LONG:
            yield clause
        if not clause.isascii():
            yield from (phrase for phrase in clause.split() if len(phrase) >= LONG)


def forms(value: str) -> frozenset[bytes]:
    """The ways in which a value could be written: composed and decomposed letters, small and capital, UTF-16,
    without separators, escaped for JSON and for addresses, in base64 (at each of its three offsets), in
    hexadecimal."""
    found: set[bytes] = set()
    for text in {unicodedata.normalize(form, value) for form in ("NFC", "NFD")}:
        plain = text.encode()
        found |= {plain, text.lower().encode(), text.upper().encode(), text.encode("utf-16-le")}
        found |= {squeezed(plain), json.dumps(text)[1:-1].encode(), quote(text).encode()}
        found |= {plain.hex().encode(), plain.hex().upper().encode(), *_base64(plain)}
    return frozenset(form for form in found if len(form) >= (DIGITS if form.isdigit() else SHORTEST))


def squeezed(data: bytes) -> bytes:
    """Without what people put between digits and words."""
    return _SEPARATORS.sub(b"", data)


def search(haystack: bytes, wanted: Mapping[bytes, str]) -> dict[str, bytes]:
    """Which values are in the haystack, or in it without separators, each with the form that was found first.
    `wanted`: value by form."""
    starts: dict[bytes, list[bytes]] = {}
    for form in wanted:
        starts.setdefault(form[:SHORTEST], []).append(form)
    found: dict[str, bytes] = {}
    for hay in (haystack, squeezed(haystack)):
        for at in range(len(hay) - SHORTEST + 1):
            for form in starts.get(hay[at : at + SHORTEST], ()):
                if hay.startswith(form, at):
                    found.setdefault(wanted[form], form)
    return found


def wanted(values: Iterable[str]) -> dict[bytes, str]:
    return {form: value for value in values for form in forms(value)}


def _base64(plain: bytes) -> Iterator[bytes]:
    """Inside longer base64 a value looks one of three ways; the ends depend on what is beside it."""
    for offset in range(3):
        coded = b64encode(bytes(offset) + plain).rstrip(b"=")
        yield coded[(0, 2, 3)[offset] : len(coded) - ((len(plain) + offset) % 3 != 0)]
