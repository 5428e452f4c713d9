"""Time that passes only when the simulator says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, time: timedelta) -> None:
        self.now += time

    def __str__(self) -> str:
        """Since the start: `3d 04:15:00`."""
        passed = self.now - START
        hours, seconds = divmod(passed.seconds, 3600)
        return f"{passed.days}d {hours:02}:{seconds // 60:02}:{seconds % 60:02}"
