"""A ground that stands: when it carries a disclosure and what ends it. Rules C1, C4, C6, C7, C11."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from songtor_proto.errors import ConsentError
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload

DEFAULT_DAYS = 90
MAXIMUM_DAYS = 365
CONFIRM_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A ground that was checked when it was made; build one with a function of `grounds`.

    `by` is the worker who stood for it first and `record` the SHA-256 of the consent record: neither travels.
    `confirmed` says that two people stand behind vital interest or legal duty; `confirm_by` is set while the
    second is still missing.
    """

    id: str
    basis: wire.Basis.ValueType
    jurisdiction: str
    citation: str
    purpose: str
    categories: frozenset[str]
    recipients: frozenset[str]
    liaison_sight: bool
    given_at: datetime
    expires_at: datetime
    record: bytes
    by: str = ""
    withdrawn_at: datetime | None = None
    confirmed: bool = False
    confirm_by: datetime | None = None
    traced_person_consented: bool = False


class By(Enum):
    """Who withdraws."""

    CLIENT = "client"
    GUARDIAN = "guardian"
    DANGEROUS_GUARDIAN = "dangerous_guardian"


_STOPPED_BY = {
    wire.BASIS_CONSENT: {By.CLIENT},
    wire.BASIS_GUARDIAN_CONSENT: {By.CLIENT, By.GUARDIAN},
    # A client who can speak again ends what was done because they could not.
    wire.BASIS_VITAL_INTEREST: {By.CLIENT},
    wire.BASIS_LEGAL_DUTY: set[By](),
}


def withdrawal_stops(grant: Grant, by: By) -> bool:
    """Whether a withdrawal by that person ends it; by a guardian who is the danger it never does (C6)."""
    return by in _STOPPED_BY.get(grant.basis, set())


def check_grant(grant: Grant | None, *, purpose: str, recipient: str, now: datetime) -> Grant:
    """The grant, if it carries a new disclosure for this purpose to this recipient now (C1, C4, C11).

    ConsentError: missing, withdrawn, purpose, recipient, expired, not_confirmed.
    """
    if grant is None:
        raise ConsentError("missing")
    if grant.withdrawn_at is not None:
        raise ConsentError("withdrawn")
    if grant.purpose != purpose:
        raise ConsentError("purpose", field="purpose")
    if recipient not in grant.recipients:
        raise ConsentError("recipient", field="recipients")
    if not grant.given_at <= now < grant.expires_at:
        raise ConsentError("expired", field="expires_at")
    if due_for_recall(grant, now):
        raise ConsentError("not_confirmed", field="confirm_by")
    return grant


def discloses(payload: Payload) -> bool:
    """Whether it says something new about the client and so needs a ground that has not expired (C4)."""
    body = payload.WhichOneof("body")
    return body == "referral" or (body == "answer" and bool(payload.answer.facts.ByteSize()))


def confirm(grant: Grant, *, by: str, now: datetime) -> Grant:
    """The grant with a second person behind it. ConsentError: not_confirmed (too late), same_person."""
    if grant.confirm_by is None:
        return grant
    if due_for_recall(grant, now):
        raise ConsentError("not_confirmed", field="confirm_by")
    if not by or by == grant.by:
        raise ConsentError("same_person", field="confirmed_by")
    return replace(grant, confirmed=True, confirm_by=None)


def due_for_recall(grant: Grant, now: datetime) -> bool:
    """Whether the second person has stayed away for too long (C11)."""
    return grant.confirm_by is not None and now >= grant.confirm_by
