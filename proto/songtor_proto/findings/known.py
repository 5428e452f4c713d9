"""The ways in which a case's own values may stand in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise

from songtor_proto.findings.plain import is_mark, plain, skeleton
from songtor_proto.vocabulary.dates import BUDDHIST

# Written onto a Thai name without a space, or before a name; never a name themselves.
_TITLES = (
    "นางสาว", "นาง", "นาย", "น.ส.", "ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "คุณ", "พระ",
    "mr", "mrs", "ms", "miss", "dr", "herr", "frau",
)  # fmt: skip


def keys(values: Collection[str], regions: Collection[str]) -> frozenset[str]:
    """Skeletons to look for, of at least two letters or four digits each. `regions`: ISO 3166-1 codes of the
    countries whose way of writing telephone numbers counts."""
    found = {skeleton(plain(form).text).text for value in values for form in _forms(value.strip(), regions)}
    return frozenset(key for key in found if _long_enough(key))


def _forms(value: str, regions: Collection[str]) -> Iterator[str]:
    yield value
    text = plain(value).text
    if dated := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text):
        yield from _dates(*map(int, dated.groups()))
    elif sum(char.isdigit() for char in text) >= 6 and not any(char.isalpha() for char in text):
        yield from _telephone(value, regions)
    elif any(char.isdigit() for char in text):
        yield from _address(value)
    elif "@" not in value:
        yield from _names(value)


def _names(value: str) -> Iterator[str]:
    """Each part, and each without its title; "von Berg" is looked for as "Berg" too."""
    for part in re.split(r"[\s,/()-]+", value):
        folded = part.casefold()
        if folded.rstrip(".") in _TITLES or folded in _TITLES:
            continue
        yield part
        for title in _TITLES:
            rest = part[len(title) :]
            if folded.startswith(title) and not title.isascii() and rest and not is_mark(rest[0]):
                yield rest


def _address(value: str) -> Iterator[str]:
    """Its lines, every two neighbouring words of which one has a digit, and every long word."""
    yield from re.split(r"[,;\n]+", value)
    words = re.split(r"[\s,;]+", value)
    for word, following in pairwise(words):
        pair = f"{word} {following}"
        if any(char.isdigit() for char in pair) and any(char.isalpha() for char in pair):
            yield pair
    for word in words:
        if not any(char.isdigit() for char in word) and len(skeleton(plain(word).text).text) >= 6:
            yield word


def _telephone(value: str, regions: Collection[str]) -> Iterator[str]:
    """Without country code and trunk prefix, which a text may or may not give."""
    import phonenumbers  # only where something is searched: no server's process holds it

    for region in regions:
        try:
            yield str(phonenumbers.parse(plain(value).text, region).national_number)
        except phonenumbers.NumberParseException:
            continue


def _dates(year: int, month: int, day: int) -> Iterator[str]:
    """In figures, day first and year first, with and without zeros, in both eras."""
    try:
        date(year, month, day)
    except ValueError:
        return
    for era in (year, year + BUDDHIST):
        yield f"{day:02}{month:02}{era}"
        yield f"{day}{month}{era}"
        yield f"{era}{month:02}{day:02}"


def _long_enough(key: str) -> bool:
    return len(key) >= 4 if key.isdigit() else sum(not is_mark(char) for char in key) >= 2
