"""How a seat comes in and stays in: redeeming a code, renewing a certificate. Rules I4 to I9.

Whoever asks is not known yet: this is the one door without a client certificate.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, select, update
from sqlalchemy.exc import IntegrityError

from songtor_hub import translog
from songtor_hub.addresses import HUB
from songtor_hub.seats import directory
from songtor_hub.seats.issuing import Authority, last_end
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import certificate, invitation, seat
from songtor_proto.address import Address
from songtor_proto.errors import PeerError
from songtor_proto.identity.certificates import check_csr, key_hash
from songtor_proto.identity.invitation import hash_secret
from songtor_proto.identity.renewal import NONCE_SIZE, check_renewal, in_grace
from songtor_proto.identity.statement import check_entry
from songtor_proto.times import Clock, Random, to_ms
from songtor_proto.wire.exchange_pb2 import (
    EnrolRequest,
    EnrolResponse,
    GetRenewalNonceRequest,
    GetRenewalNonceResponse,
    RenewRequest,
    RenewResponse,
)

NONCE_LIFE = timedelta(minutes=5)

log = structlog.get_logger(__name__)


class EnrolmentDesk:
    """`nonce_key`: 32 secret bytes that all processes of one hub share, so that each knows their nonces."""

    def __init__(
        self, engine: Engine, authority: Authority, nonce_key: bytes, clock: Clock, random: Random
    ) -> None:
        self._engine = engine
        self._authority = authority
        self._nonce_key = nonce_key
        self._clock = clock
        self._random = random

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        """Redeems a code: the certificate, and the hub's own entry.

        Raises PeerError: "invitation", "invitation_expired", "invitation_used", "invitation_burnt", "csr",
        "statement" or "key_version".
        """
        with reading(self._engine) as connection:
            _invitation(connection, request)  # strangers do not get as far as the write lock
        with writing(self._engine) as connection:
            response = self._redeem(connection, request)
        if response is None:
            log.critical("alert", what="invitation_reused", seat=request.seat)
            raise PeerError("invitation_burnt")
        return response

    def _redeem(self, connection: Connection, request: EnrolRequest) -> EnrolResponse | None:
        """None where the code came with a second key: it is burnt now."""
        now, network = self._clock(), self._authority.network
        code = _invitation(connection, request)
        if code.state == "burnt":
            raise PeerError("invitation_burnt")
        keys = _keys(request, network)
        if code.state != "open" and code.key_hash != keys:
            _mark(connection, code, state="burnt", response=None)
            return None
        if code.state == "used":
            raise PeerError("invitation_used")
        if code.state == "redeemed":
            return EnrolResponse.FromString(code.response)
        if code.expires_ms < to_ms(now):
            raise PeerError("invitation_expired")
        directory.publish(
            connection, network, request.seat, request.entry, to_ms(now), self._random, anew=True
        )
        connection.execute(update(certificate).where(certificate.c.seat == request.seat).values(revoked=True))
        chain = self._authority.issue(connection, request.seat, request.csr, now, self._random)
        hub = directory.latest(connection, HUB)
        assert hub is not None
        response = EnrolResponse(chain=chain, hub=directory.as_entry(hub))
        _mark(connection, code, state="redeemed", key_hash=keys, response=response.SerializeToString())
        connection.execute(update(seat).where(seat.c.id == request.seat).values(enrolled_ms=to_ms(now)))
        translog.append(connection, "enrolled", {"seat": request.seat}, to_ms(now), self._random)
        return response

    def get_renewal_nonce(self, request: GetRenewalNonceRequest) -> GetRenewalNonceResponse:
        """32 bytes, good for five minutes and one renewal. Whether there is such a seat is not told.

        InputError("address") where there cannot be.
        """
        Address.parse(request.seat)
        head = to_ms(self._clock() + NONCE_LIFE).to_bytes(6, "big") + self._random(10)
        return GetRenewalNonceResponse(nonce=head + self._seal(request.seat, head))

    def renew(self, request: RenewRequest) -> RenewResponse:
        """A new certificate, also up to 30 days after the last one ended.

        Raises PeerError: "renewal" (nonce or signature), "revoked", "grace_over" or "csr".
        """
        now = self._clock()
        head = request.nonce[:16]
        known = hmac.compare_digest(request.nonce[16:], self._seal(request.seat, head))
        if not known or int.from_bytes(head[:6], "big") < to_ms(now):
            raise PeerError("renewal", field="nonce")
        with reading(self._engine) as connection:
            _check_renewal(connection, request, now)
        try:
            with writing(self._engine) as connection:
                _check_renewal(connection, request, now)
                chain = self._authority.issue(
                    connection, request.seat, request.csr, now, self._random, nonce=request.nonce
                )
        except IntegrityError as error:
            raise PeerError("renewal", field="nonce") from error
        return RenewResponse(chain=chain)

    def _seal(self, seat_id: str, head: bytes) -> bytes:
        return hmac.digest(self._nonce_key, head + seat_id.encode(), "sha256")[: NONCE_SIZE - 16]


def _invitation(connection: Connection, request: EnrolRequest) -> Row[Any]:
    found = select(invitation).where(invitation.c.secret_hash == hash_secret(request.secret))
    code = connection.execute(found).one_or_none()
    if code is None or code.seat != request.seat:
        raise PeerError("invitation")
    return code


def _mark(connection: Connection, code: Row[Any], **values: object) -> None:
    connection.execute(
        update(invitation).where(invitation.c.secret_hash == code.secret_hash).values(**values)
    )


def _keys(request: EnrolRequest, network: str) -> bytes:
    """What makes a request the same again: its three keys. When the statement was written does not count."""
    check_csr(request.csr, request.seat, network)
    statement = check_entry(request.entry, network)
    keys = key_hash(request.csr) + statement.signing_key + statement.sealing_key
    return hashlib.sha256(keys).digest()


def _check_renewal(connection: Connection, request: RenewRequest, now: datetime) -> None:
    row = connection.execute(select(seat.c.revoked_ms).where(seat.c.id == request.seat)).one_or_none()
    entry = directory.latest(connection, request.seat)
    if row is None or entry is None:
        raise PeerError("renewal", field="seat")
    if row.revoked_ms is not None or entry.revoked:
        raise PeerError("revoked")
    if entry.version != request.signing_key_version:
        raise PeerError("renewal", field="signing_key_version")
    check_renewal(entry.signing_key, request.seat, request.nonce, request.csr, request.signature)
    end = last_end(connection, request.seat)
    if end is None or not in_grace(end, now):
        raise PeerError("grace_over")


def nonce_key(signing_key: bytes) -> bytes:
    """The desk's secret, from the hub's: the same in each of its processes."""
    return hmac.digest(signing_key, b"songtor renewal nonce", "sha256")
