"""Follow-ups and notes on the pages: planned, due, done, and how the client was."""

from __future__ import annotations

import re
from pathlib import Path

from songtor_node.workers import acting
from tests.support.casework import desk

DUE = {"method": "phone_call", "due.day": "25", "due.month": "11", "due.year": "2569"}


def test_a_follow_up_comes_due_and_late(tmp_path: Path) -> None:
    """A year of the Buddhist era is understood; the page says soon, today, overdue."""
    with desk(tmp_path / "node") as at:
        assert at.malee.post(at.path("/follow-ups/add"), DUE).status_code == 303
        assert at.record().follow_ups[0].due == "2026-11-25"
        for days, words in ((0, "Due soon"), (5, "Due today"), (1, "Overdue")):
            at.later(days=days)
            assert words in at.malee.get(at.path("/follow-ups")).text


def test_a_day_is_filled_in_and_the_next_one_is_offered(tmp_path: Path) -> None:
    """Tomorrow, in a week, in a month: nobody counts days; and who did it has a name."""
    with desk(tmp_path / "node", follow_ups=[{"method": "officer_visit", "due": "2026-11-20"}]) as at:
        with at.session() as session:
            acting(session, "malee").name = "มาลี"
        at.malee.post(at.path(f"/follow-ups/{at.record().follow_ups[0].id}/done"), {"condition": "better"})
        page = at.malee.get(at.path("/follow-ups")).text
        assert "When is the next one?" in page
        assert "by มาลี" in page
        form = at.malee.get(at.path("/follow-ups/add?in=week")).text
        assert re.search(r'name="due.day"[^>]*value="27"', form)
        assert at.malee.get(at.path("/follow-ups/add?in=never")).status_code == 200


def test_a_follow_up_needs_a_whole_day(tmp_path: Path) -> None:
    """And a method; what was typed is still there."""
    with desk(tmp_path / "node") as at:
        for wrong in ({"due.day": ""}, {"due.day": "31"}, {"method": ""}):
            assert at.malee.post(at.path("/follow-ups/add"), {**DUE, **wrong}).status_code == 422
        assert not at.record().follow_ups


def test_what_it_found_is_noted_with_how_the_client_is(tmp_path: Path) -> None:
    """Who followed up and when is kept; it may be corrected without another day."""
    with desk(tmp_path / "node", follow_ups=[{"method": "officer_visit", "due": "2026-11-20"}]) as at:
        path = at.path(f"/follow-ups/{at.record().follow_ups[0].id}/done")
        assert at.malee.post(path, {"condition": "", "result": ""}).status_code == 422
        assert at.malee.post(path, {"condition": "better", "result": "She sleeps"}).status_code == 303
        one = at.record().follow_ups[0]
        assert (one.done, one.condition, one.done_by) == ("2026-11-20", "better", "malee")
        page = at.malee.get(at.path("/follow-ups")).text
        assert "She sleeps" in page
        assert "Better" in page
        at.later(days=3)
        assert at.anong.post(path, {"condition": "same", "result": "She sleeps less"}).status_code == 303
        one = at.record().follow_ups[0]
        assert (one.done, one.done_by, one.result) == ("2026-11-20", "malee", "She sleeps less")
        assert at.malee.get(at.path("/follow-ups/999/done")).status_code == 404


def test_notes_stand_as_they_were_written(tmp_path: Path) -> None:
    """Hostile words are shown as words, lines stay lines; each can be corrected and taken out."""
    with desk(tmp_path / "node") as at:
        words = "<script>alert(1)</script>\nsecond line"
        assert at.malee.post(at.path("/notes/add"), {"text": words}).status_code == 303
        page = at.malee.get(at.path("/notes")).text
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        number = at.record().notes[0].id
        assert at.malee.post(at.path(f"/notes/{number}"), {"text": "quiet"}).status_code == 303
        assert "alert(1)" in at.malee.get(at.path(f"/notes/{number}")).text
        at.malee.post(at.path(f"/notes/{number}/out"))
        assert not at.record().notes


def test_words_for_a_note_that_was_taken_out_are_not_lost(tmp_path: Path) -> None:
    """They stand in the form for a new one."""
    with desk(tmp_path / "node", notes=[{"text": "old"}]) as at:
        path = at.path(f"/notes/{at.record().notes[0].id}")
        at.anong.post(f"{path}/out")
        answer = at.malee.post(path, {"text": "my long words"})
        assert answer.status_code == 303
        assert "my long words" in at.malee.get(answer.headers["location"]).text
