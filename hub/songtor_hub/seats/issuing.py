"""Certificates that the hub's intermediate gives to seats, each on record. Rules I5, I7 and I8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from sqlalchemy import Connection, delete, func, insert, select

from songtor_hub.store.tables import certificate
from songtor_proto.identity.certificates import Issuer, issue_leaf, key_from_bytes, key_hash, to_der
from songtor_proto.identity.renewal import GRACE
from songtor_proto.keyring import Keyring
from songtor_proto.times import Random, from_ms, to_ms

_FORGOTTEN = GRACE + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Authority:
    """The online intermediate of one network."""

    network: str
    issuer: Issuer

    @classmethod
    def of(cls, keyring: Keyring, network: str) -> Authority:
        """From the exchange's keyring."""
        intermediate = x509.load_der_x509_certificate(keyring.get("intermediate_certificate"))
        return cls(network, Issuer(intermediate, key_from_bytes(keyring.get("intermediate_key"))))

    def issue(
        self,
        connection: Connection,
        seat: str,
        csr: bytes,
        now: datetime,
        random: Random,
        *,
        nonce: bytes | None = None,
    ) -> list[bytes]:
        """Leaf and intermediate (DER) for the key of a request. Raises PeerError("csr").

        `nonce` is of the renewal that asks; IntegrityError where it served before.
        """
        leaf = issue_leaf(self.issuer, csr, seat, self.network, now, random)
        connection.execute(
            delete(certificate).where(
                certificate.c.seat == seat, certificate.c.not_after_ms < to_ms(now - _FORGOTTEN)
            )
        )
        connection.execute(
            insert(certificate).values(
                serial=serial_of(leaf),
                seat=seat,
                key_hash=key_hash(csr),
                not_before_ms=to_ms(leaf.not_valid_before_utc),
                not_after_ms=to_ms(leaf.not_valid_after_utc),
                nonce=nonce,
            )
        )
        return [to_der(leaf), to_der(self.issuer.certificate)]


def serial_of(leaf: x509.Certificate) -> str:
    """As the table has it: hexadecimal."""
    return f"{leaf.serial_number:x}"


def last_end(connection: Connection, seat: str) -> datetime | None:
    """When the seat's last certificate ends; None where none counts any more."""
    ends = select(func.max(certificate.c.not_after_ms)).where(
        certificate.c.seat == seat, certificate.c.revoked.is_(False)
    )
    end = connection.scalar(ends)
    return None if end is None else from_ms(end)
