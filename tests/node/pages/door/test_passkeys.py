"""A passkey in place of both halves."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest

from songtor_node.accounts import people
from songtor_node.bootstrap import Node
from songtor_node.store.engine import writing
from tests.support.accounts import PASSWORD, SoftKey, is_in, sign_in
from tests.support.hub import MovableClock
from tests.support.visitor import browser, front_of

SECURE = "https://node.example"
FOREIGN = "https://evil.example"


def options(page: str) -> dict[str, object]:
    """What the page asks the browser's authenticator for."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found
    asked: dict[str, object] = json.loads(html.unescape(found[1]))
    return asked


@pytest.fixture
def passkey(node: Node, secret: str) -> SoftKey:
    """Malee's, made at this host."""
    client, key = browser(front_of(node, SECURE), SECURE), SoftKey(SECURE)
    sign_in(client, secret, node)
    answer = key.create(options(client.post("/me/passkeys/new").text))
    made = client.post("/me/passkeys/new/done", {"answer": answer, "name": "Chrome, Android"})
    assert made.headers["location"] == "/me?done=saved"
    assert "Chrome, Android" in client.get("/me/passkeys").text
    return key


def test_a_passkey_opens_alone(node: Node, passkey: SoftKey) -> None:
    """No code and no password is typed."""
    client = browser(front_of(node, SECURE), SECURE)
    answer = passkey.get(options(client.post("/sign-in/passkey").text))
    assert client.post("/sign-in/passkey/done", {"answer": answer}).headers["location"] == "/"
    assert is_in(client)


def test_a_passkeys_answer_is_good_once_and_here_alone(
    node: Node, passkey: SoftKey, clock: MovableClock
) -> None:
    """Not twice, not in another browser, not late, not for another challenge."""
    front = front_of(node, SECURE)
    client, thief = browser(front, SECURE), browser(front, SECURE)
    asked = options(client.post("/sign-in/passkey").text)
    answer = passkey.get(asked)
    thief.post("/sign-in/passkey")
    assert thief.post("/sign-in/passkey/done", {"answer": answer}).status_code == 422
    assert client.post("/sign-in/passkey/done", {"answer": answer}).status_code == 303
    client.post("/sign-out")
    assert client.post("/sign-in/passkey/done", {"answer": answer}).status_code == 422
    late = passkey.get(options(client.post("/sign-in/passkey").text))
    clock.ahead += timedelta(minutes=4)
    assert client.post("/sign-in/passkey/done", {"answer": late}).status_code == 422
    assert not is_in(client)


def test_whoever_asks_for_many_challenges_pushes_out_nobodys(node: Node, passkey: SoftKey) -> None:
    """A worker goes on to sign in while a stranger asks and asks."""
    front = front_of(node, SECURE)
    client, stranger = browser(front, SECURE), browser(front, SECURE)
    asked = options(client.post("/sign-in/passkey").text)
    for _ in range(1001):
        stranger.post("/sign-in/passkey")
    assert client.post("/sign-in/passkey/done", {"answer": passkey.get(asked)}).status_code == 303


def test_a_stolen_answer_and_its_cookie_open_nothing_once_more(node: Node, passkey: SoftKey) -> None:
    """What was used is remembered while it would have been good; a cookie of one's own making is none."""
    front = front_of(node, SECURE)
    client, thief = browser(front, SECURE), browser(front, SECURE)
    passkey.count = -1  # many keys do not count
    answer = passkey.get(options(client.post("/sign-in/passkey").text))
    cookie = client.cookies["__Host-songtor-step"]
    assert client.post("/sign-in/passkey/done", {"answer": answer}).status_code == 303
    for token in (cookie, f"f{cookie}", "", "-", "f" * 3000, f"{10**15:x}-00"):
        thief.cookies.set("__Host-songtor-step", token)
        assert thief.post("/sign-in/passkey/done", {"answer": answer}).status_code == 422
    assert not is_in(thief)


@pytest.mark.parametrize("answer", ["[" * 20_000, '{"a":' * 4_000, "null", '{"id":"\\ud800"}', "{}", ""])
def test_an_answer_that_is_none_is_refused(node: Node, passkey: SoftKey, answer: str) -> None:
    """Whoever stands before the door may send anything; it is no fault of the node's."""
    client = browser(front_of(node, SECURE), SECURE)
    client.post("/sign-in/passkey")
    assert client.post("/sign-in/passkey/done", {"answer": answer}).status_code == 422


def test_a_passkey_must_know_who_releases_it(node: Node, passkey: SoftKey) -> None:
    """Touched by anybody, of another site, with an old count, or of somebody who left, it opens nothing."""
    client = browser(front_of(node, SECURE), SECURE)

    def tried(key: SoftKey) -> int:
        answer = key.get(options(client.post("/sign-in/passkey").text))
        return client.post("/sign-in/passkey/done", {"answer": answer}).status_code

    passkey.verifies = False
    assert tried(passkey) == 422
    passkey.verifies, passkey.origin = True, FOREIGN
    assert tried(passkey) == 422
    passkey.origin = SECURE
    assert tried(passkey) == 303
    client.post("/sign-out")
    passkey.count = 0  # a copy of it
    assert tried(passkey) == 422
    passkey.count = 9
    stranger = SoftKey(SECURE, id=passkey.id, handle=passkey.handle, count=20)
    assert tried(stranger) == 422
    with writing(node.engine) as session:
        people.leave(session, "malee", by="admin", now=node.clock())
    assert tried(passkey) == 422
    for rubbish in ("", "{}", "[]", "null", '{"id": 1}'):
        client.post("/sign-in/passkey")
        assert client.post("/sign-in/passkey/done", {"answer": rubbish}).status_code == 422


def test_by_a_bare_address_there_is_no_passkey(node: Node, secret: str) -> None:
    """There the authenticator is what remains; the last proof cannot be taken away."""
    client = browser(front_of(node))
    assert "/sign-in/passkey" not in client.get("/sign-in").text
    assert client.post("/sign-in/passkey").status_code == 400
    assert client.get("/sign-in/second").headers["location"] == "/sign-in/authenticator"


def test_the_first_sign_in_may_choose_a_passkey(node: Node) -> None:
    """Then it and the password are all that is needed, and it cannot be taken away."""
    with writing(node.engine) as session:
        once = people.give_code(session, "lek", by="admin", now=node.clock(), random=node.random)
    client, key = browser(front_of(node, SECURE), SECURE), SoftKey(SECURE)
    client.post("/sign-in", {"code": "lek", "password": once})
    client.post("/sign-in/password", {"new_password": PASSWORD, "again": PASSWORD})
    assert "/sign-in/passkeys/new" in client.get("/sign-in/second").text
    answer = key.create(options(client.post("/sign-in/passkeys/new").text))
    done = client.post("/sign-in/passkeys/new/done", {"answer": answer, "name": ""})
    assert done.headers["location"] == "/me/recovery"
    assert client.post("/me/passkeys", {"passkey": key.id.hex()}).status_code == 404
