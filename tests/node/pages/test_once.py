"""A form that is sent twice is done once."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.responses import RedirectResponse, Response

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Note
from songtor_node.store.engine import reading, writing
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.once import Once
from songtor_node.workers import acting
from tests.support.node import NOW, new_node
from tests.support.visitor import front_of, visitor


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Its clock goes on by a second at each look."""
    ticks = count()
    return new_node(tmp_path / "once", clock=lambda: NOW + timedelta(seconds=next(ticks)))


@pytest.fixture
def notes(node: Node) -> str:
    with writing(node.engine) as session:
        case = service.create(
            session, CaseFile(), by=acting(session, "malee"), now=node.clock(), random=node.random
        )
        return f"/cases/{case.code}/notes"


def _form(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def _kept(node: Node) -> list[str]:
    with reading(node.engine) as session:
        return [note.text for note in session.exec(select(Note))]


def test_a_double_tap_adds_one_note(node: Node, notes: str) -> None:
    """Two of the same form at once have one effect, and both lead on."""
    malee = visitor(node, "malee")
    form = {**_form(malee.get(f"{notes}/add").text), "text": "โทรหาแล้ว"}
    with malee, ThreadPoolExecutor(4) as taps:
        answers = list(taps.map(lambda _: malee.post(f"{notes}/add", form), range(4)))
    assert _kept(node) == ["โทรหาแล้ว"]
    assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}


def test_a_form_that_is_sent_again_after_waking_is_done_once(node: Node, notes: str) -> None:
    """The session has another token then; the worker and the words are the same."""
    front = front_of(node)
    malee = visitor(node, "malee", front=front)
    form = {**_form(malee.get(f"{notes}/add").text), "text": "โทรหาแล้ว"}
    for _ in range(2):
        assert malee.post(f"{notes}/add", form).status_code == 303
        with writing(node.engine) as session:
            token = sessions.begin(session, "malee", now=node.clock(), random=node.random, proven=True)
        malee.cookies.set("songtor", token)
    assert _kept(node) == ["โทรหาแล้ว"]


def test_other_words_from_the_same_page_are_another_note(node: Node, notes: str) -> None:
    """Nothing that somebody typed is taken for a repetition."""
    malee = visitor(node, "malee")
    form = _form(malee.get(f"{notes}/add").text)
    for text in ("หนึ่ง", "สอง"):
        malee.post(f"{notes}/add", {**form, "text": text})
    assert _kept(node) == ["หนึ่ง", "สอง"]


def test_the_same_words_later_are_another_note(node: Node, notes: str) -> None:
    """A page that is opened anew asks anew."""
    malee = visitor(node, "malee")
    for _ in range(2):
        malee.post(f"{notes}/add", {**_form(malee.get(f"{notes}/add").text), "text": "ไม่รับสาย"})
    assert len(_kept(node)) == 2


def test_what_was_refused_is_done_when_it_is_sent_again(node: Node, notes: str) -> None:
    """A refusal is not remembered as done."""
    malee = visitor(node, "malee")
    form = _form(malee.get(f"{notes}/add").text)
    assert malee.post(f"{notes}/add", {**form, "text": ""}).status_code == 422
    assert malee.post(f"{notes}/add", {**form, "text": "ใช่"}).status_code == 303
    assert _kept(node) == ["ใช่"]


def test_strangers_forms_push_no_worker_s_out(node: Node, notes: str) -> None:
    """Only what a worker sends is remembered."""
    malee = visitor(node, "malee", remembered=3)
    form = {**_form(malee.get(f"{notes}/add").text), "text": "โทรหาแล้ว"}
    malee.post(f"{notes}/add", form)
    token = malee.cookies["songtor"]
    malee.cookies.delete("songtor")
    for number in range(5):
        malee.post("/language", {"back": "/", "lang": "th", "made": str(number)})
    malee.cookies.set("songtor", token)
    malee.post(f"{notes}/add", form)
    assert _kept(node) == ["โทรหาแล้ว"]


def test_both_doors_do_the_same_form_once() -> None:
    """A form that comes by two event loops at once has one effect; a long way back is not kept."""
    done, same, long = [], Once(), "/" + "x" * 10_000

    async def answer() -> Response:
        await asyncio.sleep(0.01)
        done.append(1)
        return RedirectResponse("/cases", 303)

    async def far() -> Response:
        return RedirectResponse(long, 303)

    def door(key: bytes) -> str:
        return asyncio.run(same.do(key, answer)).headers["location"]

    with ThreadPoolExecutor(4) as doors:
        for number in range(50):
            assert set(doors.map(door, [bytes([number]) * 4] * 4)) == {"/cases"}
    assert len(done) == 50
    assert asyncio.run(same.do(b"far", far)).headers["location"] == long
    assert b"far" not in same._led
