"""The door: who comes in, how, and who does not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from songtor_node.accounts import browsers, people, tries
from songtor_node.accounts.models import Account, RecoveryCode, Tries
from songtor_node.alerts import alerts
from songtor_node.bootstrap import Node, open_node
from songtor_node.founding import ACKNOWLEDGEMENT
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.link.port import Network
from songtor_node.store.engine import reading, writing
from songtor_node.unlock import Unlock, key_file
from songtor_node.web.entrance.sessions import WebSession
from songtor_node.web.front import Front, Gathered, Reach
from songtor_node.web.pages import start
from songtor_node.workers import Worker
from songtor_proto.errors import StoreError
from songtor_proto.keyslot import CHEAP
from tests.support.accounts import PASSWORD, SoftKey, code_of, with_account
from tests.support.hub import MovableClock
from tests.support.linked import LinkedNetwork
from tests.support.node import PASSPHRASE, new_node
from tests.support.visitor import ORIGIN, Visitor, browser, front_of, visitor

SECURE = "https://node.example"
FOREIGN = "https://evil.example"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def node(tmp_path: Path, clock: MovableClock) -> Iterator[Node]:
    """Where the administrator and malee can sign in."""
    made = new_node(tmp_path / "node", clock=clock)
    with_account(made, "admin")
    yield made
    made.close()


@pytest.fixture
def secret(node: Node) -> str:
    return with_account(node, "malee")


def sign_in(client: Visitor, secret: str, node: Node, worker: str = "malee") -> Response:
    client.post("/sign-in", {"code": worker, "password": PASSWORD})
    return client.post("/sign-in/code", {"second": code_of(secret, node.clock())})


def is_in(client: Visitor) -> bool:
    return client.get("/me").status_code == 200


def options(page: str) -> dict[str, object]:
    """What the page asks the browser's authenticator for."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found
    asked: dict[str, object] = json.loads(html.unescape(found[1]))
    return asked


# The first start


def new_front(folder: Path, clock: MovableClock, network: Network | None = None) -> Front:
    return Front(folder, network or GrpcNetwork(), Reach(frozenset({ORIGIN})), cost=CHEAP, clock=clock)


def to_the_lock(client: Visitor, front: Front) -> Response:
    client.post("/start", {"start_code": front.start_code})
    client.post("/start/you", {"name": "พี่จิ๋ว", "code": "jiew"})
    return client.post("/start/password", {"new_password": PASSWORD, "again": PASSWORD})


def test_the_first_start_leads_to_people_and_roles(network: LinkedNetwork, tmp_path: Path) -> None:
    """From an empty folder: who, the lock, the sheet, the second proof, the invitation, a caseworker."""
    front = new_front(tmp_path / "new", network.clock, network.line)
    client = browser(front)
    assert client.get("/").headers["location"] == "/start"
    assert to_the_lock(client, front).headers["location"] == "/start/lock"
    assert client.post("/start/lock", {"lock": "passphrase"}).headers["location"] == "/start/passphrase"
    client.post("/start/passphrase", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    sheet = re.findall(r"<li>([0-9A-Z]{5})</li>", client.get("/start/sheet").text)
    assert len(sheet) == 10
    assert client.post("/start/sheet", {"last_group": "AAAAA"}).status_code == 422
    assert (
        client.post("/start/sheet", {"last_group": sheet[-1].lower()}).headers["location"]
        == "/sign-in/second"
    )
    assert client.get("/start/sheet").headers["location"] == "/"  # shown while it lasted, and never again
    secret = "".join(
        re.findall(r"\b[A-Z2-7]{4}\b", client.get("/sign-in/authenticator").text.split("<details>")[1])
    )
    done = client.post("/sign-in/authenticator", {"second": code_of(secret, network.clock())})
    assert done.headers["location"] == "/me/recovery"
    client.get("/me/recovery")
    assert client.post("/me/recovery").headers["location"] == "/node/join"
    assert client.post("/node/join", {"code": "songtor1:AAAA"}).status_code == 422
    joined = client.post("/node/join", {"code": network.invite("DE-02")})
    assert joined.headers["location"].startswith("/node/keys")
    assert is_in(client)
    new = client.post("/people/new", {"name": "มาลี", "code": "malee", "role": "caseworker"})
    assert new.headers["location"] == "/people/malee/code"
    assert front.node is not None
    front.node.close()


def test_who_has_not_the_start_code_makes_nothing(tmp_path: Path, clock: MovableClock) -> None:
    """Without it no page of the first start goes on, and guessing it meets pauses."""
    front = new_front(tmp_path / "new", clock)
    client = browser(front)
    for path in ("/start/you", "/start/password", "/start/lock", "/start/passphrase", "/start/keyfile"):
        assert client.get(path).headers["location"] == "/start"
        assert client.post(path, {"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code in (303, 422)
    words = ACKNOWLEDGEMENT[0]
    assert client.post("/start/keyfile", {"acknowledgement": words}).headers["location"] == "/start"
    assert client.post("/start/credential").headers["location"] == "/start"
    for _ in range(tries.FREE):
        assert client.post("/start", {"start_code": "nope"}).status_code == 422
    assert client.post("/start", {"start_code": front.start_code}).status_code == 422
    clock.ahead += timedelta(minutes=16)
    assert client.post("/start", {"start_code": front.start_code}).headers["location"] == "/start/you"
    assert not front.data.exists()


def test_what_is_gathered_dies_in_time(tmp_path: Path, clock: MovableClock) -> None:
    """An hour after the start code was typed, it must be typed again."""
    front = new_front(tmp_path / "new", clock)
    client = browser(front)
    assert to_the_lock(client, front).headers["location"] == "/start/lock"
    clock.ahead += timedelta(hours=2)
    assert client.get("/start/lock").headers["location"] == "/start"


def test_a_bare_key_file_only_for_who_typed_what_it_means(tmp_path: Path, clock: MovableClock) -> None:
    """Then it opens the store; without the sentence there is none."""
    front = new_front(tmp_path / "new", clock)
    client = browser(front)
    to_the_lock(client, front)
    assert client.post("/start/keyfile", {"acknowledgement": "ok"}).status_code == 422
    assert not front.data.exists()
    client.post("/start/keyfile", {"acknowledgement": ACKNOWLEDGEMENT[0]})
    assert front.node is not None
    front.node.close()
    unlock = key_file(front.data)
    assert unlock is not None
    open_node(front.data, unlock).close()


def test_a_servers_key_must_leave_the_data(tmp_path: Path, clock: MovableClock) -> None:
    """The first start does not go on while the key that was made for the credential lies there."""
    front = new_front(tmp_path / "new", clock)
    client = browser(front)
    to_the_lock(client, front)
    client.post("/start/credential")
    sheet = re.findall(r"<li>([0-9A-Z]{5})</li>", client.get("/start/sheet").text)
    assert client.post("/start/sheet", {"last_group": sheet[-1]}).headers["location"] == "/start/key-away"
    assert client.post("/start/key-away").status_code == 422
    (front.data / "songtor-node.key").unlink()
    assert client.post("/start/key-away").headers["location"] == "/sign-in/second"
    assert front.node is not None
    front.node.close()


def test_a_node_of_the_command_line_gets_its_administrator(tmp_path: Path, clock: MovableClock) -> None:
    """Where nobody could ever sign in, the start code makes the first; and only the first."""
    node = new_node(tmp_path / "node", clock=clock)
    front = front_of(node)
    client = browser(front)
    assert client.get("/sign-in").headers["location"] == "/start"
    client.post("/start", {"start_code": front.start_code})
    assert client.post("/start/you", {"name": "", "code": "malee"}).status_code == 422  # a caseworker's
    client.post("/start/you", {"name": "", "code": "admin"})
    done = client.post("/start/password", {"new_password": PASSWORD, "again": PASSWORD})
    assert done.headers["location"] == "/sign-in/second"
    other = browser(front)
    assert other.post("/start", {"start_code": front.start_code}).headers["location"] == "/"
    node.close()


def test_of_two_first_administrators_one_is_made(tmp_path: Path, clock: MovableClock) -> None:
    """Also where both are at their last step at the same moment."""
    node = new_node(tmp_path / "node", clock=clock)
    kept = [start._add_administrator(node, Gathered(code=code, password="-")) for code in ("one", "two")]
    assert kept == [True, False]
    with reading(node.engine) as session:
        assert [one.worker for one in session.exec(select(Account))] == ["one"]
    node.close()


def test_who_unlocks_a_store_that_is_nobodys_becomes_its_administrator(
    tmp_path: Path, clock: MovableClock
) -> None:
    """Its passphrase says as much as the start code."""
    new_node(tmp_path / "node", clock=clock).close()
    front = new_front(tmp_path / "node", clock)
    client = browser(front)
    assert client.post("/unlock", {"passphrase": PASSPHRASE}).headers["location"] == "/start/you"
    assert client.get("/start/you").status_code == 200
    assert front.node is not None
    front.node.close()


# The lock


def test_a_locked_node_opens_to_its_passphrase_alone(node: Node, clock: MovableClock) -> None:
    """Whatever else is asked for leads to the lock; a few wrong ones, and there is a pause."""
    front = Front(node.data, GrpcNetwork(), Reach(frozenset({ORIGIN})), cost=CHEAP, clock=clock)
    client = browser(front)
    assert client.get("/cases").headers["location"] == "/unlock"
    assert client.post("/unlock", {"passphrase": "wrong"}).status_code == 422
    for _ in range(tries.FREE):
        client.post("/unlock", {"passphrase": "wrong"})
    assert client.post("/unlock", {"passphrase": PASSPHRASE}).status_code == 422
    clock.ahead += timedelta(minutes=16)
    assert client.post("/unlock", {"passphrase": PASSPHRASE}).headers["location"] == "/sign-in"
    assert front.opened.is_set()
    assert front.node is not None
    front.node.close()


def test_the_printed_sheet_opens_a_node_whose_passphrase_is_lost(node: Node, clock: MovableClock) -> None:
    """With a new passphrase, which opens it from then on."""
    code = node.keyring.set_recovery()
    node.keyring.save()
    front = Front(node.data, GrpcNetwork(), Reach(frozenset({ORIGIN})), cost=CHEAP, clock=clock)
    client = browser(front)
    new = {"passphrase": "ถ้อยคำใหม่ที่ยาวพอ", "again": "ถ้อยคำใหม่ที่ยาวพอ"}
    assert client.post("/unlock/recovery", {"store_recovery": "AAAA", **new}).status_code == 422
    assert client.post("/unlock/recovery", {"store_recovery": code, **new}).headers["location"] == "/sign-in"
    assert front.node is not None
    front.node.close()
    open_node(node.data, Unlock(passphrase=new["passphrase"])).close()


def test_a_lost_sheet_is_replaced(node: Node, clock: MovableClock) -> None:
    """By an administrator who has just shown who they are; the old one opens nothing any more."""
    old = node.keyring.set_recovery()
    node.keyring.save()
    admin = visitor(node, "admin")
    admin.post("/recovery-sheet")
    sheet = re.findall(r"<li>([0-9A-Z]{5})</li>", admin.get("/recovery-sheet/code").text)
    assert admin.post("/recovery-sheet/code", {"last_group": "AAAAA"}).status_code == 422
    done = admin.post("/recovery-sheet/code", {"last_group": sheet[-1]})
    assert done.headers["location"].startswith("/people")
    assert admin.get("/recovery-sheet/code").headers["location"] == "/recovery-sheet"
    open_node(node.data, Unlock(recovery_code=" ".join(sheet))).close()
    with pytest.raises(StoreError, match="passphrase"):
        open_node(node.data, Unlock(recovery_code=old))
    clock.ahead += timedelta(minutes=11)
    assert admin.post("/recovery-sheet").headers["location"].startswith("/locked")


# Signing in


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
    shown = re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", client.get("/me/recovery").text)
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


# Sessions


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


# Other sites, other names


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


# Passkeys


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
