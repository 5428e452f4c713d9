"""Which purposes and recipients are offered first for a case. By the policy's data alone; pure."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_proto.address import Address
from songtor_proto.vocabulary import Policy, Vocabulary, organisations

HUB = "TH-00"


def purposes(policy: Policy, problems: Sequence[str]) -> list[str]:
    """Purposes for these problems (most pressing first), the most apt first; none where nothing is known."""
    found = [
        (rank, purpose.problems.index(problem), purpose.code)
        for rank, problem in enumerate(problems)
        for purpose in policy.purposes.values()
        if problem in purpose.problems
    ]
    return list(dict.fromkeys(code for *_, code in sorted(found, key=lambda one: one[:2])))


def desks(policy: Policy, vocabulary: Vocabulary, purpose: str) -> list[str]:
    """Addresses of the standing desks that may receive it, in the policy's order."""
    return [
        f"{HUB}/{desk}" for desk in policy.purposes[purpose].desks if not vocabulary.desks[desk].per_province
    ]


def province_desks(policy: Policy, vocabulary: Vocabulary, purpose: str) -> list[str]:
    """Addresses of the desks of each province that may receive it."""
    return [
        f"{HUB}/{desk}-{number}"
        for desk in policy.purposes[purpose].desks
        if vocabulary.desks[desk].per_province
        for number in vocabulary.provinces
    ]


def nodes(policy: Policy, purpose: str, *, own: str, country: str = "") -> list[str]:
    """Seats of partners that may receive it, but for `own`; those in that country first."""
    if not policy.purposes[purpose].node:
        return []
    seats = [one.seat for one in organisations() if not one.vacant and one.seat != own]
    return sorted(seats, key=lambda seat: (Address.parse(seat).country != country, seat))
