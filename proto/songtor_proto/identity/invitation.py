"""The one-time code that brings a seat into the network. Rule I4.

It carries the whole root certificate: a fingerprint alone would make the node trust an unverified
connection first.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from google.protobuf.message import DecodeError

from songtor_proto.address import Address
from songtor_proto.errors import InputError, PeerError
from songtor_proto.identity.peer import check_root
from songtor_proto.wire.directory_pb2 import Invitation

LIFE = timedelta(hours=72)
SECRET_SIZE = 32
PREFIX = "songtor1:"
_CHECKSUM_SIZE = 4
_MAX_TEXT = 8192
_TEXT = re.compile(re.escape(PREFIX) + r"([A-Za-z0-9_-]+)")
_ENDPOINT = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):([0-9]{1,5})")


def hash_secret(secret: bytes) -> bytes:
    """SHA-256: all that the hub keeps of the code (its 256 bits need no slow hash)."""
    return hashlib.sha256(secret).digest()


def to_text(invitation: Invitation) -> str:
    """`songtor1:` and base64url, without padding, of the message and the first 4 bytes of its SHA-256."""
    body = invitation.SerializeToString(deterministic=True)
    return PREFIX + urlsafe_b64encode(body + _checksum(body)).decode().rstrip("=")


def parse(text: str) -> Invitation:
    """The invitation, from a text that may have been wrapped or indented on the way.

    Raises InputError("invitation"), with the field at fault where the text is whole but says something
    impossible.
    """
    if len(text) > _MAX_TEXT:
        raise InputError("invitation")
    match = _TEXT.fullmatch("".join(text.split()))
    if not match:
        raise InputError("invitation")
    try:
        data = urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
        body, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
        if checksum != _checksum(body):
            raise InputError("invitation")
        invitation = Invitation.FromString(body)
    except (ValueError, DecodeError) as error:
        raise InputError("invitation") from error
    _fields(invitation)
    return invitation


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECKSUM_SIZE]


def _fields(invitation: Invitation) -> None:
    try:
        seat = Address.parse(invitation.seat).is_node
    except InputError as error:
        raise InputError("invitation", field="seat") from error
    try:
        check_root(invitation.root, invitation.network)
    except PeerError as error:
        raise InputError("invitation", field="network" if error.field == "network" else "root") from error
    kept = {
        "seat": seat,
        "secret": len(invitation.secret) == SECRET_SIZE,
        "enrolment_address": _endpoint(invitation.enrolment_address),
        "exchange_address": _endpoint(invitation.exchange_address),
    }
    for field, holds in kept.items():
        if not holds:
            raise InputError("invitation", field=field)


def _endpoint(text: str) -> bool:
    match = _ENDPOINT.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 65536
