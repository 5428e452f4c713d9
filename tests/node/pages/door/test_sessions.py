"""Once in: how long, by which browser, from which site."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from songtor_node.accounts import tries
from songtor_node.accounts.models import Account
from songtor_node.bootstrap import Node
from songtor_node.store.engine import reading, writing
from songtor_node.web.entrance.sessions import WebSession
from songtor_node.workers import Worker
from tests.support.accounts import PASSWORD, code_of, is_in, sign_in
from tests.support.hub import MovableClock
from tests.support.visitor import ORIGIN, browser, front_of, visitor

SECURE = "https://node.example"
FOREIGN = "https://evil.example"


def test_each_step_of_a_sign_in_has_a_token_of_its_own(node: Node, secret: str) -> None:
    """A token that somebody planted before the sign-in is never the one that is signed in."""
    client = browser(front_of(node))
    client.cookies.set("songtor", "00" * 32)
    seen = {"00" * 32}
    client.post("/sign-in", {"code": "malee", "password": PASSWORD})
    half = client.cookies.get("songtor", domain="127.0.0.1")
    client.cookies.delete("songtor", domain="")
    assert half
    assert half not in seen
    client.post("/sign-in/code", {"second": code_of(secret, node.clock())})
    whole = client.cookies.get("songtor")
    assert whole
    assert whole != half
    thief = browser(front_of(node))
    for token in (*seen, half):
        thief.cookies.set("songtor", token)
        assert not is_in(thief)


def test_a_stolen_token_ends_with_the_sign_out(node: Node, secret: str) -> None:
    """After it the token opens nothing; the store never held it in the clear."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    stolen = client.cookies.get("songtor")
    assert stolen
    with reading(node.engine) as session:
        assert bytes.fromhex(stolen) not in [one.digest for one in session.exec(select(WebSession))]
    client.post("/sign-out")
    thief = browser(front_of(node))
    thief.cookies.set("songtor", stolen)
    assert not is_in(thief)


def test_sign_out_everywhere_and_one_by_one(node: Node) -> None:
    """One's own other sessions are listed, and end when told; nobody else's do."""
    here, there, other = visitor(node, "malee"), visitor(node, "malee"), visitor(node, "anong")
    with reading(node.engine) as session:
        others = [one.digest.hex() for one in session.exec(select(WebSession)) if one.worker == "anong"]
    here.post("/me/sessions", {"which": others[0]})
    assert is_in(other)
    (mine,) = re.findall(r'name="which" value="([0-9a-f]{64})"', here.get("/me").text)
    here.post("/me/sessions", {"which": mine})
    assert (is_in(here), is_in(there)) == (True, False)
    again = visitor(node, "malee")
    here.post("/me/sessions", {"which": "all"})
    assert (is_in(here), is_in(again)) == (False, False)


def test_an_idle_session_asks_for_the_password_again(node: Node, secret: str, clock: MovableClock) -> None:
    """Of the same worker, to go on where they were; a new token; wrong ones end it."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    before = client.cookies.get("songtor")
    clock.ahead += timedelta(minutes=16)
    assert client.get("/me").headers["location"] == "/locked?to=%2Fme"
    assert client.post("/locked", {"to": "/me", "password": "wrong"}).status_code == 422
    assert client.post("/locked", {"to": "/me", "password": PASSWORD}).headers["location"] == "/me"
    assert client.cookies.get("songtor") != before
    assert is_in(client)
    client.get("/locked")  # locks at once
    assert not is_in(client)
    answers = [client.post("/locked", {"to": "/me", "password": "wrong"}) for _ in range(tries.FREE)]
    assert answers[-1].headers["location"] == "/sign-in"
    assert client.get("/locked").headers["location"] == "/sign-in"


def test_a_part_of_a_page_does_not_become_a_sign_in(node: Node) -> None:
    """Where a draft cannot be kept any more the words stay, and it is said why."""
    answer = browser(front_of(node)).post("/draft", {"form": "/x"}, headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert "<html" not in answer.text
    whole = {"hx-request": "true", "hx-boosted": "true"}
    assert browser(front_of(node)).get("/me", headers=whole).headers["location"] == "/sign-in"


def test_no_session_outlives_twelve_hours(node: Node, secret: str, clock: MovableClock) -> None:
    """Neither by use nor by waking it."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    for _ in range(6):
        clock.ahead += timedelta(hours=2) - timedelta(seconds=1)
        assert client.post("/locked", {"to": "/", "password": PASSWORD}).headers["location"] == "/"
    clock.ahead += timedelta(seconds=10)
    assert client.get("/").headers["location"] == "/sign-in"
    assert client.post("/locked", {"to": "/", "password": PASSWORD}).headers["location"] == "/sign-in"


def test_waking_leads_nowhere_else(node: Node, secret: str) -> None:
    """No address of another site is followed."""
    for to in ("//evil.example", "https://evil.example", "/\\evil.example", ""):
        client = browser(front_of(node))
        with writing(node.engine) as session:
            session.get_one(Account, "malee").step = 0
        sign_in(client, secret, node)
        client.get("/locked")
        assert client.post("/locked", {"to": to, "password": PASSWORD}).headers["location"] == "/"


def test_keys_are_changed_only_by_who_has_just_shown_who_they_are(
    node: Node, secret: str, clock: MovableClock
) -> None:
    """An unattended screen gives nobody a passkey, an authenticator or codes."""
    client = browser(front_of(node))
    sign_in(client, secret, node)
    clock.ahead += timedelta(minutes=11)
    for path in ("/me/authenticator", "/me/recovery"):
        assert client.get(path).headers["location"].startswith("/locked")
        assert client.post(path, {"second": "000000"}).headers["location"].startswith("/locked")
    assert client.post("/me/passkeys/new").headers["location"].startswith("/locked")
    assert client.post("/me/password", {"password": "wrong", "new_password": "ก" * 20}).status_code == 422


def test_a_new_password_signs_the_others_out(node: Node, secret: str) -> None:
    """Who knew the old one is out; here the work goes on."""
    here, there = browser(front_of(node)), visitor(node, "malee")
    sign_in(here, secret, node)
    new = "แปดหมื่นสี่พันพระธรรมขันธ์"
    said = {"password": PASSWORD, "new_password": new, "again": new}
    assert here.post("/me/password", said).headers["location"] == "/me?done=saved"
    assert (is_in(here), is_in(there)) == (True, False)
    assert there.post("/sign-in", {"code": "malee", "password": PASSWORD}).status_code == 422


def test_who_left_or_has_another_role_is_out_at_once(node: Node) -> None:
    """A session ends with the reason for it."""
    admin, malee, anong = visitor(node, "admin"), visitor(node, "malee"), visitor(node, "anong")
    admin.post("/people/malee/leave")
    admin.post("/people/anong/role", {"role": "volunteer"})
    assert (is_in(malee), is_in(anong)) == (False, False)
    with reading(node.engine) as session:
        assert session.get_one(Worker, "malee").active is False


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": FOREIGN},
        {"origin": "null"},
        {"origin": ORIGIN.replace("http:", "https:")},
        {"origin": "", "sec-fetch-site": "cross-site"},
        {"origin": "", "sec-fetch-site": "same-site"},
        {"origin": ""},
    ],
)
def test_a_form_of_another_site_is_not_taken(node: Node, headers: dict[str, str]) -> None:
    """Whatever it says of itself; the session that the browser sends along does not help."""
    client = visitor(node, "malee")
    assert client.post("/me/name", {"name": "ผู้อื่น"}, headers=headers).status_code == 403
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert is_in(client)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:8470.evil.example", "", "localhost:8470"]
)
def test_a_forged_host_is_not_answered(node: Node, host: str) -> None:
    """A name that points here from elsewhere gets neither page nor form."""
    client = visitor(node, "malee")
    assert client.get("/", headers={"host": host}).status_code == 421
    assert client.post("/sign-out", headers={"host": host}).status_code == 421


def test_a_sessions_cookie_is_bound_to_this_host_and_no_script_reads_it(node: Node, secret: str) -> None:
    """Over TLS it has the prefix that binds it; nothing of the door is kept by the browser."""
    client = browser(front_of(node, SECURE), SECURE)
    answer = client.post("/sign-in", {"code": "malee", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-songtor=")
    for flag in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    plain = browser(front_of(node)).post("/sign-in", {"code": "malee", "password": PASSWORD})
    assert plain.headers["set-cookie"].startswith("songtor=")
    assert "HttpOnly" in plain.headers["set-cookie"]
