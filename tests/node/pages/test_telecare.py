"""Sessions at a distance on the pages: whose time, safe or not, the calendar file, what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from songtor_node.cases import history
from songtor_node.cases.telecare import moment, outside_safe_times
from songtor_proto.errors import InputError
from tests.support.casework import CLIENT, Desk, desk

BANGKOK = "Asia/Bangkok"
SESSION = {
    "day.day": "25",
    "day.month": "11",
    "day.year": "2026",
    "clock": "21:30",
    "whose": "client",
    "client_zone": BANGKOK,
    "minutes": "45",
    "link": "https://meet.example/room",
    "joins": "Malee, the client",
    "interpreter": "Lek",
    "safe_checked": "true",
}
STARTS = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    contact = {"channel": "phone", "value": "080-000-0102", "safe": "18:00-20:00"}
    with desk(tmp_path / "node", client={**CLIENT, "contacts": [contact]}) as made:
        yield made


def planned(at: Desk, **other: str) -> str:
    answer = at.malee.post(at.path("/telecare/add"), {**SESSION, **other})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


def test_a_session_stands_in_both_clocks(at: Desk) -> None:
    """It was said by the client's clock, and is one instant."""
    page = at.malee.get(planned(at)).text
    row = at.record().sessions[0]
    assert (row.starts, row.minutes, row.state) == (STARTS, 45, "planned")
    assert f"{STARTS.astimezone():%H:%M}" in page
    if STARTS.astimezone().utcoffset() != timedelta(hours=7):
        assert "21:30 for the client" in page
    assert "https://meet.example/room" in page
    assert "Lek" in page


def test_only_https_links_are_taken(at: Desk) -> None:
    """Nothing else may be opened from the page."""
    for link in ("http://meet.example", "javascript:alert(1)", "https://", "https://a@b.example/", "meet"):
        answer = at.malee.post(at.path("/telecare/add"), {**SESSION, "link": link})
        assert answer.status_code == 422
        assert 'href="#f-link"' in answer.text
    assert not at.record().sessions
    assert planned(at, link="")


def test_what_is_missing_is_named(at: Desk) -> None:
    """A day, a time, and the client's zone where the time is theirs."""
    wrong = (("day.day", "31", "day"), ("clock", "25:00", "clock"), ("client_zone", "", "client_zone"))
    for field, value, at_fault in wrong:
        answer = at.malee.post(at.path("/telecare/add"), {**SESSION, field: value})
        assert answer.status_code == 422
        assert f'href="#f-{at_fault}"' in answer.text


def test_a_time_that_the_client_did_not_call_safe_is_told(at: Desk) -> None:
    """Before the call, with the client's own words; also where nobody has checked."""
    assert "outside the times" in at.malee.get(planned(at)).text
    inside = at.malee.get(planned(at, clock="18:30", safe_checked="")).text
    assert "outside the times" not in inside
    assert "check that it is safe" in inside
    assert "18:00-20:00" in inside
    assert "18:00-20:00" in at.malee.get(at.path("/telecare/add")).text


def test_the_calendar_file_says_nothing_of_the_case(at: Desk) -> None:
    """Neutral name, neutral words; neither code nor anyone's name."""
    path = planned(at)
    answer = at.malee.get(f"{path}/calendar")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["content-disposition"] == 'attachment; filename="appointment.ics"'
    assert "DTSTART:20261125T143000Z\r\n" in answer.text
    for secret in (at.code, "Malee", "malee", "Lek", "นวล", "telecare"):
        assert secret not in answer.text


def test_a_session_that_moves_keeps_its_place_in_the_calendar(at: Desk) -> None:
    """The old one stays as moved; the new one has the same UID and a higher sequence."""
    path = planned(at)
    before = at.malee.get(f"{path}/calendar").text
    answer = at.malee.post(f"{path}/change", {**SESSION, "day.day": "26"})
    moved = answer.headers["location"].split("?")[0]
    old, new = at.record().sessions
    assert (old.state, new.state, new.sequence) == ("moved", "planned", 1)
    after = at.malee.get(f"{moved}/calendar").text
    uid = next(line for line in before.splitlines() if line.startswith("UID:"))
    assert uid in after
    assert "SEQUENCE:1" in after
    assert at.malee.get(f"{path}/calendar").status_code == 400
    assert at.malee.post(f"{path}/change", {**SESSION, "day.day": "27"}).status_code == 422


def test_what_is_corrected_without_another_time_has_not_moved(at: Desk) -> None:
    """One row, the former link behind it."""
    path = planned(at)
    page = at.malee.get(f"{path}/change").text
    here = STARTS.astimezone()
    assert f'value="{here:%H:%M}"' in page
    same = {**SESSION, "whose": "here", "clock": f"{here:%H:%M}", "day.day": str(here.day), "link": ""}
    assert at.malee.post(f"{path}/change", same).status_code == 303
    (row,) = at.record().sessions
    assert (row.link, row.starts, row.state) == ("", STARTS, "planned")


def test_what_came_of_it_is_noted(at: Desk) -> None:
    """Held, missed or called off, with notes; the list shows it."""
    path = planned(at)
    assert at.malee.post(f"{path}/after", {"state": "", "notes": "x"}).status_code == 422
    assert at.malee.post(f"{path}/after", {"state": "missed", "notes": "No answer"}).status_code == 303
    (row,) = at.record().sessions
    assert (row.state, row.notes) == ("missed", "No answer")
    assert "Missed" in at.malee.get(at.path("/telecare")).text
    assert "No answer" in at.malee.get(path).text


@pytest.mark.parametrize(
    ("safe", "outside"),
    [
        ("พบได้ทุกวันอาทิตย์ 10–12 น.", True),
        ("21.00 ถึง 23.00", False),
        ("21:00-22:00", True),
        ("กลางวัน", False),
        ("080-000-0102", False),
        ("9 am to 5 pm", False),
        ("10-12, 21-23", False),
    ],
)
def test_hours_in_the_clients_words(safe: str, outside: bool) -> None:
    """Hours are read where they stand in the words; where none stand, a person reads."""
    assert outside_safe_times([safe], STARTS, 45, BANGKOK) is outside


def test_times_of_day_as_people_write_them() -> None:
    """With a colon or a point; anything else names its field."""
    assert moment("2026-11-25", "21.30", BANGKOK) == STARTS
    assert moment("2026-11-25", "9:05", "").astimezone(UTC).minute == 5
    for day, clock, field in (("2026-11", "21:30", "day"), ("2026-11-25", "late", "clock")):
        with pytest.raises(InputError) as caught:
            moment(day, clock, BANGKOK)
        assert caught.value.field == field


def test_the_danger_in_a_session_or_a_goal_is_pointed_out(tmp_path: Path) -> None:
    """Whoever must learn nothing is not to be met by mistake."""
    people = [{"relation": "husband", "name_latin": "Max Beispiel", "danger": True}]
    with desk(tmp_path / "danger", people=people) as at:
        assert "is the danger is named" in at.malee.get(planned(at, joins="the client, max beispiel")).text
        assert "is the danger is named" not in at.malee.get(planned(at)).text
        goal = {"dimension": "social", "text": "A safe room", "who": "the husband"}
        at.malee.post(at.path("/plan/add"), goal)
        number = at.record().goals[0].id
        assert "is the danger is named" in at.malee.get(at.path(f"/plan/{number}")).text


def test_a_session_taken_out_comes_back_whole(at: Desk) -> None:
    """At the same instant, with the same place in calendars."""
    path = planned(at)
    before = at.malee.get(f"{path}/calendar").text
    answer = at.malee.post(f"{path}/out")
    assert not at.record().sessions
    undo = parse_qs(urlsplit(answer.headers["location"]).query)["undo"][0]
    with at.session() as session:
        history.put_back(session, at.case(session), int(undo))
    assert at.record().sessions[0].starts == STARTS
    assert at.malee.get(f"{path}/calendar").text == before
