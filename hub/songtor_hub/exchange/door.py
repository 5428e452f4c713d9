"""What may come through the hub's door: pure checks of an envelope's clear part. Rules C1, C2, E11, P6,
R1."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from songtor_hub.addresses import HUB
from songtor_proto.address import Address
from songtor_proto.consent import check_terms
from songtor_proto.envelope.check import dates, maker
from songtor_proto.errors import ConsentError, EnvelopeError, PeerError
from songtor_proto.vocabulary import Policy
from songtor_proto.wire.envelope_pb2 import KIND_RECALL_RECEIPT, KIND_REFERRAL, Header, Kind

CENTRE = "TH-00/tsda"
_KNOWN = frozenset(Kind.values())


@lru_cache(maxsize=4096)
def mailbox(address: str) -> str:
    """The seat that fetches what is sent there; desks' and the hub's own is never fetched."""
    return Address.parse(address).seat


@lru_cache(maxsize=4096)
def is_desk(address: str) -> bool:
    return Address.parse(address).is_desk


def check_principal(header: Header, principal: str) -> None:
    """Who is connected is who sends (I1): a seat by its certificate, a desk by its officer's act."""
    if header.sender != principal:
        raise PeerError("sender", field="sender")


def check(header: Header, policy: Policy, now: datetime) -> None:
    """Raises as `dates` and `check_terms` do, and EnvelopeError("header") where the kind may not go that way.

    A kind that only newer sides know is relayed as it is (E11).
    """
    dates(header, now)
    if header.kind not in _KNOWN:
        return
    if header.recipient == HUB and header.kind != KIND_RECALL_RECEIPT:
        raise EnvelopeError("header", field="recipient")
    maker(header)
    desk = is_desk(header.recipient) or is_desk(header.sender)
    if header.HasField("terms"):
        if header.kind != KIND_REFERRAL or not desk:
            raise EnvelopeError("header", field="terms")
        check_terms(header, header.terms, policy, now)
    elif header.kind == KIND_REFERRAL and is_desk(header.recipient):
        raise ConsentError("missing", field="terms")
