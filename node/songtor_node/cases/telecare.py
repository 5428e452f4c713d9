"""Sessions at a distance: appointments that move, are kept or missed, and say nothing of a case outside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session

from songtor_node.cases import entries, history
from songtor_node.cases.models import TeleSession
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

PLANNED, MOVED = "planned", "moved"
ENDS = ("done", "missed", "cancelled")
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?(?!\d)\s*(?:น\.?)?"
_HOURS = re.compile(rf"(?<![\d:.]){_CLOCK}\s*(?:-|–|—|ถึง|to|until)\s*{_CLOCK}")
_HALF_DAYS = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)  # 12 hours' clocks are read by a person


def moment(day: str, clock: str, zone: str) -> datetime:
    """That day and time of day (`14:05`) in that zone; in this machine's where it is empty.

    InputError: date, time.
    """
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise InputError("date", field="day") from None
    try:
        local = datetime.combine(on, time.fromisoformat(clock.strip().replace(".", ":").zfill(5)))
        return local.replace(tzinfo=ZoneInfo(zone)) if zone else local.astimezone()
    except (ValueError, OverflowError):
        raise InputError("time", field="clock") from None


def move(
    session: Session, old: TeleSession, form: entries.TeleSession, *, by: Worker, now: datetime
) -> TeleSession:
    """The appointment at its new time; the old one stays as moved. InputError("moved") where there is none to
    move."""
    if old.state != PLANNED:
        raise InputError("moved", field="state")
    old.state = MOVED
    said = form.model_dump(exclude={"state"})
    new = TeleSession(**said, uid=old.uid, sequence=old.sequence + 1, case_id=old.case_id, by=by.code, at=now)
    session.add(new)
    session.flush()
    return new


def ended(
    session: Session, row: TeleSession, form: entries.TeleSession, *, by: Worker, now: datetime
) -> None:
    """What became of it (done, missed or cancelled) and the notes. InputError: moved, unknown_code."""
    if form.state not in ENDS:
        raise InputError("unknown_code", field="state")
    if row.state == MOVED:
        raise InputError("moved", field="state")
    history.correct(session, row, form.model_dump(include={"state", "notes"}), by=by, now=now)


def outside_safe_times(safe: Iterable[str], starts: datetime, minutes: int, zone: str) -> bool:
    """Whether the client's words name hours ("10-12 น.", "18:30 to 20:00") and the session, in the client's
    time, lies in none of them. Words without hours say nothing here: a person reads them."""
    hours = [found for words in safe for found in _HOURS.finditer(words) if not _HALF_DAYS.search(words)]
    local = starts.astimezone(ZoneInfo(zone)) if zone else starts.astimezone()
    begins = local.hour * 60 + local.minute
    return bool(hours) and not any(
        _minutes(one[1], one[2]) <= begins and begins + minutes <= _minutes(one[3], one[4]) for one in hours
    )


def _minutes(hour: str, minute: str | None) -> int:
    return int(hour) * 60 + int(minute or 0)
