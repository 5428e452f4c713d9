"""What a genogram and a timeline may say, so that they name nobody and end somewhere. Rule M9."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from songtor_proto.minimise.values import EDTF
from songtor_proto.vocabulary import vocabulary
from songtor_proto.wire.payload_pb2 import Facts, Genogram, LifeEvent

PEOPLE, TIES, BONDS = 300, 1000, 100
"""Of a genogram at most; bonds are ties that make nobody kin."""
EVENTS, LINKS, LETTERS = 500, 10, 1000
"""Of a timeline at most: events, what one led to, letters of a text."""
TIMELINE_BYTES = 40 * 1024
"""Of a timeline as it leaves: with the other facts it fits into an envelope (E5)."""

_CODE = re.compile(r"([a-z][a-z0-9_]{0,23})?")
_YEAR = re.compile(r"([0-9]{4})?")


def oversteps(facts: Facts) -> Iterator[str]:
    """Paths of what breaks the rule, never values."""
    if not _is_nameless(facts.genogram):
        yield "genogram"
    if not _is_bounded(facts.timeline):
        yield "timeline"


def is_bond(kind: str) -> bool:
    """Whether a tie of that kind makes nobody kin, or is not known here."""
    known = vocabulary().ties.get(kind)
    return known is None or known.group not in ("union", "parent")


def told(date: str, births: Collection[str]) -> str:
    """An event's date as it may leave: one that is somebody's date of birth keeps its year alone."""
    known = date.rstrip("~")
    exact = [born for born in births if len(born) > len("1988")]
    hidden = len(known) > len("1988") and any(known.startswith(b) or b.startswith(known) for b in exact)
    return date[:4] if hidden else date


def _is_nameless(said: Genogram) -> bool:
    """Codes, years and numbers alone; ties between people of it."""
    ids = {person.id for person in said.people}
    codes = [code for person in said.people for code in (person.sex, person.born)]
    years = [year for person in said.people for year in (person.birth_year, person.death_year)]
    codes += [tie.kind for tie in said.ties]
    years += [year for tie in said.ties for year in (tie.since_year, tie.until_year)]
    return (
        len(said.people) <= PEOPLE
        and len(said.ties) <= TIES
        and sum(is_bond(tie.kind) for tie in said.ties) <= BONDS
        and len(ids) == len(said.people)
        and 0 not in ids
        and all(map(_CODE.fullmatch, codes))
        and all(map(_YEAR.fullmatch, years))
        and all(_joins({getattr(tie, "from"), tie.to}, ids) for tie in said.ties)
    )


def _joins(ends: set[int], ids: set[int]) -> bool:
    return len(ends) == 2 and ends <= ids


def _is_bounded(events: Sequence[LifeEvent]) -> bool:
    """Dates, bounded words, and links from one numbered event to another."""
    numbered = [event.id for event in events if event.id]
    ids = set(numbered)
    return (
        len(events) <= EVENTS
        and len(ids) == len(numbered)
        and all(
            (not event.when or EDTF.fullmatch(event.when))
            and len(event.theme) <= LETTERS
            and len(event.text) <= LETTERS
            and len(event.led_to) <= LINKS
            and {event.after, event.before, *event.led_to} - {0} <= ids - {event.id}
            for event in events
        )
    )
