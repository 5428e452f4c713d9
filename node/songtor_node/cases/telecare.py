"""Sessions at a distance: appointments that move, are kept or missed, and say nothing of a case outside."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session

from songtor_node.cases import entries
from songtor_node.cases.models import TeleSession
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

PLANNED, MOVED = "planned", "moved"


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


def ended(old: TeleSession, state: str, notes: str) -> None:
    """What became of it: done, missed or cancelled. InputError: moved, unknown_code."""
    if state not in ("done", "missed", "cancelled"):
        raise InputError("unknown_code", field="state")
    if old.state == MOVED:
        raise InputError("moved", field="state")
    old.state, old.notes = state, notes.strip()
