"""Who gets through gRPC's own TLS with our certificates, and who does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

import grpc
import pytest

from songtor_proto.identity.certificates import issue_leaf, make_csr, make_key
from songtor_proto.identity.peer import seat_of
from songtor_proto.times import utc_now
from tests.support.keys import Network, Tls, seeded

NET = Network(now=utc_now())


class WhoAmI(grpc.GenericRpcHandler):
    """Answers with the seat that the caller's certificate names, and the version of TLS."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            seen = cast("Mapping[str, list[bytes]]", context.auth_context())
            seat, _ = seat_of(seen["x509_pem_cert"][0], NET.name)
            return seat.encode() + b" " + seen["ssl_tls_version"][0]

        return grpc.unary_unary_rpc_method_handler(answer)


@contextmanager
def serving(tls: Tls) -> Iterator[int]:
    server = grpc.server(ThreadPoolExecutor(1), handlers=[WhoAmI()])
    credentials = grpc.ssl_server_credentials([(tls.key, tls.chain)], NET.root_pem, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait(5)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(NET.server) as number:
        yield number


def ask(port: int, credentials: grpc.ChannelCredentials, host: str = "127.0.0.1") -> bytes:
    with grpc.secure_channel(f"{host}:{port}", credentials) as channel:
        who: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/test/WhoAmI")
        return who(b"", timeout=10)


def with_certificate(tls: Tls, root: bytes = NET.root_pem) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(root, tls.key, tls.chain)


def refused(port: int, credentials: grpc.ChannelCredentials) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        ask(port, credentials)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_node_is_known_by_its_certificate_alone(port: int, host: str) -> None:
    """Mutual TLS 1.3 with our chain, by name and by address; the seat is read from the one URI (I1, I3)."""
    assert ask(port, with_certificate(NET.node("DE-02")), host) == b"DE-02 TLSv1.3"


def foreign() -> Tls:
    return Network(seed="foreign", now=NET.now).node("DE-02")


def of_another_network() -> Tls:
    """Signed by our own intermediate, for an id that its name constraint forbids."""
    key = make_key()
    csr = make_csr(key, "DE-02", "other.test")
    leaf = issue_leaf(NET.intermediate, csr, "DE-02", "other.test", NET.now, seeded("other"))
    return NET.present(leaf, key)


def without_intermediate() -> Tls:
    tls = NET.node("DE-02")
    return Tls(tls.chain[: tls.chain.index(b"-----END CERTIFICATE-----") + 26], tls.key)


@pytest.mark.parametrize(
    "tls",
    [
        pytest.param(foreign(), id="foreign authority"),
        pytest.param(NET.node("DE-02", NET.now - timedelta(days=8)), id="expired"),
        pytest.param(NET.node("DE-02", NET.now + timedelta(days=1)), id="not yet valid"),
        pytest.param(NET.server, id="server's certificate"),
        pytest.param(of_another_network(), id="another network's id"),
        pytest.param(without_intermediate(), id="no intermediate"),
    ],
)
def test_foreign_expired_and_misused_certificates_do_not_get_in(port: int, tls: Tls) -> None:
    """Foreign authority, expired, not yet valid, made for another use or network: no connection (I1, I7)."""
    refused(port, with_certificate(tls))


def test_client_without_a_certificate_does_not_get_in(port: int) -> None:
    """No certificate, no connection (I1)."""
    refused(port, grpc.ssl_channel_credentials(NET.root_pem))


def test_node_trusts_its_own_root_alone_and_no_node_as_hub(port: int) -> None:
    """A hub under another root is not spoken to, nor a seat that plays the hub (I2, I4)."""
    foreign_root = Network(seed="foreign", now=NET.now).root_pem
    refused(port, with_certificate(NET.node("DE-02"), foreign_root))
    with serving(NET.node("US-01")) as impostor:
        refused(impostor, with_certificate(NET.node("DE-02")))
