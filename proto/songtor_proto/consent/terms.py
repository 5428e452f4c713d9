"""A ground's terms on the wire, and the one check of them at every door. Rules C2, C3, C7, C8, M2, M3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from songtor_proto.address import Address
from songtor_proto.consent.grant import CONFIRM_WITHIN, MAXIMUM_DAYS, Grant
from songtor_proto.errors import ConsentError
from songtor_proto.remit import allowed, impersonal, may_receive
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import Jurisdiction, Policy
from songtor_proto.wire import envelope_pb2 as wire

_DAY_MS = 86_400_000
_CONFIRM_MS = CONFIRM_WITHIN // timedelta(milliseconds=1)
_BASES = frozenset(wire.Basis.values()) - {wire.BASIS_UNSPECIFIED}
_TWO_PEOPLE = (wire.BASIS_VITAL_INTEREST, wire.BASIS_LEGAL_DUTY)


def record_digest(record: Mapping[str, object]) -> bytes:
    """SHA-256 of a consent record as JSON: keys sorted, no spaces, UTF-8. Values are of JSON's own types."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).digest()


def citation(law: Jurisdiction, basis: wire.Basis.ValueType) -> str:
    """The country's rule for that basis; ConsentError("basis") where it has none."""
    text = {
        wire.BASIS_CONSENT: law.consent_basis,
        wire.BASIS_GUARDIAN_CONSENT: law.consent_basis,
        wire.BASIS_VITAL_INTEREST: law.vital_basis,
        wire.BASIS_LEGAL_DUTY: law.legal_duty_basis,
    }.get(basis, "")
    if not text:
        raise ConsentError("basis", field="basis")
    return text


def terms(grant: Grant, *, categories: Collection[str], recipient: str, salt: bytes) -> wire.Terms:
    """The grant's terms for one envelope. `salt`: 32 fresh random bytes that stay with the sender.

    Another desk that the consent names is told to a desk only. ConsentError: categories, recipient.
    """
    if not grant.categories.issuperset(categories):
        raise ConsentError("categories", field="categories")
    if recipient not in grant.recipients:
        raise ConsentError("recipient", field="recipients")
    to_desk = Address.parse(recipient).is_desk
    return wire.Terms(
        basis=grant.basis,
        legal_citation=grant.citation,
        jurisdiction=grant.jurisdiction,
        purpose=grant.purpose,
        categories=sorted(set(categories)),
        recipients=sorted(
            to for to in grant.recipients if to == recipient or (to_desk and Address.parse(to).is_desk)
        ),
        liaison_sight=grant.liaison_sight,
        expires_ms=to_ms(grant.expires_at),
        consent_digest=hashlib.sha256(salt + grant.record).digest(),
        confirmed=grant.confirmed,
        confirm_by_ms=to_ms(grant.confirm_by) if grant.confirm_by else 0,
    )


def onward(
    terms: wire.Terms, *, categories: Collection[str], recipient: str, law: Jurisdiction, confirmed: bool
) -> wire.Terms:
    """The terms of a part that a desk sends on under its own law: never wider than those it received.

    `confirmed`: whether a second person has confirmed since. ConsentError: categories, recipient.
    """
    if not set(terms.categories).issuperset(categories):
        raise ConsentError("categories", field="categories")
    if recipient not in terms.recipients:
        raise ConsentError("recipient", field="recipients")
    part = wire.Terms()
    part.CopyFrom(terms)
    part.jurisdiction, part.legal_citation = law.country, citation(law, terms.basis)
    del part.categories[:]
    part.categories.extend(sorted(set(categories)))
    if terms.basis == wire.BASIS_VITAL_INTEREST and confirmed:
        part.confirmed, part.confirm_by_ms = True, 0
    return part


def check_terms(header: wire.Header, terms: wire.Terms, policy: Policy, now: datetime) -> None:
    """The same at the hub's door, at a desk and at a receiving node. The header's addresses are well-formed.

    ConsentError with the field at fault: basis, citation, jurisdiction, purpose, recipient, categories,
    expired, expiry, digest, sight, not_confirmed, above_emergency_level, not_red.
    """
    if terms.basis not in _BASES:
        raise ConsentError("basis", field="basis")
    if not terms.legal_citation.strip():
        raise ConsentError("citation", field="legal_citation")
    if terms.jurisdiction != Address.parse(header.sender).country:
        raise ConsentError("jurisdiction", field="jurisdiction")
    if len(terms.consent_digest) != 32:
        raise ConsentError("digest", field="consent_digest")
    _check_remit(header, terms, policy)
    _check_times(header, terms, now)
    if terms.basis in _TWO_PEOPLE and terms.liaison_sight:
        raise ConsentError("sight", field="liaison_sight")
    if terms.basis in _TWO_PEOPLE and not terms.confirmed:
        _check_unconfirmed(header, terms, policy)


def _check_remit(header: wire.Header, terms: wire.Terms, policy: Policy) -> None:
    if not may_receive(policy, terms.purpose, header.recipient) or header.recipient not in terms.recipients:
        raise ConsentError("recipient", field="recipients")
    if list(terms.categories) != sorted(set(terms.categories)):
        raise ConsentError("categories", field="categories")
    if not allowed(policy, terms.purpose, header.recipient).issuperset(terms.categories):
        raise ConsentError("categories", field="categories")


def _check_times(header: wire.Header, terms: wire.Terms, now: datetime) -> None:
    if not header.created_ms < header.expires_ms <= terms.expires_ms:
        raise ConsentError("expiry", field="expires_ms")
    if terms.expires_ms - header.created_ms > MAXIMUM_DAYS * _DAY_MS:
        raise ConsentError("expiry", field="expires_ms")
    if to_ms(now) >= header.expires_ms:
        raise ConsentError("expired", field="expires_ms")
    if terms.confirm_by_ms > header.created_ms + _CONFIRM_MS:
        raise ConsentError("not_confirmed", field="confirm_by_ms")


def _check_unconfirmed(header: wire.Header, terms: wire.Terms, policy: Policy) -> None:
    """One worker alone: vital interest in red danger, levels 0 and 1, confirmed in 24 hours (C7, C11)."""
    if terms.basis != wire.BASIS_VITAL_INTEREST:
        raise ConsentError("not_confirmed", field="confirmed")
    if terms.confirm_by_ms <= 0:
        raise ConsentError("not_confirmed", field="confirm_by_ms")
    if not impersonal(policy).issuperset(terms.categories):
        raise ConsentError("above_emergency_level", field="categories")
    if header.urgency != wire.URGENCY_RED:
        raise ConsentError("not_red", field="urgency")
