"""The first start, and the lock of a store that is there."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from songtor_node import founding
from songtor_node.accounts import tries
from songtor_node.accounts.models import Account
from songtor_node.bootstrap import Node, open_node
from songtor_node.founding import ACKNOWLEDGEMENT
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.link.port import Network
from songtor_node.store.engine import reading
from songtor_node.unlock import Unlock, key_file
from songtor_node.web.front import Front, Gathered, Reach
from songtor_node.web.pages.door import start
from songtor_proto.errors import StoreError
from songtor_proto.keyslot import CHEAP
from tests.support.accounts import PASSWORD, code_of, is_in
from tests.support.hub import MovableClock
from tests.support.linked import LinkedNetwork
from tests.support.node import PASSPHRASE, new_node
from tests.support.visitor import ORIGIN, Visitor, browser, front_of, visitor


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


def test_a_first_start_that_was_cut_off_can_be_done_again(tmp_path: Path, clock: MovableClock) -> None:
    """Power ended between the keyring and its store: the keyring is set aside, never written over."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "keyring").write_bytes(b"of a store that was never made")
    node, _ = founding.found(folder, passphrase=PASSPHRASE, cost=CHEAP, clock=clock)
    node.close()
    assert (folder / "keyring.unused1").read_bytes() == b"of a store that was never made"
    with pytest.raises(StoreError):
        founding.found(folder, passphrase=PASSPHRASE, cost=CHEAP, clock=clock)
