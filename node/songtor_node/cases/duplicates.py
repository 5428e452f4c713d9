"""Whether two cases could be of the same person: a hint for a worker to look at, never a judgement. Pure.

Names are compared by how they sound, in Thai and Latin letters alike: what is left of a name is the row of
its consonants, each by its sound, without tones, silent letters and titles. A Thai name has no one spelling
in Latin letters, and who writes it down at a counter has only heard it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from songtor_node.cases.models import Person

Why = Literal["identity_number", "phone", "contact", "name", "name_and_birth"]

_PHONE_DIGITS = 8  # the last ones: with and without a country's code
_TITLES = (
    "เด็กหญิง", "เด็กชาย", "นางสาว", "น.ส.", "ด.ญ.", "ด.ช.", "นาง", "นาย", "พระ", "คุณ",
)  # fmt: skip
_LATIN_TITLES = frozenset({"mr", "mrs", "ms", "miss", "master", "khun", "phra"})
_THAI = {
    **dict.fromkeys("กขฃคฅฆ", "k"), "ง": "q", **dict.fromkeys("จฉชฌ", "c"), **dict.fromkeys("ซศษส", "s"),
    **dict.fromkeys("ญย", "y"), **dict.fromkeys("ฎดฏตฐฑฒถทธ", "t"), **dict.fromkeys("ณน", "n"),
    **dict.fromkeys("บปผพภ", "p"), **dict.fromkeys("ฝฟ", "f"), "ม": "m", **dict.fromkeys("รลฬฤ", "l"),
    "ว": "w", **dict.fromkeys("หฮ", "h"),
}  # fmt: skip
_LATIN = {
    **dict.fromkeys("kgqx", "k"), **dict.fromkeys("cj", "c"), **dict.fromkeys("sz", "s"), "y": "y",
    **dict.fromkeys("dt", "t"), "n": "n", **dict.fromkeys("bp", "p"), "f": "f", "m": "m",
    **dict.fromkeys("lr", "l"), **dict.fromkeys("vw", "w"), "h": "h",
}  # fmt: skip
_SILENT = re.compile("[\u0e01-\u0e2e][\u0e31-\u0e3a]?\u0e4c")
_LEADING_H = re.compile("ห(?=[งญนมยรลว])")
_TWO_LETTERS = (("ph", "p"), ("th", "t"), ("kh", "k"), ("ch", "c"), ("sh", "c"), ("ck", "k"), ("ng", "q"))
_AT_THE_END = str.maketrans("lsc", "ntt")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a person is compared. `names`: given name first, each as its sounds."""

    names: tuple[tuple[str, ...], ...]
    phones: frozenset[str]
    contacts: frozenset[str]
    numbers: frozenset[str]
    birth_date: str


def sketch(person: Person) -> Sketch:
    values = [(str(one["channel"]), str(one["value"])) for one in person.contacts]
    return Sketch(
        names=tuple(filter(None, (sounds(person.name_thai), sounds(person.name_latin)))),
        phones=frozenset(filter(None, (phone(value) for _, value in values))),
        contacts=frozenset(
            f"{channel}:{value.casefold().strip()}" for channel, value in values if value and not phone(value)
        ),
        numbers=frozenset(_number(one) for one in person.identity_numbers),
        birth_date=person.birth_date,
    )


def why_alike(one: Sketch, other: Sketch) -> tuple[Why, ...]:
    """Every ground on which both could be the same person; empty where there is none."""
    found: list[Why] = []
    if one.numbers & other.numbers:
        found.append("identity_number")
    if one.phones & other.phones:
        found.append("phone")
    if one.contacts & other.contacts:
        found.append("contact")
    pairs = [(mine, theirs) for mine in one.names for theirs in other.names]
    if any(_same_name(mine, theirs) for mine, theirs in pairs):
        found.append("name")
    elif _same_birth(one.birth_date, other.birth_date) and any(
        _sound_alike(mine[0], theirs[0]) for mine, theirs in pairs
    ):
        found.append("name_and_birth")
    return tuple(found)


def sounds(name: str) -> tuple[str, ...]:
    """Each word of a name as the row of its consonants by their sound: ("smcy", ...) without its vowels."""
    text = unicodedata.normalize("NFKC", name).casefold()
    for title in _TITLES:
        if text.strip().startswith(title):
            text = text.strip().removeprefix(title)
            break
    words = re.split(r"[\s.,\u200b]+", text)
    return tuple(filter(None, (_word(word) for word in words if word and word not in _LATIN_TITLES)))


def phone(text: str) -> str:
    """The last digits of a telephone number in any spelling; empty where it is none."""
    digits = "".join(
        str(unicodedata.digit(letter)) for letter in text if unicodedata.digit(letter, None) is not None
    )
    letters = sum(letter.isalpha() for letter in text)
    return digits[-_PHONE_DIGITS:] if len(digits) >= _PHONE_DIGITS and letters <= 4 else ""


def _word(word: str) -> str:
    if any("\u0e01" <= letter <= "\u0e5b" for letter in word):
        plain = _LEADING_H.sub("", _SILENT.sub("", word)).replace("รร", "")
        row = "".join(_THAI.get(letter, "") for letter in plain)
    else:
        plain = "".join(
            letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
        )
        plain = re.sub(r"r(?=n(?![aeiou]))", "", plain)
        for letters, sound in _TWO_LETTERS:
            plain = plain.replace(letters, sound.upper())
        row = "".join(_LATIN.get(letter, letter.lower() if letter.isupper() else "") for letter in plain)
    row = re.sub(r"(.)\1+", r"\1", row)
    row = row[:1] + re.sub("[ywh]", "", row[1:])  # between and after vowels they are written or not
    row = row[:1] + row[1:-1] + row[1:][-1:].translate(_AT_THE_END)
    return re.sub(r"(.)\1+", r"\1", row)


def _same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Given name and family name, both alike."""
    return (
        len(one) > 1
        and len(other) > 1
        and _sound_alike(one[0], other[0])
        and _sound_alike(one[-1], other[-1])
    )


def _sound_alike(one: str, other: str) -> bool:
    """The same row; in longer ones a sound may be missing or another."""
    if one == other:
        return True
    return one[:1] == other[:1] and max(len(one), len(other)) >= 4 and _within_one(one, other)


def _within_one(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _same_birth(one: str, other: str) -> bool:
    """As far as both are known, and at least to the month."""
    known = min(len(one), len(other))
    return known >= len("1988-04") and one[:known] == other[:known]


def _number(number: Mapping[str, Any]) -> str:
    plain = "".join(letter for letter in str(number["number"]).casefold() if letter.isalnum())
    return f"{number['kind']}:{plain}"
