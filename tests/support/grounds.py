"""A scope and the grounds made of it, for tests that need one and do not care which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from songtor_proto import consent
from songtor_proto.errors import ConsentError, catalogue
from songtor_proto.vocabulary import jurisdictions, policy
from songtor_proto.wire import envelope_pb2 as wire

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PURPOSE = "domestic_violence"
DESK = "TH-00/dwf"
IMPERSONAL = frozenset({"demographics", "place", "problems", "threat"})
PERSONAL = IMPERSONAL | {"contact", "name"}


@contextmanager
def refused(code: str, field: str) -> Iterator[None]:
    """The block raises that ConsentError, which the catalogue knows, and names the field."""
    with pytest.raises(ConsentError) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (f"consent.{code}", field)
    assert caught.value.code in catalogue()


def scope(
    *,
    purpose: str = PURPOSE,
    categories: frozenset[str] = PERSONAL,
    recipients: frozenset[str] = frozenset({DESK}),
    expires_at: datetime | None = None,
    sensitive: bool = True,
    liaison_sight: bool | None = None,
    copies: frozenset[str] = frozenset(),
    dangerous: frozenset[str] = frozenset(),
) -> consent.Scope:
    return consent.Scope(
        id="consent-1",
        purpose=purpose,
        categories=categories,
        recipients=recipients,
        given_at=NOW,
        record=consent.record_digest({"text": "ข้อความที่แสดง"}),
        expires_at=expires_at,
        sensitive=sensitive,
        liaison_sight=liaison_sight,
        copies=copies,
        dangerous=dangerous,
    )


def agreed(given: consent.Scope | None = None, country: str = "DE") -> consent.Grant:
    """An adult's written consent."""
    return consent.consent(given or scope(), jurisdictions()[country], policy(), form="written", age=30)


def guarded(given: consent.Scope | None = None, *, guardian: str = "mother") -> consent.Grant:
    return consent.guardian_consent(
        given or scope(),
        jurisdictions()["DE"],
        policy(),
        form="written",
        guardian=guardian,
        child_view="อยากไป",
    )


def vital(
    given: consent.Scope | None = None, *, country: str = "DE", incapacity: str = "หมดสติ", second: str = ""
) -> consent.Grant:
    """Vital interest by one worker, or by two."""
    return consent.vital_interest(
        given or scope(categories=PERSONAL if second else IMPERSONAL),
        jurisdictions()[country],
        policy(),
        harm="ถูกขู่ฆ่าคืนนี้",
        incapacity=incapacity,
        by="W1",
        confirmed_by=second,
    )


def due(given: consent.Scope | None = None, *, second: str = "W2") -> consent.Grant:
    return consent.legal_duty(
        given or scope(), jurisdictions()["DE"], policy(), duty="§ 4 KKG", by="W1", confirmed_by=second
    )


def terms(
    grant: consent.Grant, recipient: str = DESK, categories: frozenset[str] | None = None
) -> wire.Terms:
    return consent.terms(
        grant,
        categories=grant.categories if categories is None else categories,
        recipient=recipient,
        salt=bytes(32),
    )
