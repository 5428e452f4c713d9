"""The months along the top of a journey, and where a day stands among them. Pixels; days of the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from songtor_web.pictures.journey.model import FAR, Goal, Journey, Station

FEWEST_MONTHS = 6
ROOM = 46
"""That a month's name needs."""


class Month(NamedTuple):
    """`named`: there is room to write it; `year`: its year is written too."""

    on: date
    x: float
    named: bool
    year: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first of a month to the first of another."""

    start: date
    end: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """A day that lies beyond stands at the edge."""
        share = (day - self.start).days / (self.end - self.start).days
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def shows(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def months(self) -> list[Month]:
        every = next(step for step in (1, 2, 3, 6, 12) if step == 12 or self._month_width * step >= ROOM)
        found: list[Month] = []
        day, year = self.start, 0
        while day < self.end:
            named = (day.month - 1) % every == 0 and self.right - self.x(day) >= ROOM
            found.append(Month(day, self.x(day), named, named and day.year != year))
            year = day.year if named else year
            day = after(day, 1)
        return found

    @property
    def _month_width(self) -> float:
        return (self.right - self.left) / max(1, round((self.end - self.start).days / 30.44))


def axis(journey: Journey, left: float, right: float) -> Axis:
    """Round all that happens, and today; at least six months of it."""
    far = timedelta(days=FAR)
    near = [
        day for goal in journey.goals for day in _days(goal, journey.today) if abs(day - journey.today) <= far
    ]
    first, last = min([journey.today, *near]), max([journey.today, *near])
    start = first.replace(day=1)
    return Axis(start, max(after(last, 1), after(start, FEWEST_MONTHS)), left, right)


def planned(goal: Goal, today: date) -> list[tuple[date, Station]]:
    """When each touch point began or, one after the other, would begin."""
    found: list[tuple[date, Station]] = []
    free = max(goal.begun, today)
    for station in goal.stations:
        on = station.started or station.done
        found.append((on or free, station))
        if on is None:
            free += timedelta(days=station.days)
        elif not station.done:
            free = max(free, station.ends or free)
    return found


def after(day: date, months: int) -> date:
    """The first of the month, so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _days(goal: Goal, today: date) -> Iterator[date]:
    yield goal.begun
    yield from (move.on for move in goal.moves)
    if goal.due:
        yield goal.due
    for on, station in planned(goal, today):
        known: Sequence[date | None] = (on, station.done, station.ends)
        yield from (day for day in known if day)
