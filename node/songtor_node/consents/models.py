"""The table of grounds. The full record stays here; its terms alone travel, without a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from songtor_node.cases.models import Entry
from songtor_node.store.base import Instant, Row
from songtor_proto.consent import Grant, record_digest
from songtor_proto.wire import envelope_pb2 as wire

BASES = {
    "consent": wire.BASIS_CONSENT,
    "guardian_consent": wire.BASIS_GUARDIAN_CONSENT,
    "vital_interest": wire.BASIS_VITAL_INTEREST,
    "legal_duty": wire.BASIS_LEGAL_DUTY,
}


class Consent(Row, table=True):
    """A ground of any basis. `record` follows ISO/IEC TS 27560 and never changes; what happens later is
    beside it."""

    __tablename__ = "consent"

    code: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True, ondelete="CASCADE")
    basis: str
    jurisdiction: str
    citation: str
    purpose: str
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    recipients: list[str] = Field(default_factory=list, sa_type=JSON)
    liaison_sight: bool
    given_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    record: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    by: str = Field(foreign_key="worker.code")
    confirmed: bool = False
    confirm_by: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_by: str | None = Field(default=None, foreign_key="worker.code")
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_by: str = ""  # client or guardian
    withdrawal_recorded_by: str | None = Field(default=None, foreign_key="worker.code")
    traced_person_consented: bool = False

    @property
    def grant(self) -> Grant:
        """What the shared rules know of it."""
        return Grant(
            id=self.code,
            basis=BASES[self.basis],
            jurisdiction=self.jurisdiction,
            citation=self.citation,
            purpose=self.purpose,
            categories=frozenset(self.categories),
            recipients=frozenset(self.recipients),
            liaison_sight=self.liaison_sight,
            given_at=self.given_at,
            expires_at=self.expires_at,
            record=record_digest(self.record),
            by=self.by,
            withdrawn_at=self.withdrawn_at,
            confirmed=self.confirmed,
            confirm_by=self.confirm_by,
            traced_person_consented=self.traced_person_consented,
        )


class Talk(Entry, table=True):
    """A conversation about a consent, as far as it has come; it may be left and taken up again.

    `answers` are those of `talk.SCREENS`. It ends with a consent, or with the client's no."""

    __tablename__ = "talk"

    language: str  # of whoever is asked
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    changed_at: datetime = Field(sa_type=Instant)
    consent: str | None = Field(default=None, foreign_key="consent.code", index=True, ondelete="CASCADE")
    refused_at: datetime | None = Field(default=None, sa_type=Instant)


class CopyAsked(Entry, table=True):
    """Whether someone takes a copy home was asked: who (`client`, or how the case names them), who might find
    it there, and whether it is safe, so that it was given."""

    __tablename__ = "consent_copy"

    consent: str = Field(foreign_key="consent.code", index=True, ondelete="CASCADE")
    person: str
    finders: str = ""
    given: bool
