"""The hub's own TLS certificate: made at the start, renewed in place, kept nowhere. Rules I3 and I7."""

from __future__ import annotations

import ssl
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from songtor_hub.seats.issuing import Authority
from songtor_proto.identity.certificates import key_to_pem, make_server_leaf, to_pem
from songtor_proto.identity.renewal import renew_at
from songtor_proto.times import Clock, Random

log = structlog.get_logger(__name__)

RETRY = timedelta(minutes=1)


class ServerCertificate:
    """`host` is what nodes and liaisons know the hub by."""

    def __init__(self, authority: Authority, host: str, clock: Clock, random: Random) -> None:
        self._authority = authority
        self._host = host
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._contexts: list[ssl.SSLContext] = []
        self._renew_at = clock()
        self._make()

    def pair(self) -> tuple[bytes, bytes]:
        """Key and chain (leaf first), PEM; the same objects until the next renewal."""
        self.refresh()
        return self._pair

    def refresh(self) -> None:
        """Makes a new one when it is time, for new connections. Where that fails the old one stays."""
        with self._lock:
            if self._clock() < self._renew_at:
                return
            try:
                self._make()
                for context in self._contexts:
                    self._load(context)
            except Exception as error:
                log.critical("alert", what="server_certificate", kind=type(error).__name__)
                self._renew_at = self._clock() + RETRY
            else:
                log.info("server_certificate_renewed", until=self._leaf.not_valid_after_utc.isoformat())

    def context(self) -> ssl.SSLContext:
        """TLS 1.3 for an HTTPS server; follows each renewal."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._load(context)
        self._contexts.append(context)
        return context

    def _make(self) -> None:
        authority = self._authority
        leaf, key = make_server_leaf(
            authority.issuer, authority.network, [self._host], self._clock(), self._random
        )
        self._leaf, self._key = leaf, key
        self._pair = key_to_pem(key), to_pem(leaf, authority.issuer.certificate)
        self._renew_at = renew_at(leaf.not_valid_before_utc, leaf.not_valid_after_utc, self._random)

    def _load(self, context: ssl.SSLContext) -> None:
        """Python's ssl reads only files: the key lies in one for a moment, under that moment's password."""
        password = self._random(32).hex().encode()
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
        with tempfile.TemporaryDirectory(prefix="songtor-") as folder:
            file = Path(folder) / "certificate"
            file.write_bytes(key + self._pair[1])
            context.load_cert_chain(file, password=password)
