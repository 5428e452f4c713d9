"""Making a ground: one function a basis, applying the country's law from data. Rules C3, C5 to C8, C10."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from songtor_proto.consent.grant import CONFIRM_WITHIN, DEFAULT_DAYS, MAXIMUM_DAYS, Grant
from songtor_proto.consent.terms import citation
from songtor_proto.errors import ConsentError
from songtor_proto.remit import impersonal, may_receive, of_use, purpose_of
from songtor_proto.vocabulary import Jurisdiction, Policy, Vocabulary
from songtor_proto.wire import envelope_pb2 as wire

FORMS = ("written", "spoken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is to be disclosed, before anyone asks on which ground.

    Recipients are addresses; `copies` (who is given one) and `dangerous` are people of the case, by whatever
    key the caller has for them. `sensitive`: whether any problem of the case is (`is_sensitive`). None leaves
    `liaison_sight` to the default, `expires_at` to 90 days. `record`: `record_digest` of the consent record.
    """

    id: str
    purpose: str
    categories: frozenset[str]
    recipients: frozenset[str]
    given_at: datetime
    record: bytes
    expires_at: datetime | None = None
    sensitive: bool = True
    liaison_sight: bool | None = None
    copies: frozenset[str] = frozenset()
    dangerous: frozenset[str] = frozenset()
    traced_person_consented: bool = False


def consent(scope: Scope, law: Jurisdiction, policy: Policy, *, form: str, age: int | None) -> Grant:
    """The client's own consent. `age` in full years, the least it can be (`least_age`).

    ConsentError: form, age (unknown), minor, and those of every ground.
    """
    _check_form(law, form)
    if age is None:
        raise ConsentError("age", field="age")
    if age < law.minor_under:
        raise ConsentError("minor", field="age")
    return _grant(scope, law, policy, wire.BASIS_CONSENT)


def guardian_consent(
    scope: Scope, law: Jurisdiction, policy: Policy, *, form: str, guardian: str, child_view: str
) -> Grant:
    """A guardian's consent with the child's own view on record (C5); never of one who is the danger (C6)."""
    _check_form(law, form)
    if not guardian.strip():
        raise ConsentError("guardian", field="guardian")
    if guardian in scope.dangerous:
        raise ConsentError("guardian_is_danger", field="guardian")
    if not child_view.strip():
        raise ConsentError("child_view", field="child_view")
    return _grant(scope, law, policy, wire.BASIS_GUARDIAN_CONSENT)


def vital_interest(
    scope: Scope,
    law: Jurisdiction,
    policy: Policy,
    *,
    harm: str,
    incapacity: str,
    by: str,
    confirmed_by: str = "",
) -> Grant:
    """Against serious, foreseeable, imminent harm, which `harm` names. Two people, or one for 24 hours (C7).

    `incapacity` says why the client cannot consent; only some laws want it.
    """
    if not harm.strip():
        raise ConsentError("harm", field="harm")
    if law.vital_needs_incapacity and not incapacity.strip():
        raise ConsentError("incapacity", field="incapacity")
    two = _two_people(by, confirmed_by)
    if not two and not scope.categories <= impersonal(policy):
        raise ConsentError("above_emergency_level", field="categories")
    return _grant(scope, law, policy, wire.BASIS_VITAL_INTEREST, by=by, confirmed=two)


def legal_duty(
    scope: Scope, law: Jurisdiction, policy: Policy, *, duty: str, by: str, confirmed_by: str
) -> Grant:
    """A duty to tell, which `duty` names (C8), always by two people (C7)."""
    if not duty.strip():
        raise ConsentError("duty", field="duty")
    if not _two_people(by, confirmed_by):
        raise ConsentError("second_person", field="confirmed_by")
    return _grant(scope, law, policy, wire.BASIS_LEGAL_DUTY, by=by, confirmed=True)


def sight_by_default(policy: Policy, purpose: str, *, sensitive: bool) -> bool:
    """Whether a liaison sees the status where the client said nothing about it (C10)."""
    return purpose_of(policy, purpose).sight and not sensitive


def is_sensitive(vocabulary: Vocabulary, problems: Iterable[str]) -> bool:
    """Whether any of the problems is; one that the vocabulary does not know is taken to be."""
    return any(code not in vocabulary.problems or vocabulary.problems[code].sensitive for code in problems)


def least_age(birth_date: str, age_band: str, today: date) -> int | None:
    """The fewest full years someone can have: by birth date ("1988", "1988-04", "1988-04-13"), else by the
    lower end of an age band ("18-24", "75+"); None where neither is known."""
    if born := re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", birth_date):
        year, month = int(born[1]), int(born[2] or 12)
        try:
            day = int(born[3] or monthrange(year, month)[1])
            latest = date(year, month, day)
        except ValueError:
            return None
        return max(0, today.year - year - ((today.month, today.day) < (latest.month, latest.day)))
    band = re.match(r"([0-9]{1,3})(?=[-+])", age_band)
    return int(band[1]) if band else None


def _check_form(law: Jurisdiction, form: str) -> None:
    if form not in FORMS or (law.consent_form == "written" and form != "written"):
        raise ConsentError("form", field="form")


def _two_people(by: str, confirmed_by: str) -> bool:
    if not by:
        raise ConsentError("by", field="by")
    if by == confirmed_by:
        raise ConsentError("same_person", field="confirmed_by")
    return bool(confirmed_by)


def _grant(
    scope: Scope,
    law: Jurisdiction,
    policy: Policy,
    basis: wire.Basis.ValueType,
    *,
    by: str = "",
    confirmed: bool = False,
) -> Grant:
    """What every ground must satisfy: purpose, recipients, categories, people left out, sight, end."""
    if scope.dangerous & (scope.copies | scope.recipients):
        raise ConsentError(
            "guardian_is_danger", field="copies" if scope.dangerous & scope.copies else "recipients"
        )
    if not scope.recipients or not all(may_receive(policy, scope.purpose, to) for to in scope.recipients):
        raise ConsentError("recipient", field="recipients")
    categories = scope.categories | policy.always
    if not categories <= of_use(policy, scope.purpose):
        raise ConsentError("categories", field="categories")
    expires_at = scope.expires_at or scope.given_at + timedelta(days=DEFAULT_DAYS)
    if not scope.given_at < expires_at <= scope.given_at + timedelta(days=MAXIMUM_DAYS):
        raise ConsentError("expiry", field="expires_at")
    vital = basis == wire.BASIS_VITAL_INTEREST
    return Grant(
        id=scope.id,
        basis=basis,
        jurisdiction=law.country,
        citation=citation(law, basis),
        purpose=scope.purpose,
        categories=categories,
        recipients=scope.recipients,
        liaison_sight=_sight(scope, policy, basis),
        given_at=scope.given_at,
        expires_at=expires_at,
        record=scope.record,
        by=by,
        confirmed=confirmed,
        confirm_by=scope.given_at + CONFIRM_WITHIN if vital and not confirmed else None,
        traced_person_consented=scope.traced_person_consented,
    )


def _sight(scope: Scope, policy: Policy, basis: wire.Basis.ValueType) -> bool:
    """The client's choice, so without the client nobody may switch it on."""
    if basis in (wire.BASIS_VITAL_INTEREST, wire.BASIS_LEGAL_DUTY):
        if scope.liaison_sight:
            raise ConsentError("sight", field="liaison_sight")
        return False
    if scope.liaison_sight is not None:
        return scope.liaison_sight
    return sight_by_default(policy, scope.purpose, sensitive=scope.sensitive)
