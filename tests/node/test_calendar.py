"""Calendar files by the rules of RFC 5545: lines, folding, times, what stands in them and what must not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_node.cases.calendar import TITLE, calendar

STARTS = datetime(2026, 11, 25, 21, 30, tzinfo=timezone(timedelta(hours=7)))
STAMP = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINK = "https://meet.example/room/7,3;x?a=1"


def made(link: str = LINK, minutes: int = 45) -> bytes:
    return calendar(uid="5f" * 16, sequence=2, starts=STARTS, minutes=minutes, link=link, stamp=STAMP)


def unfolded(content: bytes) -> list[str]:
    """Section 3.1: a line break and one space join what belongs together."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def properties(content: bytes) -> dict[str, str]:
    return dict(line.split(":", 1) for line in unfolded(content) if not line.startswith(("BEGIN", "END")))


def test_every_line_ends_and_folds_as_the_rfc_says() -> None:
    """CRLF alone, 75 octets at most without it, and no letter is cut in two (section 3.1)."""
    content = made(link="https://meet.example/" + "หอง" * 60)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_one_event_in_one_calendar() -> None:
    """BEGIN and END stand in order; VERSION and PRODID in the calendar; UID and DTSTAMP in the event, once
    (sections 3.6 and 3.6.1)."""
    lines = unfolded(made())
    assert [line for line in lines if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    assert "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:-//") for line in lines)
    names = [line.split(":")[0] for line in lines]
    for once in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "METHOD"):
        assert names.count(once) == 1


def test_times_are_utc() -> None:
    """Form 2 of section 3.3.5, whatever zone they came in."""
    said = properties(made())
    assert (said["DTSTART"], said["DTEND"]) == ("20261125T143000Z", "20261125T151500Z")
    assert said["DTSTAMP"] == "20261120T090000Z"


def test_the_title_says_nothing_of_a_case() -> None:
    """Neutral words alone, and the link; no description, no one invited, no alarm that rings aloud."""
    said = properties(made())
    assert said["SUMMARY"] == TITLE == "นัดหมาย/Appointment"
    assert said.keys() == {
        "VERSION", "PRODID", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
        "LOCATION", "URL", "CLASS", "STATUS",
    }  # fmt: skip
    assert said["CLASS"] == "PRIVATE"
    assert "LOCATION" not in properties(made(link=""))


def test_text_is_escaped_and_a_uri_is_not() -> None:
    """Sections 3.3.11 and 3.3.13."""
    said = properties(made())
    assert said["LOCATION"] == r"https://meet.example/room/7\,3\;x?a=1"
    assert said["URL"] == LINK


@pytest.mark.parametrize("minutes", [5, 600])
def test_an_event_ends_after_it_begins(minutes: int) -> None:
    """Section 3.8.2.2."""
    said = properties(made(minutes=minutes))
    assert said["DTEND"] > said["DTSTART"]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")), max_size=300)
)
def test_any_link_comes_back_whole(tail: str) -> None:
    """However it is folded and escaped."""
    link = "https://x.example/" + tail
    content = made(link=link)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    read = re.sub(r"\\(.)", r"\1", properties(content)["LOCATION"])
    assert read == link
