"""Who gets through the hub's doors, against a real server. Rules I1, I3, I7, I10, P2, P7; faults 5–9, 26."""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from songtor_hub.bootstrap import Hub
from songtor_hub.seats import registry
from songtor_hub.seats.issuing import Authority
from songtor_hub.seats.server_certificate import ServerCertificate
from songtor_hub.store.engine import writing
from songtor_proto.identity.certificates import (
    Issuer,
    issue_leaf,
    key_to_pem,
    make_server_leaf,
    to_pem,
)
from songtor_proto.times import to_ms, utc_now
from songtor_proto.wire.exchange_pb2 import FetchRequest, GetDirectoryRequest, SubmitRequest
from tests.support import raw_http2
from tests.support.hub import MovableClock, NewHub, Serve, ServedHub
from tests.support.keys import Network, seeded
from tests.support.pem import der_to_pem
from tests.support.refusal import no_handshake, refused
from tests.support.seat import TIMEOUT, Seat, call_raw


@pytest.fixture
def hub(served_hub: Serve) -> ServedHub:
    return served_hub()


def issuer_of(hub: ServedHub) -> Issuer:
    return Authority.of(hub.hub.keyring, hub.hub.network).issuer


def showing(seat: Seat, *chain: x509.Certificate) -> Seat:
    """The seat with another certificate for its TLS key."""
    return Seat(seat.hub, seat.name, seat.keys, seat.invitation, seat.tls, to_pem(*chain))


def leaf(
    issuer: Issuer,
    seat: Seat,
    *names: x509.GeneralName,
    subject: str = "",
    start: timedelta = timedelta(hours=-1),
    end: timedelta = timedelta(days=1),
) -> x509.Certificate:
    """A client certificate that the network's own authority would never make."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, subject)] if subject else []
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(parts))
        .issuer_name(issuer.certificate.subject)
        .public_key(seat.tls.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc_now() + start)
        .not_valid_after(utc_now() + end)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer.key, SHA256())


def uri(text: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(text)


OWN = uri("spiffe://songtor.test/node/DE-02")


def test_no_client_certificate_is_refused(hub: ServedHub) -> None:
    """I3, fault 6: the exchange's handshake asks for one."""
    with no_handshake():
        Seat.invited(hub, "DE-02").call_once()


def test_a_foreign_authority_is_refused(hub: ServedHub) -> None:
    """I1, fault 6: a network of the same name with another root."""
    foreign = Network("songtor.test", now=utc_now())
    seat = Seat.invited(hub, "DE-02")
    certificate_ = issue_leaf(
        foreign.intermediate, seat.csr(), "DE-02", "songtor.test", utc_now(), foreign.random
    )
    with no_handshake():
        showing(seat, certificate_, foreign.intermediate.certificate).call_once()


def test_a_self_signed_certificate_is_refused(hub: ServedHub) -> None:
    """I1, fault 6: nobody vouches for it."""
    seat = Seat.invited(hub, "DE-02")
    own = Issuer(issuer_of(hub).certificate, seat.tls)
    with no_handshake():
        showing(seat, leaf(own, seat, OWN)).call_once()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(timedelta(days=-8), timedelta(seconds=-1), id="expired"),
        pytest.param(timedelta(hours=1), timedelta(days=7), id="not yet valid"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(hub: ServedHub, start: timedelta, end: timedelta) -> None:
    """I7, fault 6: expired, or not yet valid."""
    seat, issuer = Seat.invited(hub, "DE-02"), issuer_of(hub)
    with no_handshake():
        showing(seat, leaf(issuer, seat, OWN, start=start, end=end), issuer.certificate).call_once()


@pytest.mark.parametrize(
    ("names", "subject"),
    [
        pytest.param((), "spiffe://songtor.test/node/DE-02", id="an id in the common name"),
        pytest.param((OWN, uri("spiffe://songtor.test/node/TW-44")), "", id="two ids"),
        pytest.param((uri("spiffe://songtor.test/hub"),), "", id="the hub's id"),
        pytest.param((uri("spiffe://songtor.test/node/TH-00"),), "", id="the hub as a seat"),
        pytest.param((uri("spiffe://songtor.test/node/DE-02/x"),), "", id="a longer id"),
        pytest.param((uri("https://songtor.test/node/DE-02"),), "", id="another scheme"),
        pytest.param((OWN, x509.DNSName("songtor.test")), "", id="a host name beside"),
        pytest.param((x509.DNSName("songtor.test"),), "DE-02", id="a host name alone"),
    ],
)
def test_common_name_looks_like_an_id_or_the_names_are_not_exactly_one_id_is_unauthenticated(
    hub: ServedHub, names: tuple[x509.GeneralName, ...], subject: str
) -> None:
    """I1, fault 5: exactly one URI, a seat of this network; the common name is never read."""
    seat, issuer = Seat.invited(hub, "DE-02"), issuer_of(hub)
    with refused("peer.identity"):
        showing(seat, leaf(issuer, seat, *names, subject=subject), issuer.certificate).call_once()


def test_a_common_name_that_is_a_seat_is_refused(hub: ServedHub) -> None:
    """I1, fault 5: it looks like a host name, so that the handshake itself stumbles over it."""
    seat, issuer = Seat.invited(hub, "DE-02"), issuer_of(hub)
    with no_handshake():
        showing(seat, leaf(issuer, seat, subject="DE-02"), issuer.certificate).call_once()


def test_an_id_of_another_network_is_refused(hub: ServedHub) -> None:
    """I1: also where this network's own intermediate made it; it may name only its own."""
    seat, issuer = Seat.invited(hub, "DE-02"), issuer_of(hub)
    with pytest.raises(grpc.RpcError):
        other = leaf(issuer, seat, uri("spiffe://other.test/node/DE-02"))
        showing(seat, other, issuer.certificate).call_once()


def test_the_hubs_own_certificate_makes_nobody_a_seat(hub: ServedHub) -> None:
    """I1: a stolen server certificate does not call."""
    seat, issuer = Seat.invited(hub, "DE-02"), issuer_of(hub)
    own, key = make_server_leaf(issuer, "songtor.test", ["127.0.0.1"], utc_now(), seeded("server"))
    seat.tls = key
    with pytest.raises(grpc.RpcError):
        showing(seat, own, issuer.certificate).call_once()


def test_a_certificate_that_the_hub_has_no_record_of_is_refused(hub: ServedHub) -> None:
    """I10: as after a restore from an old backup, nothing is let in that cannot be revoked."""
    seat, issuer = Seat.enrolled(hub, "DE-02"), issuer_of(hub)
    with refused("peer.revoked"):
        showing(seat, leaf(issuer, seat, OWN), issuer.certificate).call_once()


def test_certificate_expires_on_an_open_connection_and_the_next_call_is_refused(served_hub: Serve) -> None:
    """I7, fault 7: the handshake was long ago; the call is judged now."""
    clock = MovableClock()
    seat = Seat.enrolled(served_hub(clock=clock), "DE-02")
    with seat.channel() as channel:
        seat.call(channel)
        clock.ahead = timedelta(days=7, seconds=1)
        with refused("peer.certificate_expired"):
            seat.call(channel)


def seat_context(seat: Seat) -> ssl.SSLContext:
    """The seat's side of TLS in Python's own library."""
    context = ssl.create_default_context(cadata=der_to_pem(seat.invitation.root).decode())
    if seat.chain:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pair"
            file.write_bytes(key_to_pem(seat.tls) + seat.chain)
            context.load_cert_chain(file)
    return context


def test_an_open_connection_does_not_outlive_its_age(served_hub: Serve) -> None:
    """I7, fault 7: the hub closes it by itself, also where nobody calls."""
    seat = Seat.enrolled(served_hub(connection_age=timedelta(seconds=1)), "DE-02")
    closed = threading.Event()

    def watch(state: grpc.ChannelConnectivity) -> None:
        if state is grpc.ChannelConnectivity.IDLE:
            closed.set()

    with seat.channel() as channel:
        seat.call(channel)
        channel.subscribe(watch)
        assert closed.wait(TIMEOUT)
        channel.unsubscribe(watch)


def revoke(hub: Hub, name: str) -> None:
    with writing(hub.engine) as connection:
        registry.revoke(connection, name, to_ms(hub.clock()), hub.random)


def test_seat_revoked_in_mid_connection_and_its_next_call_is_refused(
    served_hub: Serve, database: str, new_console: Callable[[Hub], Hub]
) -> None:
    """I10, fault 8: whatever it calls, on the open connection, by another process's word; others go on."""
    hub = served_hub(database=database)
    seat, other = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    with seat.channel() as channel, seat.exchange() as stub, other.channel() as others:
        seat.call(channel)
        other.call(others)
        stub.GetDirectory(GetDirectoryRequest(), timeout=TIMEOUT)
        revoke(new_console(hub.hub), "DE-02")
        for act in (
            lambda: seat.call(channel),
            lambda: stub.GetDirectory(GetDirectoryRequest(), timeout=TIMEOUT),
            lambda: stub.Submit(SubmitRequest(), timeout=TIMEOUT),
            lambda: stub.Fetch(FetchRequest(), timeout=TIMEOUT),
        ):
            with refused("peer.revoked"):
                act()
        other.call(others)


def test_one_certificate_revoked_is_enough(served_hub: Serve) -> None:
    """I10: a certificate from before an enrolment anew is dead on its open connection too."""
    hub = served_hub()
    before = Seat.enrolled(hub, "DE-02")
    with before.channel() as channel:
        before.call(channel)
        after = before.again()
        after.invitation = Seat.invited(hub, "DE-02").invitation
        after.enrol()
        with refused("peer.revoked"):
            before.call(channel)
        after.call_once()


@pytest.mark.parametrize("port", ["exchange", "enrolment"])
def test_a_tls_12_client_has_every_call_refused_and_logged(
    hub: ServedHub, logged: list[Any], port: str
) -> None:
    """I3, fault 9: the library completes the handshake, so each call looks at the version."""
    context = seat_context(Seat.enrolled(hub, "DE-02"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    method = {
        "exchange": "/songtor.v1.ExchangeService/GetDirectory",
        "enrolment": "/songtor.v1.EnrolmentService/GetRenewalNonce",
    }[port]
    with raw_http2.connect(getattr(hub.ready, port), context) as line:
        assert line.version() == "TLSv1.2"
        assert b"peer.tls_version" in raw_http2.call(line, method)
    assert [entry["method"] for entry in logged if entry.get("code") == "peer.tls_version"] == [method]


def test_liaisons_get_tls_13_and_nothing_older(hub: ServedHub) -> None:
    """I3: HTTPS has no older handshake at all."""
    context = seat_context(Seat.invited(hub, "DE-02"))
    with raw_http2.connect(hub.ready.liaison, context) as line:
        assert line.version() == "TLSv1.3"
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        raw_http2.connect(hub.ready.liaison, context)


def test_a_hub_under_another_root_is_not_trusted(hub: ServedHub) -> None:
    """I4: the node is pinned to the root in its invitation, on both ports."""
    seat = Seat.invited(hub, "DE-02")
    seat.invitation.root = x509.load_pem_x509_certificate(Network().root_pem).public_bytes(Encoding.DER)
    with no_handshake():
        seat.enrol()


def test_a_method_that_no_rule_names_is_refused(hub: ServedHub, logged: list[Any]) -> None:
    """X2: also the streaming ones that a library adds."""
    seat = Seat.enrolled(hub, "DE-02")
    with seat.channel() as channel:
        for method in ("/songtor.v1.ExchangeService/Drop", "/grpc.health.v1.Health/Watch", "/x/y"):
            with refused("peer.method"):
                call_raw(channel, method, b"")
    assert [line["code"] for line in logged if line["event"] == "refused"] == ["peer.method"] * 3


def test_bytes_that_are_no_message_are_refused(hub: ServedHub) -> None:
    """X2: the caller hears a code, not the library's words."""
    seat = Seat.enrolled(hub, "DE-02")
    with seat.channel() as channel, refused("input.message"):
        call_raw(channel, "/songtor.v1.ExchangeService/Submit", b"\xff\xff")


def test_a_message_one_byte_too_large_is_refused_and_others_are_served(hub: ServedHub) -> None:
    """P2, fault 26: 4 MiB on the exchange, far less where nobody has shown who they are."""
    seat = Seat.enrolled(hub, "DE-02")
    with seat.channel() as channel, pytest.raises(grpc.RpcError) as caught:
        call_raw(channel, "/songtor.v1.ExchangeService/Submit", bytes(4 * 2**20 + 1))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    with pytest.raises(grpc.RpcError) as caught:
        Seat.invited(hub, "TW-44").enrol(csr=bytes(64 * 1024))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    seat.call_once()


def test_huge_metadata_is_refused_and_others_are_served(hub: ServedHub) -> None:
    """P7, fault 26: 8 KiB."""
    seat = Seat.enrolled(hub, "DE-02")
    with seat.exchange() as stub, pytest.raises(grpc.RpcError) as caught:
        stub.GetDirectory(GetDirectoryRequest(), timeout=TIMEOUT, metadata=(("x", "y" * 9000),))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    seat.call_once()


def server_serial(port: int, seat: Seat) -> int:
    with raw_http2.connect(port, seat_context(seat)) as line:
        shown = line.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def test_the_servers_certificate_renews_without_a_restart(served_hub: Serve) -> None:
    """I7: at half-life new connections get a new one, on every port; open ones go on."""
    clock = MovableClock(timedelta(days=-5))
    hub = served_hub(clock=clock)
    seat = Seat.invited(hub, "DE-02")
    ports = (hub.ready.exchange, hub.ready.enrolment, hub.ready.liaison)
    clock.ahead = timedelta(days=-4)
    before = {server_serial(port, seat) for port in ports}
    with seat.enrolment():
        clock.ahead = timedelta()
        after = {server_serial(port, seat) for port in ports}
    assert len(before) == len(after) == 1
    assert before.isdisjoint(after)


def test_a_renewal_of_the_servers_certificate_that_fails_raises_an_alarm(
    new_hub: NewHub, logged: list[Any]
) -> None:
    """I7: the library would go on with the old one and say nothing."""
    hub, clock = new_hub(), MovableClock()
    left = [16, 4]

    def random(size: int) -> bytes:
        left.remove(size)
        return bytes(size)

    shown = ServerCertificate(Authority.of(hub.keyring, hub.network), "127.0.0.1", clock, random)
    before = shown.pair()
    clock.ahead = timedelta(days=5)
    assert shown.pair() is before
    assert [line["what"] for line in logged if line["event"] == "alert"] == ["server_certificate"]
