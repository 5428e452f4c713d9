"""`songtor-node serve` as people start it: its pages before and after there is a node, and over TLS."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
from pathlib import Path
from time import monotonic

import pytest

from songtor_node.bootstrap import create_node, open_node
from songtor_node.cli.network import _greeting
from songtor_node.serve import Ready
from songtor_node.store.engine import reading
from songtor_node.unlock import KEY_FILE, Unlock, key_line
from songtor_node.web.reach import authority, house
from songtor_proto.identity.certificates import key_to_pem, to_pem
from songtor_proto.keyslot import CHEAP
from songtor_proto.times import utc_now
from tests.support.node import PASSPHRASE
from tests.support.serving import SECONDS, Serve
from tests.support.until import until

KEY = bytes(range(32))


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A node that a passphrase opens."""
    data = tmp_path / "locked"
    create_node(data, Unlock(passphrase=PASSPHRASE), cost=CHEAP).close()
    return data


@pytest.fixture
def unlocked(tmp_path: Path) -> Path:
    """A node with its key beside it."""
    data = tmp_path / "unlocked"
    create_node(data, Unlock(raw_key=KEY)).close()
    (data / KEY_FILE).write_text(key_line(KEY), encoding="ascii")
    return data


def test_a_new_node_starts_with_its_first_page_and_a_code(serve: Serve, tmp_path: Path) -> None:
    """Nobody else on the machine makes the first administrator: the code is on the terminal alone."""
    new = serve(tmp_path / "new")
    assert new.leads_to() == "/start"
    assert len(new.said["start_code"]) == 8
    assert new.said["start_code"] not in new.end()[1]


def test_killed_and_started_again_it_is_locked(serve: Serve, locked: Path) -> None:
    """Row 20: no clean-up is needed; without its passphrase the store stays closed."""
    first = serve(locked)
    assert (first.leads_to(), "start_code" in first.said) == ("/unlock", False)
    first.end(signal.SIGKILL)
    assert serve(locked).leads_to("/cases") == "/unlock"


def test_a_machine_that_keeps_the_key_needs_nobody(
    serve: Serve, unlocked: Path, locked: Path, tmp_path: Path
) -> None:
    """After a power cut a server goes on by itself: by a key file, a passphrase file, or a credential."""
    file = tmp_path / "songtor-node"
    file.write_text(PASSPHRASE, encoding="utf-8")
    assert serve(unlocked).leads_to() == "/sign-in"
    assert serve(locked, before=["--passphrase-file", str(file)]).leads_to() == "/sign-in"
    assert serve(locked, CREDENTIALS_DIRECTORY=str(tmp_path)).leads_to() == "/sign-in"


def test_who_gives_a_key_means_a_store_that_is_there(serve: Serve, tmp_path: Path) -> None:
    """A folder that is mistyped is not a new node."""
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE, encoding="utf-8")
    refused = serve(tmp_path / "mistyped", before=["--passphrase-file", str(file)])
    code, log = refused.end()
    assert (code, json.loads(log)["error"], refused.said) == (7, "store.missing", {})


def test_it_stops_within_seconds(serve: Serve, unlocked: Path) -> None:
    """Whether it waits for an invitation or for a person, and while a browser keeps its connection."""
    waiting = serve(unlocked)
    with socket.create_connection(("127.0.0.1", waiting.port)):
        began = monotonic()
        code, log = waiting.end()
    assert (code, monotonic() - began < 10) == (0, True)
    assert [json.loads(line)["event"] for line in log.splitlines()][-1] == "stopped"


def test_without_tls_it_does_not_start_for_others(serve: Serve, tmp_path: Path) -> None:
    """Plain HTTP is for this machine, whatever is asked for; see test_reach for every way."""
    code, log = serve(tmp_path / "new", "--listen", "0.0.0.0:0").end()
    assert (code, json.loads(log)["error"]) == (2, "input.plain_http")


def test_a_foreign_name_or_another_sites_form_is_not_answered(serve: Serve, unlocked: Path) -> None:
    """Row 37: forged host header, cross-site request forgery."""
    here = serve(unlocked)
    own = f"http://127.0.0.1:{here.port}"
    assert here.ask(host="evil.example")[0] == 421
    length = {"Content-Length": "0"}
    assert here.ask("/language", "POST", **length)[0] == 403
    assert here.ask("/language", "POST", origin="https://evil.example", **length)[0] == 403
    assert here.ask("/language", "POST", origin=own, **length)[0] == 303


def test_behind_a_proxy_its_name_counts_alone(serve: Serve, unlocked: Path) -> None:
    """Host and origin are the proxy's; what else reaches the port is not answered."""
    behind = serve(unlocked, "--behind-proxy", "node.example")
    length = {"Content-Length": "0", "host": "node.example"}
    assert behind.ask(host="node.example") == (303, "/sign-in")
    assert behind.ask()[0] == 421
    assert behind.ask("/language", "POST", origin="https://node.example", **length)[0] == 303
    assert behind.ask("/language", "POST", origin="http://node.example", **length)[0] == 403


def test_a_given_certificate_is_shown(serve: Serve, unlocked: Path, tmp_path: Path) -> None:
    """As a house with a name of its own has it; TLS 1.3 alone, nothing without TLS on that port."""
    root, chain, key = tmp_path / "root.pem", tmp_path / "chain.pem", tmp_path / "key.pem"
    issuer = authority.make(utc_now())
    leaf, private = authority.issue(issuer, [], "node.local", utc_now())
    root.write_bytes(to_pem(issuer.certificate))
    chain.write_bytes(to_pem(leaf))
    key.write_bytes(key_to_pem(private))
    options = ["--certificate", str(chain), "--key", str(key), "--host", "node.local"]
    given = serve(unlocked, *options)
    assert given.said["pages"] == f"https://node.local:{given.port}"
    assert given.over_tls("127.0.0.1", root, "node.local") == "/sign-in"
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        given.ask(host=f"node.local:{given.port}")
    old = ssl.create_default_context(cafile=str(root))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", given.port), SECONDS) as line, pytest.raises(ssl.SSLError):
        old.wrap_socket(line, server_hostname="node.local")
    key.write_bytes(b"no key")
    code, log = serve(unlocked, *options).end()
    assert (code, json.loads(log)["error"]) == (2, "input.certificate_files")


def test_phones_of_the_house_come_over_tls(
    serve: Serve, at_home: list[house.Address], unlocked: Path, tmp_path: Path
) -> None:
    """The chain holds for the address for who installed the authority, and for nobody else."""
    home = serve(unlocked, "--lan")
    address = str(at_home[0])
    until(lambda: reaches(address, home.port))
    node = open_node(unlocked, Unlock(raw_key=KEY))
    with reading(node.engine) as session:
        kept = authority.kept(session, utc_now())
    node.close()
    assert kept is not None
    root = tmp_path / "root.pem"
    root.write_bytes(to_pem(kept.certificate))
    assert home.over_tls(address, root) == "/sign-in"
    root.write_bytes(to_pem(authority.make(utc_now()).certificate))
    with pytest.raises(ssl.SSLCertVerificationError):
        home.over_tls(address, root)
    plain = http.client.HTTPConnection(address, home.port, timeout=SECONDS)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        plain.request("GET", "/")
        plain.getresponse()
    plain.close()
    assert home.leads_to() == "/sign-in"


def test_what_is_said_at_the_start_leads_phones_too() -> None:
    """Their address stands there from when the store is open; until then it is said what comes first."""
    here = Ready(health=8471, port=8470, pages="http://127.0.0.1:8470")
    assert len(list(_greeting(here))) == 2
    said = list(_greeting(here, phones=True, locked=True))
    assert "once it is unlocked" in said[-1]
    assert len(list(_greeting(here, phones=True))) == 2


def reaches(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True
