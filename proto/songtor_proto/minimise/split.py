"""What leaves and what stays of a client's facts, line by line, with why. Rules M2 to M5."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from songtor_proto.consent import Grant
from songtor_proto.errors import InputError
from songtor_proto.minimise.fields import FACTS, keep
from songtor_proto.minimise.values import value_text
from songtor_proto.remit import allowed, impersonal, needed, of_use, purpose_of
from songtor_proto.vocabulary import Policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import (
    ABSENT_REASON_UNKNOWN,
    ABSENT_REASON_UNSAFE,
    Absent,
    Facts,
)

_CLIENT_AGREED = (wire.BASIS_CONSENT, wire.BASIS_GUARDIAN_CONSENT)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of Facts. `why` is a code of disclosure_words.yaml. `needed`: the recipient cannot work
    without it, so the worker is warned where it stays."""

    category: str
    field: str
    value_text: str
    why: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`facts` and `absent` go into the referral; `stays` is for the worker's eyes only (M5)."""

    leaves: tuple[Line, ...]
    stays: tuple[Line, ...]
    absent: tuple[Absent, ...]
    facts: Facts

    @property
    def categories(self) -> tuple[str, ...]:
        """Data categories disclosed, sorted, as the terms carry them."""
        return tuple(sorted({line.category for line in self.leaves}))

    @property
    def warnings(self) -> tuple[Line, ...]:
        """What the recipient needs and does not get. A warning never blocks (M4)."""
        return tuple(line for line in self.stays if line.needed)


def default_ticks(policy: Policy, purpose: str, recipient: str, grant: Grant) -> frozenset[str]:
    """What is ticked before the worker touches anything: what the recipient needs and the ground covers,
    without what says who someone is, which the worker must choose."""
    return needed(policy, purpose, recipient) & grant.categories & impersonal(policy)


def split(
    facts: Facts,
    *,
    policy: Policy,
    purpose: str,
    recipient: str,
    grant: Grant,
    ticked: Collection[str] | None = None,
    unsafe: Collection[str] = (),
    lang: str = "th",
) -> Disclosure:
    """Policy ∩ ground ∩ ticked (M2); `ticked` None means `default_ticks`, `unsafe` names categories.

    It only sorts; whether the grant carries a disclosure now is `consent.check_grant`.
    InputError("unknown_code") for a category that is not in the policy.
    """
    _check_known(policy, ticked or (), "ticked")
    _check_known(policy, unsafe, "unsafe")
    ticks = default_ticks(policy, purpose, recipient, grant) if ticked is None else frozenset(ticked)
    wanted = needed(policy, purpose, recipient)
    leaves, stays, absent = [], [], []
    for field, category in FACTS.items():
        text = value_text(facts, field, lang)
        why = _why_it_stays(policy, purpose, recipient, grant, category)
        if category in wanted and category in unsafe:
            absent.append(Absent(category=category, reason=ABSENT_REASON_UNSAFE))
        elif category in wanted and not text:
            absent.append(Absent(category=category, reason=ABSENT_REASON_UNKNOWN))
        if not why:
            why = _why_not_now(category, text, ticks | policy.always, unsafe)
        if not why:
            leaves.append(Line(category, field, text, _why_it_leaves(policy, purpose, grant, category)))
        elif text or category in wanted:
            stays.append(Line(category, field, text, why, needed=category in wanted))
    return Disclosure(
        leaves=tuple(leaves),
        stays=tuple(stays),
        absent=tuple(absent),
        facts=keep(facts, {line.category for line in leaves}),
    )


def _check_known(policy: Policy, categories: Collection[str], field: str) -> None:
    if not policy.categories.keys() >= set(categories):
        raise InputError("unknown_code", field=field)


def _why_it_stays(policy: Policy, purpose: str, recipient: str, grant: Grant, category: str) -> str:
    """Why rule or ground keeps it, whatever the worker ticks; empty where they let it go."""
    if category not in of_use(policy, purpose):
        return "not_for_this_purpose"
    if category not in allowed(policy, purpose, recipient):
        return "recipient_needs_less"
    if grant.confirm_by is not None and category not in impersonal(policy):
        return "above_emergency_level"
    if category not in grant.categories:
        return "client_did_not_agree" if grant.basis in _CLIENT_AGREED else "not_covered_by_ground"
    return ""


def _why_not_now(category: str, text: str, ticks: Collection[str], unsafe: Collection[str]) -> str:
    if category in unsafe:
        return "unsafe_to_send"
    if not text:
        return "not_known"
    return "" if category in ticks else "not_ticked"


def _why_it_leaves(policy: Policy, purpose: str, grant: Grant, category: str) -> str:
    if category in policy.always:
        return "always"
    if category in purpose_of(policy, purpose).needs:
        return "needed_by_recipient"
    return "agreed_by_client" if grant.basis in _CLIENT_AGREED else "covered_by_ground"
