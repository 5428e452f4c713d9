"""Against guessing: every try counts before it is judged, and after a few in vain there is a pause that
grows. `browser`: one that is known as the worker's, where tries count by themselves; else empty."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from songtor_node.accounts.models import Tries

FREE = 5  # tries in vain before the first pause
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
FREE_FOR_ALL = 60  # of all workers together, known or not
PAUSE_FOR_ALL = timedelta(seconds=10)  # nobody may shut the others out
PARDON_FOR_ALL = timedelta(minutes=1)  # after so long one of them is forgotten
FORGOTTEN = timedelta(hours=24)
_ALL = b""


def pause(count: int) -> timedelta:
    """How long after so many tries in vain: 30 s, 1, 2, 4, 8, then 15 minutes."""
    return timedelta() if count < FREE else min(LONGEST, FIRST * 2 ** min(count - FREE, 10))


def begin(session: Session, code: str, now: datetime, browser: str = "") -> timedelta:
    """Counts one try for that worker's code; gives how long to wait instead, where there is a pause. Only
    what counts is kept: however many names a stranger makes up, the pause for all bounds them."""
    session.exec(delete(Tries).where(col(Tries.last_at) < now - FORGOTTEN))
    own = _row(session, _subject(code, browser), now)
    counts, wait = [(own, own.count)], _left(own, pause(own.count), now)
    if not browser:
        everybody = _row(session, _ALL, now)
        since = max(now - everybody.last_at, timedelta())
        count = max(0, everybody.count - since // PARDON_FOR_ALL)
        over = PAUSE_FOR_ALL if count >= FREE_FOR_ALL else timedelta()
        counts, wait = [*counts, (everybody, count)], max(wait, _left(everybody, over, now))
    if wait > timedelta():
        return wait
    for row, count in counts:
        row.count, row.last_at = count + 1, now
        session.add(row)
    session.flush()
    return timedelta()


def undo(session: Session, code: str, browser: str = "") -> None:
    """The try that began last was not in vain, and the next may follow at once; those before it still
    count."""
    for subject in (_subject(code, browser), *([] if browser else [_ALL])):
        if (row := session.get(Tries, subject)) is not None:
            row.count = max(0, row.count - 1)
            row.last_at -= PAUSE_FOR_ALL if subject == _ALL else pause(row.count)


def clear(session: Session, code: str, browser: str = "") -> None:
    """The whole sign-in was done."""
    session.exec(delete(Tries).where(col(Tries.subject) == _subject(code, browser)))


def is_alarming(session: Session, code: str, browser: str = "") -> bool:
    """Whether the pauses have begun for that code."""
    row = session.get(Tries, _subject(code, browser))
    return row is not None and row.count >= FREE


def _left(row: Tries, pause: timedelta, now: datetime) -> timedelta:
    """Of that pause since the last try; nothing where a clock that was ahead has been put right."""
    return row.last_at + pause - now if row.last_at <= now else timedelta()


def _row(session: Session, subject: bytes, now: datetime) -> Tries:
    return session.get(Tries, subject) or Tries(subject=subject, count=0, last_at=now)


def _subject(code: str, browser: str) -> bytes:
    """What was typed may be anything; a digest keeps none of it."""
    return hashlib.sha256(f"{code}\n{browser}".encode()).digest()
