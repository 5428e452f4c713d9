"""How browsers reach a node, and what it tells of its own line. Point 8; rules K4, I2; row 37."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from starlette.applications import Starlette

from songtor_node import alerts
from songtor_node.keys import KnownKey
from songtor_node.serve import Parts
from songtor_node.store.engine import reading, writing
from songtor_node.web.front import Front, Reach
from songtor_node.web.reach import authority, house, tls
from songtor_node.web.reach.lan import Lan
from songtor_node.web.reach.way import choose
from songtor_proto.errors import InputError
from songtor_proto.identity.certificates import PrivateKey, key_to_bytes, key_to_pem, to_der, to_pem
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.times import utc_now
from tests.support.hub import NETWORK
from tests.support.linked import LinkedNetwork, LinkedNode, new_node
from tests.support.ports import four_free_ports
from tests.support.until import until
from tests.support.visitor import ORIGIN, Visitor, visitor

AT = [ip_address("192.168.1.20"), ip_address("fd00::20")]
NAME = "songtor.local"


# The ways


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.20", "8.8.8.8", "[::]", "[fd00::20]"])
@pytest.mark.parametrize("more", [{}, {"house": True}, {"proxy": "node.example"}])
def test_without_tls_no_address_of_the_network_is_listened_at(address: str, more: dict[str, Any]) -> None:
    """Plain HTTP is for this machine alone, whatever it is asked together with."""
    with pytest.raises(InputError) as caught:
        choose(f"{address}:8470", **more)
    assert caught.value.code == "input.plain_http"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"certificate": Path("chain")}, "input.missing"),
        ({"host": "node.example"}, "input.missing"),
        ({"house": True, "proxy": "node.example"}, "input.usage"),
        ({"proxy": "https://node.example/"}, "input.host"),
        ({"listen": "localhost:8470"}, "input.listen"),
        ({"listen": "127.0.0.1:99999"}, "input.listen"),
    ],
)
def test_ways_that_do_not_go_together_are_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        choose(**more)
    assert caught.value.code == code


def test_each_way_has_its_own_origins_and_no_other() -> None:
    """What a browser says in Host and Origin is compared with these."""
    files: dict[str, Any] = {"certificate": Path("chain"), "key": Path("key"), "host": "Node.Example"}
    assert choose().origins == {"http://127.0.0.1:8470", "http://localhost:8470"}
    assert choose().address == "http://127.0.0.1:8470"
    assert choose(proxy="node.example").origins == {"https://node.example"}
    assert choose("0.0.0.0:443", **files).origins == {"https://node.example"}
    assert choose("0.0.0.0:8443", **files).origins == {"https://node.example:8443"}


def test_only_addresses_that_no_router_carries_out_are_the_houses() -> None:
    """Whatever this machine has, a public address is never among them."""
    assert all(house.in_a_house(address) for address in house.addresses())
    inside = ("10.1.2.3", "172.31.0.1", "192.168.0.9", "fd12::1")
    outside = ("8.8.8.8", "172.32.0.1", "169.254.1.1", "127.0.0.1", "2001:db8::1", "fe80::1", "::1")
    assert [house.in_a_house(ip_address(one)) for one in inside] == [True] * 4
    assert [house.in_a_house(ip_address(one)) for one in outside] == [False] * 7
    assert re.fullmatch(r"[a-z0-9-]+\.local", house.name())


# The node's own authority


def test_a_leaf_holds_for_the_houses_addresses_and_name() -> None:
    """By the rules of the web, for who trusts the authority."""
    issuer = authority.make(utc_now())
    leaf, _ = authority.issue(issuer, AT, NAME, utc_now())
    verifier = PolicyBuilder().store(Store([issuer.certificate])).time(utc_now())
    names: list[x509.DNSName | x509.IPAddress] = [*map(x509.IPAddress, AT), x509.DNSName(NAME)]
    for name in names:
        verifier.build_server_verifier(name).verify(leaf, [])
    with pytest.raises(VerificationError):
        verifier.build_server_verifier(x509.DNSName("bank.example")).verify(leaf, [])
    assert leaf.not_valid_after_utc - utc_now() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("addresses", "name"), [([], "bank.example"), ([ip_address("8.8.8.8")], NAME), ([], "local.example")]
)
def test_whoever_steals_the_authority_plays_no_other_site(addresses: list[house.Address], name: str) -> None:
    """Its certificate says for what it counts, and OpenSSL, as phones, holds it to that."""
    issuer = authority.make(utc_now())
    leaf, key = authority.issue(issuer, addresses, name, utc_now())
    assert issuer.certificate.extensions.get_extension_for_oid(ExtensionOID.NAME_CONSTRAINTS).critical
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(issuer.certificate, leaf, key, str(addresses[0]) if addresses else name)


def test_tls_speaks_for_the_house_and_from_memory() -> None:
    """The chain works in a handshake of OpenSSL's, which read it from no file."""
    issuer = authority.make(utc_now())
    leaf, key = authority.issue(issuer, AT, NAME, utc_now())
    assert handshake(issuer.certificate, leaf, key, "192.168.1.20") == "TLSv1.3"


def handshake(root: x509.Certificate, leaf: x509.Certificate, key: PrivateKey, name: str) -> str:
    """Both ends in memory; the version agreed on."""
    server, client = tls.server(), ssl.create_default_context(cadata=to_pem(root).decode())
    tls.present(server, key, leaf)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname=name), server.wrap_bio(up, down, server_side=True)]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ends[0].version() or ""


def test_a_private_key_touches_no_disk(tmp_path: Path) -> None:
    """All that the process opens while it shows a leaf is memory: nothing is opened for writing by a name."""
    program = """
import sys
from songtor_node.web.reach import authority, house, tls
from songtor_proto.times import utc_now
opened = []
issuer = authority.make(utc_now())
leaf, key = authority.issue(issuer, [], "songtor.local", utc_now())
sys.addaudithook(lambda event, what: opened.append(what[0]) if event in ("open", "os.rename") else None)
tls.present(tls.server(), key, leaf)
print([name for name in opened if not isinstance(name, int)])
"""
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.stdout.strip() == "[]"
    assert set(tmp_path.iterdir()) == before


def test_the_authority_is_kept_and_made_anew_in_time(network: LinkedNetwork) -> None:
    """Phones trust it once, for years; its key lies in the encrypted store and nowhere else."""
    berlin = network.node("DE-02")
    with writing(berlin.node.engine) as session:
        first = authority.ensure(session, network.clock())
        assert authority.ensure(session, network.clock()).certificate == first.certificate
    for file in berlin.node.data.rglob("*"):
        if file.is_file():
            assert key_to_bytes(first.key) not in file.read_bytes()
            assert key_to_pem(first.key) not in file.read_bytes()
    network.pass_time(days=10 * 365)
    with writing(berlin.node.engine) as session:
        assert authority.ensure(session, network.clock()).certificate != first.certificate


def test_where_the_machines_address_changes_it_is_served_there(network: LinkedNetwork) -> None:
    """A laptop moves to another house: the leaf and the names that are answered move with it."""
    berlin = network.node("DE-02")
    behind = front(berlin, network)
    at = [ip_address("127.0.0.2")]
    told: list[str] = []
    lan = Lan(
        behind,
        Starlette(),
        four_free_ports(),
        lambda: list(at),
        look_seconds=0.05,
        told=lambda phones: told.append(phones[0]),
    )
    thread = threading.Thread(target=lan.run)
    thread.start()
    try:
        until(lambda: any("127.0.0.2" in origin for origin in behind.reach.phones))
        at[:] = [ip_address("127.0.0.3")]
        until(lambda: any("127.0.0.3" in origin for origin in behind.reach.phones))
        assert not any("127.0.0.2" in origin for origin in behind.reach.origins)
        at.clear()
        until(lambda: behind.reach.phones == ())
        assert behind.reach.origins == {ORIGIN}
        assert ["127.0.0.2" in told[0], "127.0.0.3" in told[-1]] == [True, True]
    finally:
        lan.stop()
        thread.join(20)
    assert not thread.is_alive()


# Parts of the process


def test_a_part_that_fails_ends_the_whole() -> None:
    """A thread that crashed is never unseen: the process ends, and says that it failed."""
    parts, told = Parts(), threading.Event()

    def fails() -> None:
        raise ValueError

    parts.start("waits", told.wait, told.set)
    parts.start("fails", fails, lambda: None)
    parts.wait()
    assert (parts.stopping.is_set(), parts.failed, told.is_set()) == (True, True, True)


def test_a_part_that_ends_by_itself_ends_the_whole() -> None:
    """Nobody told it to."""
    parts = Parts()
    parts.start("ends", lambda: None, lambda: None)
    parts.wait()
    assert parts.failed


def test_a_signal_ends_the_whole_while_it_is_waited_for() -> None:
    """The handler runs in the thread that waits, between any two of its steps, and blocks at none."""
    parts, told = Parts(), threading.Event()
    parts.start("waits", told.wait, told.set)
    before = signal.signal(signal.SIGALRM, lambda number, frame: parts.end())
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0001)
    parts.wait()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
    assert (parts.failed, told.is_set()) == (False, True)


# The line, in words


def bar(visits: Visitor) -> str:
    page = visits.get("/more").text
    found = re.search(r'<aside class="line".*?<span>(.*?)(?: <a|</span>)', page, re.DOTALL)
    return found[1].strip() if found else ""


def test_every_page_says_what_waits_for_the_internet(network: LinkedNetwork) -> None:
    """Point 2, in words a person says: nothing while all is well."""
    berlin = network.node("DE-02")
    malee = visitor(berlin.node, "malee", "en")
    assert bar(malee) == ""
    network.line.cut = True
    network.pass_time(minutes=10)
    assert bar(malee) == "Working without internet. Last contact with the centre: 10 min ago."
    berlin.refer()
    assert bar(malee) == "No internet. 1 referral waits and will go by itself."
    berlin.refer()
    assert bar(malee) == "No internet. 2 referrals wait and will go by themselves."
    assert "2" in bar(visitor(berlin.node, "malee", "th"))
    network.line.cut = False
    berlin.sync()
    assert bar(malee) == ""


def test_a_node_in_no_network_says_so(network: LinkedNetwork) -> None:
    lonely = alone(network)
    assert bar(visitor(lonely.node, "malee", "en")).startswith("This node is in no network yet.")


def test_an_ended_certificate_is_told(network: LinkedNetwork) -> None:
    berlin = network.node("DE-02")
    network.pass_time(days=8)
    assert bar(visitor(berlin.node, "malee", "en")).startswith("The node's certificate has ended.")


def test_who_sees_some_cases_is_told_of_the_line_and_of_no_alert(network: LinkedNetwork) -> None:
    """An alert names a referral, which may not be theirs."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with writing(berlin.node.engine) as session:
        alerts.alert(session, "envelope.created", reference, now=network.clock())
    berlin.sync()
    assert bar(visitor(berlin.node, "malee", "en")) == "1 thing needs a look."
    somsri = visitor(berlin.node, "somsri", "en")
    assert bar(somsri) == ""
    assert reference not in somsri.get("/node").text
    refused = somsri.post("/node/alerts", {"code": "envelope.created", "subject": reference})
    assert (refused.status_code, "envelope.created" in berlin.alerts()) == (403, True)


# The node's own page


def test_the_page_shows_what_waits_and_what_to_look_at(network: LinkedNetwork) -> None:
    """With words of the catalogue; seen and dealt with, it is gone."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with writing(berlin.node.engine) as session:
        alerts.alert(session, "envelope.created", reference, now=network.clock())
    admin = visitor(berlin.node, "admin", "en")
    page = admin.get("/node").text
    assert reference in page
    assert f'href="/referrals/{reference}"' not in page  # content is not the administrator's
    assert f'href="/referrals/{reference}"' in visitor(berlin.node, "malee", "en").get("/node").text
    done = admin.post("/node/alerts", {"code": "envelope.created", "subject": reference})
    assert done.headers["location"] == "/node?done=seen"
    assert berlin.alerts() == set()


def test_a_pasted_invitation_brings_the_node_into_the_network(network: LinkedNetwork) -> None:
    """I2: and then the page shows what to read aloud; a mistyped one is told in words, with the page."""
    lonely = alone(network)
    admin = visitor(lonely.node, "admin", "en", front(lonely, network))
    wrong = admin.post("/node/join", {"code": "songtor1:abc"})
    assert (wrong.status_code, "copy the whole of it again" in wrong.text) == (422, True)
    assert admin.get("/node/keys").headers["location"] == "/node/join"
    done = admin.post("/node/join", {"code": f" {network.invite('TW-44')}\n"})
    assert done.headers["location"] == "/node/keys?done=joined"
    assert re.search(r"(\d{5} ){7}\d{5}", admin.get("/node/keys").text)
    assert lonely.node.seat == "TW-44"


def test_fingerprints_stay_to_do_until_they_were_compared(network: LinkedNetwork) -> None:
    """Ours and the centre's stand there in full; the administrator's Today says so until it is done."""
    berlin = network.node("DE-02")
    berlin.sync()
    admin = visitor(berlin.node, "admin", "en")
    assert "Compare fingerprints with the centre" in admin.get("/").text
    page = admin.get("/node/keys").text
    own, centre = re.findall(r"(?:\d{5} ){7}\d{5}", page.partition("<details>")[0])[:2]
    assert own != centre
    assert admin.post("/node/keys", {"own": centre}).status_code == 403
    assert admin.post("/node/keys", {"own": own}).headers["location"].startswith("/node/keys")
    assert "Compared with the centre" in admin.get("/node/keys").text
    assert "Compare fingerprints with the centre" not in admin.get("/").text


def test_another_invitation_that_is_used_up_is_told(network: LinkedNetwork) -> None:
    """I6: what the centre refuses is shown on the page, not as a broken one."""
    code = network.invite("TW-44")
    first, second = alone(network), alone(network, "second")
    visitor(first.node, "admin", "en", front(first, network)).post("/node/join", {"code": code})
    refused = visitor(second.node, "admin", "en", front(second, network)).post("/node/join", {"code": code})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_changed_key_is_believed_only_as_it_was_heard(network: LinkedNetwork) -> None:
    """K4: one digit off and nothing is believed; nothing of the key itself is shown to copy."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    with writing(berlin.node.engine) as session:
        key = session.get_one(KnownKey, ("TW-44", 1))
        key.trusted = False
        alerts.alert(session, "peer.key_changed", "TW-44", now=network.clock())
        heard = fingerprint(NETWORK, "TW-44", key.signing_key)
    admin = visitor(berlin.node, "admin", "en")
    assert heard not in admin.get("/node/keys").text
    other = heard[:-1] + str((int(heard[-1]) + 1) % 10)
    refused = admin.post("/node/keys", {"owner": "TW-44", "digits": other})
    assert (refused.status_code, other in refused.text, heard in refused.text) == (422, True, False)
    done = admin.post("/node/keys", {"owner": "TW-44", "digits": heard.replace(" ", "")})
    assert done.headers["location"] == "/node/keys?done=believed"
    with reading(berlin.node.engine) as session:
        assert session.get_one(KnownKey, ("TW-44", 1)).trusted
    assert (berlin.alerts(), taipei.seat) == (set(), "TW-44")


# Phones


def test_a_phone_is_told_how_to_trust_and_the_machine_what_to_compare(network: LinkedNetwork) -> None:
    """The fingerprint stands on the machine's own screen; on the phone's page, which might be another's, it
    does not."""
    berlin = network.node("DE-02")
    with writing(berlin.node.engine) as session:
        kept = authority.ensure(session, network.clock()).certificate
    phone = "https://192.168.1.20:8470"
    reach = Reach(frozenset({ORIGIN, phone}), phones=(phone,), own_authority=True)
    here = visitor(berlin.node, "", "en", replace(front(berlin, network), reach=reach))
    screen = here.get("/trust").text
    assert authority.fingerprint(kept) in screen
    assert "<svg" in screen
    there = here.get("/trust", headers={"host": "192.168.1.20:8470"}).text
    assert authority.fingerprint(kept) not in there
    assert 'href="/trust/songtor.crt"' in there
    file = here.get("/trust/songtor.crt")
    assert (file.content, file.headers["content-type"]) == (to_der(kept), "application/x-x509-ca-cert")


def test_where_phones_do_not_come_the_page_says_how_they_would(network: LinkedNetwork) -> None:
    berlin = network.node("DE-02")
    stranger = visitor(berlin.node, "", "en")
    assert "songtor-node serve --lan" in stranger.get("/trust").text
    assert stranger.get("/trust/songtor.crt").status_code == 404


def front(linked: LinkedNode, network: LinkedNetwork) -> Front:
    """Its pages on loopback, its line the network's."""
    return Front(linked.node.data, network.line, Reach(frozenset({ORIGIN})), linked.node)


def alone(network: LinkedNetwork, folder: str = "lonely") -> LinkedNode:
    """A node in no network."""
    made = LinkedNode(new_node(network.folder / folder, clock=network.clock), network.line)
    network.nodes.append(made)
    return made
