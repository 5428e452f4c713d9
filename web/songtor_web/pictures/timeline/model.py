"""What a timeline shows: events in the order of their time, or of what else is known of their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from songtor_web.dates import ABOUT

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`when` and `until` are EDTF: `2019`, `2019-03`, `2019~` about then; `until` `..` is still so. `after`,
    `before` and `led_to` are keys of other events; one that points to nobody says nothing."""

    key: str
    text: str
    when: str = ""
    until: str = ""
    after: str = ""
    before: str = ""
    led_to: tuple[str, ...] = ()
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """In any order."""

    events: tuple[Event, ...]

    @property
    def themes(self) -> list[str]:
        return sorted({one.theme for one in self.events if one.theme})


class Span(NamedTuple):
    """From when until when (not included) something may have been, in years of the common era."""

    start: float
    end: float

    @property
    def year(self) -> int:
        return int(self.start)


def span(date: str) -> Span | None:
    """Of a date as far as it is known; None of what is none."""
    found = _DATE.fullmatch(date.removesuffix(ABOUT))
    if found is None:
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    if not month:
        return Span(year, year + 1)
    start = year + (month - 1) / 12
    return Span(start + (day - 1) / 372, start + day / 372) if day else Span(start, start + 1 / 12)
