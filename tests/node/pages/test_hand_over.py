"""A phone in a client's hands reaches the conversation and nothing else, until the worker has it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from songtor_node.accounts.models import Tries
from songtor_node.bootstrap import Node
from songtor_node.store.engine import reading, writing
from songtor_node.web.front import When
from songtor_node.web.routes import PAGES
from tests.support.accounts import PASSWORD, with_account
from tests.support.node import new_node
from tests.support.talks import begin, case_of, say, to_check
from tests.support.visitor import Visitor, passwords_filled, visitor

IN_ANY_HAND = {"/hand-back", "/leave", "/language", "/locked", "/sign-out"}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    with_account(made, "malee")
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee")


def handed(who: Visitor, case: str) -> str:
    """A conversation whose phone was handed over; gives its path."""
    talk = begin(who, case)
    say(who, talk, "who", who="client")
    say(who, talk, "purpose", purpose="domestic_violence")
    say(who, talk, "recipients", recipients=["TH-00/dwf"])
    assert say(who, talk, "phone", phone="hand", language="th") == "told"
    return talk


def test_every_other_page_leads_back_to_the_worker(node: Node, malee: Visitor) -> None:
    """The whole table of pages is walked, so that a new page cannot be forgotten."""
    case = case_of(node)
    talk = handed(malee, case)
    for page in PAGES:
        if page.path in IN_ANY_HAND or "{talk" in page.path or page.when not in (None, When.OPEN):
            continue
        path = page.path.replace("{case}", case)
        for way, handler in ((malee.get, page.get), (malee.post, page.post)):
            if handler is not None:
                answer = way(path)
                assert answer.headers.get("location") == "/hand-back", (path, answer.status_code)
    assert malee.get(f"{talk}/told").status_code == 200


def test_the_workers_own_questions_are_closed_too(node: Node, malee: Visitor) -> None:
    """Who decides, what for and to whom were the worker's; another conversation is none of theirs."""
    case = case_of(node)
    other = begin(malee, case)
    talk = handed(malee, case)
    for screen in ("who", "purpose", "recipients", "phone", "sheet"):
        assert malee.get(f"{talk}/{screen}").headers["location"] == "/hand-back"
        if screen != "sheet":
            assert malee.post(f"{talk}/{screen}", {screen: "x"}).headers["location"] == "/hand-back"
    assert malee.post(talk).headers["location"] == "/hand-back"
    assert malee.get(f"{other}/who").headers["location"] == "/hand-back"
    assert malee.get(f"{talk}0/told").headers["location"] == "/hand-back"


def test_no_client_tries_a_workers_password(node: Node, malee: Visitor) -> None:
    """Where a second worker would prove who they are, nothing is asked, counted or told."""
    talk = handed(malee, case_of(node))
    typed = {"how": "now", "second_worker": "malee", "second_password": PASSWORD, "second_code": "000000"}
    assert malee.post(f"{talk}/second", typed).headers["location"] == "/hand-back"
    with reading(node.engine) as session:
        assert session.exec(select(Tries)).all() == []


def test_a_clients_screen_shows_no_place_to_go_and_a_way_out(node: Node, malee: Visitor) -> None:
    """No menu, no case code, no worker's name; the way out on every one."""
    case = case_of(node)
    talk = handed(malee, case)
    for screen in ("told", "days", "follow", "sight", "check"):
        page = malee.get(f"{talk}/{screen}").text
        assert 'href="/leave" data-leave' in page
        assert 'class="menu"' not in page
        assert f'href="/cases/{case}"' not in page
        assert "<title>ส่งต่อ</title>" in page
        assert "สามี" not in page.replace("Max Beispiel", "") or screen == "told"


def test_the_worker_takes_it_back_with_their_password(node: Node, malee: Visitor) -> None:
    """A wrong one does not; then everything is there again."""
    case = case_of(node)
    talk = handed(malee, case)
    assert malee.post("/hand-back", {"password": "ไม่ใช่รหัสผ่าน"}).status_code == 422
    assert malee.get(f"/cases/{case}").headers["location"] == "/hand-back"
    assert malee.post("/hand-back", {"password": PASSWORD}).headers["location"] == talk
    assert malee.get(f"/cases/{case}/consents").status_code == 200
    assert malee.get(talk).headers["location"] == f"{talk}/told"


def test_the_phone_itself_lets_nobody_in(node: Node, malee: Visitor) -> None:
    """A password that the browser kept is asked for at the door alone, not where a client may hold it."""
    with_account(node, "admin")  # else the door leads to the first start
    handed(malee, case_of(node))
    assert passwords_filled(malee.get("/hand-back").text) == ["new-password"]
    assert passwords_filled(malee.get("/locked").text) == ["new-password"]
    assert passwords_filled(visitor(node).get("/sign-in").text) == ["current-password"]


def test_guessing_the_password_meets_a_pause(node: Node, malee: Visitor) -> None:
    """As at the door."""
    handed(malee, case_of(node))
    for _ in range(5):
        malee.post("/hand-back", {"password": "ไม่ใช่รหัสผ่าน"})
    answer = malee.post("/hand-back", {"password": PASSWORD})
    assert answer.status_code == 422
    assert "รอสักครู่" in answer.text


def test_paper_and_spoken_go_back_to_the_worker_first(node: Node, malee: Visitor) -> None:
    """The client chooses how; the worker does the rest."""
    talk = handed(malee, case_of(node))
    say(malee, talk, "told", told=["place"])
    say(malee, talk, "days", days="30")
    say(malee, talk, "follow")
    say(malee, talk, "sight", sight="no")
    page = malee.get(f"{talk}/check").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert say(malee, talk, "check", seen=seen, how="spoken") == "spoken"
    assert malee.get(f"{talk}/spoken").headers["location"] == "/hand-back"
    assert malee.post(f"{talk}/spoken", {"spoken_witness": "x"}).headers["location"] == "/hand-back"
    malee.post("/hand-back", {"password": PASSWORD})
    assert malee.get(talk).headers["location"] == f"{talk}/spoken"


def test_leaving_ends_the_session_and_shows_a_calendar(node: Node, malee: Visitor) -> None:
    """What stands there then says nothing; going back opens nothing, until somebody taps today's date."""
    talk = handed(malee, case_of(node))
    answer = malee.get("/leave")
    assert answer.headers["location"] == "/calendar"
    page = malee.get("/calendar").text
    assert "พ.ย. 2569" in page
    assert [one for one in ("consents", "ส่งต่อ", "mark.svg", "sign-in", 'href="/"') if one in page] == []
    for path in (f"{talk}/told", "/", "/sign-in", "/hand-back"):
        assert malee.get(path).headers["location"] == "/calendar"
    assert 'href="/calendar/today"' in page
    assert malee.get("/calendar/today").headers["location"] == "/"
    assert malee.get("/").headers["location"] == "/sign-in"


def test_leaving_asks_nothing_of_the_store(node: Node, malee: Visitor) -> None:
    """Where it is busy, full or broken, the calendar comes all the same, and nothing else after it."""
    talk = handed(malee, case_of(node))
    with writing(node.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE web_session RENAME TO away")
    answer = malee.get("/leave")
    assert answer.headers["location"] == "/calendar"
    taken = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("songtor="))
    assert "Max-Age=0" in taken
    malee.cookies.delete("songtor")
    with writing(node.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO web_session")
    assert malee.get(f"{talk}/told").headers["location"] == "/calendar"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_makes_nobody_leave(malee: Visitor, site: str) -> None:
    """Its link, or another program's on this machine, shows the calendar and takes no session away."""
    answer = malee.get("/leave", headers={"sec-fetch-site": site})
    assert (answer.headers["location"], answer.headers.get_list("set-cookie")) == ("/calendar", [])
    assert malee.get("/").status_code == 200


def test_an_account_without_a_password_signs_in_anew(node: Node) -> None:
    """With a passkey there is nothing to type: out, and in again; no answer is lost."""
    anong = visitor(node, "anong")
    talk = handed(anong, case_of(node))
    page = anong.get("/hand-back").text
    assert 'name="password"' not in page
    assert 'action="/sign-out"' in page
    assert visitor(node, "anong").get(talk).headers["location"] == f"{talk}/told"


def test_who_opened_what_is_handed_over_alone(node: Node, malee: Visitor) -> None:
    """The client may look for themselves."""
    case = case_of(node)
    path = f"/cases/{case}/opened"
    assert malee.post(path).headers["location"] == path
    page = malee.get(path).text
    assert "ใครเปิดดูเรื่องของคุณบ้าง" in page
    assert 'class="menu"' not in page
    assert malee.get(f"/cases/{case}").headers["location"] == "/hand-back"


def test_reading_aloud_locks_nothing(node: Node, malee: Visitor) -> None:
    """On a call the worker keeps the phone."""
    case = case_of(node)
    to_check(malee, begin(malee, case))
    assert malee.get(f"/cases/{case}/consents").status_code == 200
