"""An appointment as a calendar file (RFC 5545). It lies on phones and in other people's clouds: it tells a
time and a link, and nothing of a case. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

TITLE = "นัดหมาย/Appointment"
_OCTETS = 75  # of a line, without its end (section 3.1)


def calendar(*, uid: str, sequence: int, starts: datetime, minutes: int, link: str, stamp: datetime) -> bytes:
    """`stamp`: when this word of the appointment was written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Songtor//Appointment//TH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(starts)}",
        f"DTEND:{_utc(starts + timedelta(minutes=minutes))}",
        f"SUMMARY:{_text(TITLE)}",
        *([f"LOCATION:{_text(link)}", f"URL:{link}"] if link else []),
        "CLASS:PRIVATE",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(b"\r\n ".join(_folded(line)) + b"\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Section 3.3.11."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> Iterator[bytes]:
    """Pieces of at most 75 octets, the space before a later one among them; no letter is cut in two."""
    piece = b""
    room = _OCTETS
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > room:
            yield piece
            piece, room = b"", _OCTETS - 1
        piece += octets
    yield piece
