"""TLS 1.3 alone, and private keys that touch no disk."""

from __future__ import annotations

import os
import ssl
import threading
from pathlib import Path

import structlog
from cryptography import x509

from songtor_proto.errors import InputError
from songtor_proto.identity.certificates import PrivateKey, key_to_pem, to_pem

LOOK_SECONDS = 60.0  # how soon a certificate that was renewed in its files is shown

_log = structlog.get_logger(__name__)


def server() -> ssl.SSLContext:
    """Every browser that these pages work in speaks TLS 1.3 (since 2019)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def present(context: ssl.SSLContext, key: PrivateKey, *chain: x509.Certificate) -> None:
    """From now on this chain is shown, leaf first. The library reads files alone: it is given one that is
    memory and has no name."""
    memory = os.memfd_create("chain", os.MFD_CLOEXEC)
    try:
        with os.fdopen(memory, "wb", closefd=False) as file:
            file.write(key_to_pem(key) + to_pem(*chain))
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)


class Files:
    """A chain and its key that the operator keeps in files, and renews there.

    InputError("certificate_files"): not there, not PEM, or not of one pair."""

    def __init__(self, context: ssl.SSLContext, certificate: Path, key: Path) -> None:
        self._context, self._certificate, self._key = context, certificate, key
        self._seen = self._changed()
        self._present()

    def watch(self, stopping: threading.Event) -> None:
        """Shows what they hold anew when they change. (Between the two, they are no pair: it looks again.)"""
        while not stopping.wait(LOOK_SECONDS):
            try:
                if (now := self._changed()) != self._seen:
                    self._present()
                    self._seen = now
            except InputError as error:
                _log.warning("certificate.failed", code=error.code)

    def _present(self) -> None:
        try:
            # (A key that is locked is refused rather than asked about at a keyboard.)
            self._context.load_cert_chain(self._certificate, self._key, password=lambda: "")
        except (OSError, ValueError):
            raise InputError("certificate_files", field="certificate") from None

    def _changed(self) -> tuple[int, int]:
        try:
            return self._certificate.stat().st_mtime_ns, self._key.stat().st_mtime_ns
        except OSError:
            raise InputError("certificate_files", field="certificate") from None
