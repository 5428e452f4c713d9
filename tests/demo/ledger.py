"""What the centre was told, and what it must never have: every word of the case files that was not sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songtor_proto.plain_yaml import read
from songtor_proto.vocabulary import source
from songtor_proto.vocabulary.dates import date_text
from tests.demo.search import SHORTEST, fragments

# Words that are the network's own: everybody has them.
_PUBLIC = ("vocabulary.yaml", "disclosure.yaml", "organisations.csv", "provinces.csv", "jurisdictions.csv")
# Days of work, which are everywhere, and words of the schema's own.
_SKIPPED = frozenset({"when", "until", "due", "done", "verification", "basis", "form", "kind", "sex"})
_SKIPPED |= {"recipients", "categories", "second"}


@dataclass
class Ledger:
    """`told`: every text that was sent where the centre can read it. `at`: where each value of a file is."""

    told: list[str] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def file(self, path: Path) -> None:
        """Takes in every word of a case or consent file, a clause at a time."""
        for place, text in _texts(read(path.read_bytes()).value):
            self.write(f"{path.stem}: {place}", text)

    def write(self, place: str, text: str) -> None:
        """A text that a node has; unless it is told, the centre must not have any of it."""
        name = place.endswith(("name_thai", "name_latin"))
        for part in (*fragments(_common_era(text)), *(text.split() if name else ())):
            self.at.setdefault(part, place)

    def tell(self, texts: Iterable[str]) -> None:
        """What left for one of the centre's desks, or what a desk itself wrote."""
        self.told += texts

    def withheld(self) -> dict[str, str]:
        """Where each value stands that the centre was never told, and that is no word of everybody's."""
        told = _folded("\n".join(self.told))
        return {
            value: place
            for value, place in self._own().items()
            if not any(_stands(_folded(form), told) for form in _forms(value))
        }

    def sent(self) -> set[str]:
        """Values of the files that the centre was told, as they stand there."""
        told = "\n".join(self.told)
        return {value for value in self._own() if any(_stands(form, told) for form in _forms(value))}

    def _own(self) -> dict[str, str]:
        everybodys = _folded("\n".join(map(source.read, _PUBLIC)))
        return {
            value: place
            for value, place in self.at.items()
            if len(value.encode()) >= SHORTEST and _folded(value) not in everybodys
        }


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _SKIPPED:
                yield from _texts(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, place)
    elif isinstance(value, str) and value.strip():
        yield place, value.strip()


def _common_era(text: str) -> str:
    """A date of the Buddhist era as the node writes it."""
    dated = re.fullmatch(r"(2[3-9]\d\d)((-\d\d){0,2})", text)
    return f"{int(dated[1]) - 543}{dated[2]}" if dated else text


def _forms(value: str) -> tuple[str, ...]:
    """As it stands in a file, and a date also as a person reads it."""
    if not re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-\d\d)?)?", value):
        return (value,)
    return value, date_text(value, "th"), date_text(value, "en")


def _stands(form: str, told: str) -> bool:
    """Whether it was told; the first of a month does not stand in its eleventh."""
    return form in told and bool(re.search(r"(?<!\d)" * form[0].isdigit() + re.escape(form), told))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
