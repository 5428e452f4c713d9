"""Time and randomness as arguments: rules are given them, only the edges ask the machine.

Inside Python a time is an aware UTC datetime; on the wire and in tables it is whole milliseconds since
1970-01-01T00:00:00Z.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from songtor_proto.errors import InputError

Clock = Callable[[], datetime]
"""Gives the present time, aware, in UTC."""

Random = Callable[[int], bytes]
"""Gives that many unpredictable bytes, as `os.urandom` does."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_ms(time: datetime) -> int:
    """Whole milliseconds since the epoch, rounded down. `time` must be aware."""
    return (time - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The time that many milliseconds after the epoch; InputError("time") outside the years 1 to 9999."""
    try:
        return _EPOCH + ms * _MS
    except OverflowError:
        raise InputError("time") from None
