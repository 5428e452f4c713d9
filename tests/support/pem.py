"""Certificates from the wire's DER as gRPC's Python wants them."""

from __future__ import annotations

import ssl
from collections.abc import Iterable


def der_to_pem(certificate: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(certificate).encode()


def chain_to_pem(chain: Iterable[bytes]) -> bytes:
    return b"".join(map(der_to_pem, chain))
