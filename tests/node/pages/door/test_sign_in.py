"""Signing in: who comes in with which two halves, and who does not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from songtor_node.accounts import browsers, passwords, people, tries
from songtor_node.accounts.models import Account, RecoveryCode, Tries
from songtor_node.alerts import alerts
from songtor_node.bootstrap import Node
from songtor_node.store.engine import reading, writing
from songtor_node.web.entrance import sessions
from tests.support.accounts import PASSWORD, code_of, is_in, sign_in, with_account
from tests.support.hub import MovableClock
from tests.support.visitor import browser, front_of, visitor


def test_both_halves_are_needed(node: Node, secret: str) -> None:
    """A password alone reaches no page; with the authenticator's code one is in."""
    client = browser(front_of(node))
    assert (
        client.post("/sign-in", {"code": "malee", "password": PASSWORD}).headers["location"]
        == "/sign-in/code"
    )
    assert not is_in(client)
    assert client.get("/me").headers["location"] == "/sign-in"
    assert client.post("/sign-in/code", {"second": "000000"}).status_code == 422
    assert not is_in(client)
    assert client.post("/sign-in/code", {"second": code_of(secret, node.clock())}).headers["location"] == "/"
    assert is_in(client)


def test_an_unknown_worker_and_a_wrong_password_are_answered_alike(node: Node, secret: str) -> None:
    """Word for word but for what was typed; who left is unknown, too."""
    with writing(node.engine) as session:
        people.leave(session, "anong", by="admin", now=node.clock())
    with_account(node, "anong")
    client = browser(front_of(node))
    said = {
        code: client.post("/sign-in", {"code": code, "password": typed})
        for code, typed in (("malee", "x" * 14), ("nobody", "x" * 14), ("anong", PASSWORD), ("lek", "x" * 14))
    }
    assert {one.status_code for one in said.values()} == {422}
    assert len({one.text.replace(f'value="{code}"', "") for code, one in said.items()}) == 1
    assert not client.cookies.get("songtor")


def test_guessing_meets_growing_pauses_and_is_told(node: Node, secret: str, clock: MovableClock) -> None:
    """Known or unknown: after five in vain even the right password waits; the administrator is told."""
    client = browser(front_of(node))
    for code in ("malee", "nobody"):
        for _ in range(tries.FREE):
            assert "แล้วลองใหม่" not in client.post("/sign-in", {"code": code, "password": "wrong"}).text
        assert "แล้วลองใหม่" in client.post("/sign-in", {"code": code, "password": PASSWORD}).text
    with reading(node.engine) as session:
        assert {(one.code, one.subject) for one in alerts(session)} == {
            ("peer.guessing", "malee"),
            ("peer.guessing", "-"),
        }
    clock.ahead += tries.pause(tries.FREE) + timedelta(seconds=1)
    assert client.post("/sign-in", {"code": "malee", "password": "wrong"}).status_code == 422
    clock.ahead += tries.pause(tries.FREE)  # the next pause is longer
    assert "แล้วลองใหม่" in client.post("/sign-in", {"code": "malee", "password": PASSWORD}).text
    clock.ahead += tries.LONGEST
    assert sign_in(client, secret, node).headers["location"] == "/"


def test_a_stranger_who_guesses_shuts_no_worker_out(node: Node, secret: str, clock: MovableClock) -> None:
    """Neither from a browser where the worker signed in before, nor out of a session that sleeps; and such a
    browser has a pause of its own."""
    front = front_of(node)
    own, stranger = browser(front), browser(front)
    sign_in(own, secret, node)
    own.get("/locked")
    with writing(node.engine) as session:
        for number in range(tries.FREE_FOR_ALL):  # and the others with it
            tries.begin(session, f"name{number % 30}", clock())
    for _ in range(tries.FREE + 2):
        stranger.post("/sign-in", {"code": "malee", "password": "wrong"})
    assert own.post("/locked", {"to": "/me", "password": "wrong"}).status_code == 422
    assert own.post("/locked", {"to": "/me", "password": PASSWORD}).headers["location"] == "/me"
    own.post("/sign-out")
    clock.ahead += timedelta(seconds=31)
    for _ in range(tries.FREE + 2):
        stranger.post("/sign-in", {"code": "malee", "password": "wrong"})
    assert sign_in(own, secret, node).headers["location"] == "/"
    own.post("/sign-out")
    for _ in range(tries.FREE):
        own.post("/sign-in", {"code": "malee", "password": "wrong"})
    assert "แล้วลองใหม่" in own.post("/sign-in", {"code": "malee", "password": PASSWORD}).text


def test_a_browser_is_known_for_its_worker_alone(node: Node, secret: str) -> None:
    """What it keeps opens nothing, and is of no use to another name, or made up."""
    front = front_of(node)
    own, stranger = browser(front), browser(front)
    sign_in(own, secret, node)
    (name,) = (one for one in own.cookies if one.startswith("songtor-known-"))
    mark = str(own.cookies.get(name))
    with reading(node.engine) as session:
        assert browsers.known(session, "malee", mark) == mark
        for worker, said in (("anong", mark), ("malee", mark[:-1]), ("malee", ""), ("malee", "ก" * 96)):
            assert not browsers.known(session, worker, said)
    stranger.cookies.set(name, mark)
    assert not is_in(stranger)


def test_guessing_many_names_is_slowed_for_all_but_shuts_nobody_out(node: Node, clock: MovableClock) -> None:
    """A pause of seconds for everybody, however many names are tried; what is kept of them stays bounded."""
    with writing(node.engine) as session:
        for number in range(tries.FREE_FOR_ALL):
            assert not tries.begin(session, f"name{number}", clock())
        assert tries.begin(session, "one-more", clock()) <= tries.PAUSE_FOR_ALL
        assert (
            tries.begin(session, "one-more", clock() + tries.PAUSE_FOR_ALL + timedelta(seconds=1))
            == timedelta()
        )
        later = clock() + timedelta(days=2)
        tries.begin(session, "malee", later)
        assert len(session.exec(select(Tries)).all()) == 2


def test_names_that_are_made_up_do_not_fill_the_store(node: Node, clock: MovableClock) -> None:
    """While there is a pause nothing is kept of a try, nor is the pause for all any shorter for it."""
    now = clock()
    for number in range(tries.FREE_FOR_ALL):
        with writing(node.engine) as session:
            tries.begin(session, f"name{number % 20}", now)
    for number in range(100):
        with writing(node.engine) as session:
            assert tries.begin(session, f"other{number}", now)
    now += tries.LONGEST - timedelta(seconds=1)
    with writing(node.engine) as session:
        assert len(session.exec(select(Tries)).all()) == 21
        before = session.get_one(Tries, b"").count
        for number in range(10):
            session.get_one(Tries, tries._subject(f"name{number}", "")).count = 100
            assert tries.begin(session, f"name{number}", now)
        assert session.get_one(Tries, b"").count == before
        plan = "EXPLAIN QUERY PLAN DELETE FROM tries WHERE last_at < 1"
        assert "ix_tries_last_at" in str(session.connection().execute(text(plan)).all())


def test_the_second_half_is_bounded_too(node: Node, secret: str) -> None:
    """Who knows the password cannot try every code."""
    client = browser(front_of(node))
    client.post("/sign-in", {"code": "malee", "password": PASSWORD})
    for _ in range(tries.FREE):
        client.post("/sign-in/code", {"second": "000000"})
    assert client.post("/sign-in/code", {"second": code_of(secret, node.clock())}).status_code == 422
    assert not is_in(client)


def test_a_code_of_the_authenticator_is_good_once(node: Node, secret: str, clock: MovableClock) -> None:
    """Read over a shoulder it opens nothing; nor does an older one."""
    clock.ahead += timedelta(seconds=90)
    used = code_of(secret, node.clock())
    first, thief = browser(front_of(node)), browser(front_of(node))
    assert sign_in(first, secret, node).headers["location"] == "/"
    thief.post("/sign-in", {"code": "malee", "password": PASSWORD})
    for typed in (used, code_of(secret, node.clock() - timedelta(seconds=30))):
        assert thief.post("/sign-in/code", {"second": typed}).status_code == 422
    assert not is_in(thief)


def test_a_recovery_code_is_good_once(node: Node, secret: str) -> None:
    """Ten are shown once, only digests are kept, each opens once in place of the authenticator's code."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    page = client.get("/me/recovery").text
    shown = re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", page)
    assert "ไม่มีตัวอักษร O I และ L" in page
    assert not set("OIL").intersection("".join(shown))
    assert len(shown) == 10
    client.post("/me/recovery")
    assert shown[0] not in client.get("/me/recovery").text
    with reading(node.engine) as session:
        assert len(session.exec(select(RecoveryCode)).all()) == 10
    for expected in (303, 422):
        other = browser(front_of(node))
        other.post("/sign-in", {"code": "malee", "password": PASSWORD})
        typed = shown[3].lower().replace("-", " ")
        assert other.post("/sign-in/code", {"second": typed}).status_code == expected
        assert is_in(other) is (expected == 303)


def test_the_first_time_with_a_one_time_code(node: Node, clock: MovableClock) -> None:
    """It is typed in the password's place, is used up by the first password, and ends after 72 hours."""
    with writing(node.engine) as session:
        once = people.give_code(session, "lek", by="admin", now=node.clock(), random=node.random)
    client, slower = browser(front_of(node)), browser(front_of(node))
    for one in (client, slower):
        assert (
            one.post("/sign-in", {"code": "lek", "password": once}).headers["location"] == "/sign-in/password"
        )
    weak = client.post("/sign-in/password", {"new_password": "password1234", "again": "password1234"})
    assert weak.status_code == 422
    new = {"new_password": PASSWORD, "again": PASSWORD}
    assert client.post("/sign-in/password", new).headers["location"] == "/sign-in/second"
    assert slower.post("/sign-in/password", new).headers["location"] == "/sign-in"
    assert client.post("/sign-in", {"code": "lek", "password": once}).status_code == 422
    with writing(node.engine) as session:
        late = people.give_code(session, "lek", by="admin", now=node.clock(), random=node.random)
    clock.ahead += timedelta(hours=73)
    assert client.post("/sign-in", {"code": "lek", "password": late}).status_code == 422


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "malee malee 1", "qwertyuiop12", "x" * 300]
)
def test_a_password_that_is_easily_guessed_is_refused(node: Node, secret: str, password: str) -> None:
    """Short, common, of one letter, one's own code, or endless."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    said = {"password": PASSWORD, "new_password": password, "again": password}
    assert client.post("/me/password", said).status_code == 422


@pytest.mark.parametrize("path", ["/sign-in", "/locked"])
def test_a_password_judged_before_a_new_code_opens_nothing_after(
    node: Node, secret: str, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Who is at the door or wakes a session while the administrator gives a new code stays outside, and
    chooses no first password."""
    front = front_of(node)
    client, admin = browser(front), visitor(node, "admin", front=front)
    if path == "/locked":
        sign_in(client, secret, node)
        client.get("/locked")
    fits = passwords.fits

    def meanwhile(*judged: Any) -> bool:
        right = fits(*judged)
        admin.post("/people/malee/new-code")
        return right

    monkeypatch.setattr(passwords, "fits", meanwhile)
    client.post(path, {"code": "malee", "password": PASSWORD})
    monkeypatch.undo()
    said = {"new_password": "กระต่ายตื่นตูมใต้ต้นตาล", "again": "กระต่ายตื่นตูมใต้ต้นตาล"}
    assert client.post("/sign-in/password", said).headers["location"] == "/sign-in"
    assert not is_in(client)
    with reading(node.engine) as session:
        assert not session.get_one(Account, "malee").password


def test_an_ended_half_does_not_become_a_whole(
    node: Node, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code of the authenticator that is judged while the session is ended begins none."""
    client = browser(front_of(node))
    client.post("/sign-in", {"code": "malee", "password": PASSWORD})
    begin = tries.begin

    def meanwhile(session: Session, *said: Any) -> timedelta:
        sessions.end_all(session, "malee")
        return begin(session, *said)

    monkeypatch.setattr(tries, "begin", meanwhile)
    assert client.post("/sign-in/code", {"second": code_of(secret, node.clock())}).status_code == 403
    assert not is_in(client)
