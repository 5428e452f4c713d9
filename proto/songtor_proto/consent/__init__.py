"""What a disclosure rests on and where it ends: grounds, their terms, what ends them. Rules C1 to C11."""

from songtor_proto.consent.grant import (
    CONFIRM_WITHIN,
    DEFAULT_DAYS,
    MAXIMUM_DAYS,
    By,
    Grant,
    check_grant,
    confirm,
    discloses,
    due_for_recall,
    withdrawal_stops,
)
from songtor_proto.consent.grounds import (
    Scope,
    consent,
    guardian_consent,
    is_sensitive,
    least_age,
    legal_duty,
    sight_by_default,
    vital_interest,
)
from songtor_proto.consent.terms import check_terms, citation, onward, record_digest, terms

__all__ = [
    "CONFIRM_WITHIN",
    "DEFAULT_DAYS",
    "MAXIMUM_DAYS",
    "By",
    "Grant",
    "Scope",
    "check_grant",
    "check_terms",
    "citation",
    "confirm",
    "consent",
    "discloses",
    "due_for_recall",
    "guardian_consent",
    "is_sensitive",
    "least_age",
    "legal_duty",
    "onward",
    "record_digest",
    "sight_by_default",
    "terms",
    "vital_interest",
    "withdrawal_stops",
]
