"""One thing that a page asks: what the form macro draws, in whichever side's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from songtor_web.dates import ABOUT, STILL

Kind = Literal[
    "line", "prose", "choice", "checks", "list", "date", "partial_date", "time", "flag", "number", "password",
    "code", "file", "phone",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`value`: text, or the values ticked. `list` is a drop-down, `choice` radio buttons, `checks` boxes; the
    options of a `line` are proposed, those of a `partial_date` (about, still) are ticked beside it.
    `remembered`: a password that the browser may fill in; it is not to answer for whoever holds the phone."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    value: str = ""
    values: Sequence[str] = ()
    options: Sequence[Option] = ()
    error: str = ""
    remembered: bool = False

    def wrong(self, message: str) -> Field:
        return replace(self, error=message)

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    def ticked(self, tick: str) -> bool:
        """What may be ticked beside a date: that it is `about` then, or `still` so."""
        return self.value.endswith(ABOUT) if tick == "about" else self.value == STILL

    @property
    def date(self) -> tuple[str, str, str]:
        """Year, month and day of a date that may be known in part."""
        known = "" if self.value == STILL else self.value.removesuffix(ABOUT)
        year, month, day = [*known.split("-"), "", ""][:3]
        return year, month.lstrip("0"), day.lstrip("0")
