"""Hostile names and texts are shown as what they are: words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.casework import Desk, desk
from tests.support.page_form import form_of

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\" onmouseover='alert(1)' x=\"</textarea></blockquote><img src=x onerror=alert(1)>"
TEMPLATE = "{{ 7 * 7 }}{% raw %}${7*7}"
EMOJI = "👩‍👧‍👦🏳️‍🌈"
MARKS = "ก" + "\u0e49\u0e34" * 60  # tone marks and vowels, one upon the other
LONG = "ยาว" * 100
PLAIN = [SCRIPT, QUOTES, TEMPLATE, EMOJI, MARKS, LONG, "a" * 300, "O'Brien & Söhne <>", "ภาษา\u200bไทย"]
TURNED = ["\u202eevil", "\u2066isolated\u2069", "null\x00", "bell\x07", "\u200f"]
PAGES = (
    "",
    "/client",
    "/client/names",
    "/people",
    "/facts",
    "/visits",
    "/contact",
    "/story",
    "/unsafe",
    "/alike",
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def save(at: Desk, below: str, **words: str) -> int:
    path = at.path(below)
    return int(at.malee.post(path, {**form_of(at.malee.get(path).text), **words}).status_code)


def entries(at: Desk, text: str) -> None:
    """The text wherever a list has room for one more."""
    for below, words in (
        ("/contact/new", {"channel": "line", "value": text, "safe": text, "say": text}),
        ("/people/new", {"relation": text, "name_thai": text, "danger": "true"}),
        ("/facts/new", {"text": text, "source": text}),
        ("/visits/new", {"method": "phone_call", "met": text, "found": text, "who": text}),
        ("/unsafe/new", {"category": "address", "reason": text}),
    ):
        assert at.malee.post(at.path(below), words).status_code == 303


def test_words_stay_words(at: Desk) -> None:
    """No tag, attribute or template comes alive on any page; every form gives back what was typed."""
    for text in PLAIN:
        entries(at, text)
        assert save(at, "/client/names", nickname=text, name_thai=text, name_latin=text) == 303
        assert save(at, "/story", narrative=text) == 303
        assert form_of(at.malee.get(at.path("/client/names")).text)["nickname"] == text
        page = at.malee.get(at.path("/story")).text
        assert form_of(page)["narrative"] == text
        assert_harmless(page)
    for below in PAGES:
        answer = at.malee.get(at.path(below))
        assert answer.status_code == 200
        assert_harmless(answer.text)
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def assert_harmless(page: str) -> None:
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert not re.search(r"<[a-z]+[^>]*\sonmouseover=", page)
    assert "49{%" not in page


@pytest.mark.parametrize("text", TURNED, ids=range(len(TURNED)))
def test_what_turns_the_writing_or_drives_a_screen_is_refused(at: Desk, text: str) -> None:
    """It is told in words and shown again to be mended; nothing of it is in the case."""
    path = at.path("/client/names")
    answer = at.malee.post(path, {**form_of(at.malee.get(path).text), "nickname": text})
    assert answer.status_code == 422
    assert "invisible control characters" in answer.text
    assert at.record().client.nickname == ""


@pytest.mark.parametrize("word", ["שלום עולם", "مرحبا"])
def test_names_from_right_to_left_stand_by_themselves(at: Desk, word: str) -> None:
    """Another direction of writing is a person's name, and turns nothing beside it."""
    assert save(at, "/client/names", nickname=word, name_thai=word) == 303
    assert f"<strong><bdi>{word}</bdi></strong>" in at.malee.get(at.path("")).text


def test_too_long_is_told_and_nothing_is_lost(at: Desk) -> None:
    """The page comes back with every letter that was typed."""
    path, text = at.path("/story"), "ก" * 12_001
    answer = at.malee.post(path, {**form_of(at.malee.get(path).text), "narrative": text})
    assert answer.status_code == 422
    assert form_of(answer.text)["narrative"] == text


def test_a_long_story_fits_a_draft(at: Desk) -> None:
    """As long as a case may hold, in Thai."""
    path = at.path("/story")
    form = form_of(at.malee.get(path).text)
    assert at.malee.post("/draft", {**form, "narrative": "ก" * 12_000}).status_code == 200


@pytest.mark.parametrize(
    "below", ["/people/1e9", "/people/-1", "/facts/99999999999999999999", "/contact/0", "/contact/²"]
)
def test_numbers_that_are_none(at: Desk, below: str) -> None:
    """Nothing is there, and nothing fails."""
    assert at.malee.get(at.path(below)).status_code == 404
