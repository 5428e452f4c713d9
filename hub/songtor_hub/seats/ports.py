"""The hub's two gRPC ports: their credentials and their limits. Rules I3, I7, P2 and P7."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import grpc
from cryptography import x509
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import aio as health

from songtor_hub.seats.admission import Admission
from songtor_hub.seats.enrolment import EnrolmentDesk
from songtor_hub.seats.guard import Guard, anyone, seat_calls
from songtor_hub.seats.server_certificate import ServerCertificate
from songtor_hub.seats.service import METHODS, EnrolmentService
from songtor_proto.errors import InputError
from songtor_proto.identity.certificates import to_pem
from songtor_proto.wire.exchange_pb2_grpc import add_EnrolmentServiceServicer_to_server

MAX_MESSAGE = 4 * 1024 * 1024
MAX_ENROLMENT_MESSAGE = 64 * 1024
MAX_METADATA = 8 * 1024
# An open connection does not outlive its certificate by more than this; a Fetch waits less than the grace.
CONNECTION_AGE = timedelta(hours=1)
CONNECTION_GRACE = timedelta(seconds=60)

EXCHANGE_METHODS = frozenset(
    f"/songtor.v1.ExchangeService/{name}"
    for name in (
        "Submit",
        "Fetch",
        "Acknowledge",
        "GetDirectory",
        "PublishKeys",
        "GetCheckpoint",
        "GetInclusion",
        "CompareOpen",
        "GetStatus",
    )
) | {"/grpc.health.v1.Health/Check"}


def exchange_server(admission: Admission, connection_age: timedelta = CONNECTION_AGE) -> grpc.aio.Server:
    """For callers with a seat's certificate; the exchange's own servicer is added to it."""
    server = grpc.aio.server(
        interceptors=[Guard(EXCHANGE_METHODS, seat_calls(admission))],
        options=_options(MAX_MESSAGE, connection_age, streams=128),
        maximum_concurrent_rpcs=8192,
    )
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    return server


def enrolment_server(desk: EnrolmentDesk) -> grpc.aio.Server:
    """For callers without a certificate: little is read of them, and few at once."""
    server = grpc.aio.server(
        interceptors=[Guard(METHODS, anyone)],
        options=_options(MAX_ENROLMENT_MESSAGE, timedelta(minutes=5), streams=4),
        maximum_concurrent_rpcs=64,
    )
    add_EnrolmentServiceServicer_to_server(EnrolmentService(desk), server)
    return server


def credentials(certificate: ServerCertificate, client_root: bytes | None) -> grpc.ServerCredentials:
    """TLS, with the certificate of the moment. Clients must have one below `client_root` (DER) if given."""
    roots = to_pem(x509.load_der_x509_certificate(client_root)) if client_root else None

    given = certificate.pair()

    def configuration() -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([given], root_certificates=roots)

    def fetch() -> Any:
        nonlocal given
        now = certificate.pair()
        if now is given:
            return None  # nothing new
        given = now
        return configuration()

    return grpc.dynamic_ssl_server_credentials(configuration(), fetch, client_root is not None)


def bind(server: grpc.aio.Server, address: str, port: int, given: grpc.ServerCredentials) -> int:
    """The port that was opened; InputError("port_taken")."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        return server.add_secure_port(target, given)
    except RuntimeError as error:
        raise InputError("port_taken", field=target) from error


def _options(message: int, age: timedelta, *, streams: int) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", message),
        ("grpc.max_send_message_length", MAX_MESSAGE),
        ("grpc.max_metadata_size", MAX_METADATA),
        ("grpc.absolute_max_metadata_size", MAX_METADATA),
        ("grpc.max_concurrent_streams", streams),
        ("grpc.max_connection_age_ms", _ms(age)),
        ("grpc.max_connection_age_grace_ms", _ms(CONNECTION_GRACE)),
        # A line that is dead without saying so is found out, and a node may ask as often.
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
        ("grpc.so_reuseport", 0),
    ]


def _ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
