"""A journey as plain data. Codes are of the network's vocabulary; days are days of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FAR = 731
"""So many days before and after today are drawn; what lies beyond stands at the edge, with its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A touch point. `days` are expected, nought is not known; `information`: labels of what it needs."""

    what: str
    agency: str = ""
    who: str = ""
    information: Sequence[str] = ()
    bring: str = ""
    days: int = 0
    started: date | None = None
    done: date | None = None
    late: bool = False

    @property
    def ends(self) -> date | None:
        """By when it is expected to be done."""
        return self.started + timedelta(days=self.days) if self.started and self.days else None

    def took(self, today: date) -> int | None:
        """Days that it took, or has taken so far."""
        return max(0, ((self.done or today) - self.started).days) if self.started else None


def state(station: Station) -> str:
    """ahead, begun, done or late."""
    if station.late:
        return "late"
    return "done" if station.done else "begun" if station.started else "ahead"


@dataclass(frozen=True, slots=True)
class Move:
    """The goal came to a stage (a code of journey_stages) on that day; `refused`: there was a no."""

    on: date
    stage: str
    refused: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`key` is one goal's alone; `late`: its own day has passed. `moves` oldest first. `refusal`: the words
    of a no that stands now. `ended`: how it came out, as a label. `href`: where it can be worked on."""

    key: str
    subject: str
    dimension: str
    text: str
    stage: str
    begun: date
    due: date | None = None
    late: bool = False
    refused: bool = False
    refusal: str = ""
    ended: str = ""
    signed_on: date | None = None
    signed_by: str = ""
    moves: Sequence[Move] = ()
    stations: Sequence[Station] = ()
    href: str = ""


def turns(goal: Goal, stages: Sequence[str]) -> list[tuple[str, Move]]:
    """Its moves, each `on`, `back` to an earlier stage, or a `no`; a no that stands is among them, though
    nobody kept when it was said."""
    found: list[tuple[str, Move]] = []
    before = stages[0]
    for move in goal.moves:
        is_back = stages.index(move.stage) < stages.index(before)
        found.append(("no" if move.refused else "back" if is_back else "on", move))
        before = before if move.refused else move.stage
    if goal.refused and not any(move.refused for move in goal.moves):
        found.append(("no", Move(goal.begun, goal.stage, True, goal.refusal)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """`subjects`: whose rows are drawn, beside those that have a goal; one row per dimension of each."""

    today: date
    dimensions: Sequence[str]
    stages: Sequence[str]
    subjects: Sequence[str] = ("client",)
    goals: Sequence[Goal] = ()

    @property
    def rows(self) -> list[tuple[str, str, list[Goal]]]:
        """Subject, dimension and its goals, in the order of the paper form."""
        known = list(dict.fromkeys((*self.subjects, *(goal.subject for goal in self.goals))))
        sides = list(dict.fromkeys((*self.dimensions, *(goal.dimension for goal in self.goals))))
        return [
            (subject, side, [one for one in self.goals if (one.subject, one.dimension) == (subject, side)])
            for subject in known
            for side in sides
        ]

    @property
    def by_subject(self) -> list[tuple[str, list[tuple[str, list[Goal]]], list[str]]]:
        """Subject, its dimensions with their goals, its dimensions without one."""
        return [
            (
                subject,
                [(side, goals) for whose, side, goals in self.rows if whose == subject and goals],
                [side for whose, side, goals in self.rows if whose == subject and not goals],
            )
            for subject in dict.fromkeys(subject for subject, _, _ in self.rows)
        ]
