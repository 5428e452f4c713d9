"""Who may receive what, for what purpose: the network's policy read as functions. Rules M2, M3 and M8."""

from __future__ import annotations

from functools import lru_cache

from songtor_proto.address import Address
from songtor_proto.errors import ConsentError
from songtor_proto.vocabulary import Policy, Purpose


def purpose_of(policy: Policy, code: str) -> Purpose:
    """The purpose of that code; ConsentError("purpose") where there is none."""
    purpose = policy.purposes.get(code)
    if purpose is None:
        raise ConsentError("purpose", field="purpose")
    return purpose


def impersonal(policy: Policy) -> frozenset[str]:
    """Categories of levels 0 and 1. From level 2 on they say who or where someone is, or more: the worker
    chooses each (M2), and nobody sends them alone without consent (C7)."""
    return frozenset(code for code, category in policy.categories.items() if category.level < 2)


@lru_cache(maxsize=1024)
def may_receive(policy: Policy, purpose: str, recipient: str) -> bool:
    """Whether a referral for this purpose may be addressed there at all."""
    rule, address = purpose_of(policy, purpose), Address.parse(recipient)
    return rule.node if address.is_node else address.desk_code in rule.desks


def of_use(policy: Policy, purpose: str) -> frozenset[str]:
    """Categories that the purpose has any use for, whoever receives them."""
    rule = purpose_of(policy, purpose)
    return policy.always | {*rule.needs, *rule.useful}


@lru_cache(maxsize=1024)
def allowed(policy: Policy, purpose: str, recipient: str) -> frozenset[str]:
    """Categories that the policy lets this recipient have; none where it may not receive this purpose.

    A narrow recipient gets only what its line names (M3).
    """
    if not may_receive(policy, purpose, recipient):
        return frozenset()
    narrow = purpose_of(policy, purpose).narrow.get(Address.parse(recipient).desk_code)
    return of_use(policy, purpose) if narrow is None else policy.always | frozenset(narrow)


def needed(policy: Policy, purpose: str, recipient: str) -> frozenset[str]:
    """Of what is allowed, that which the recipient cannot work without."""
    wanted = policy.always | frozenset(purpose_of(policy, purpose).needs)
    return wanted & allowed(policy, purpose, recipient)


def replies(policy: Policy, purpose: str, *, traced_person_consented: bool = False) -> frozenset[str]:
    """Categories that a recipient may send back (M8); none about a traced person who has not agreed (C9)."""
    rule = purpose_of(policy, purpose)
    if rule.traced_person_consents and not traced_person_consented:
        return frozenset()
    return frozenset(rule.replies)


def answer_for(policy: Policy, purpose: str, outcome: str, *, traced_person_consented: bool) -> str:
    """The outcome that may be told: `not_found`, whatever it was, until the traced person agreed (C9)."""
    rule = purpose_of(policy, purpose)
    return "not_found" if rule.traced_person_consents and not traced_person_consented else outcome
