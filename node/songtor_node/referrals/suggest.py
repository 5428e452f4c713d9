"""What a case is referred for, and to whom, in the order in which a worker is offered it. Pure.

The policy says which purposes suit which problems and who may receive them; where the people of the case are
says who of these is near.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from songtor_node.cases.models import Person
from songtor_node.cases.record import CaseRecord
from songtor_node.consents import suggest
from songtor_proto.address import Address
from songtor_proto.remit import allowed, impersonal
from songtor_proto.vocabulary import Policy, Vocabulary

EMERGENCY = "emergency_protection"
HOME = "TH"


@dataclass(frozen=True, slots=True)
class Where:
    """Where the client or someone of the case is: ISO 3166-1, and city and region as they were written."""

    country: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Addresses. `near`: offered first; `others`: everyone else who may receive it."""

    near: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the plan's open touch points need, by category those that need it. `ticked` at once; `offered`,
    because it says who somebody is, or more, for the worker to tick (M2); `uncovered`: the policy would let
    it go, the ground does not."""

    ticked: Mapping[str, Sequence[str]]
    offered: Mapping[str, Sequence[str]]
    uncovered: Mapping[str, Sequence[str]]

    @property
    def why(self) -> dict[str, Sequence[str]]:
        return {**self.ticked, **self.offered, **self.uncovered}


def by_plan(
    policy: Policy,
    needs: Mapping[str, Sequence[str]],
    *,
    purpose: str,
    recipient: str,
    covered: Collection[str],
    unsafe: Collection[str] = (),
) -> Proposed:
    """`needs` as `cases.plan.needed_information` gives it; never beyond what policy allows this recipient for
    this purpose, what is safe, and what the ground covers."""
    may = allowed(policy, purpose, recipient) - policy.always - frozenset(unsafe)
    useful = {code: steps for code, steps in needs.items() if code in may}
    agreed = {code: steps for code, steps in useful.items() if code in covered}
    plain = impersonal(policy)
    return Proposed(
        ticked={code: steps for code, steps in agreed.items() if code in plain},
        offered={code: steps for code, steps in agreed.items() if code not in plain},
        uncovered={code: steps for code, steps in useful.items() if code not in covered},
    )


def whereabouts(record: CaseRecord) -> tuple[Where, list[Where]]:
    """The client's, and the family's; nothing is sought near whoever is the danger."""
    return _where(record.client), [_where(person) for person in record.people if not person.danger]


def _where(person: Person) -> Where:
    return Where(person.country, " ".join(filter(None, (person.city, person.region))))


def purposes(policy: Policy, problems: Sequence[str], urgency: str) -> list[str]:
    """Most fitting first; protection before all else where it is red."""
    found = suggest.purposes(policy, problems)
    return list(dict.fromkeys([EMERGENCY, *found] if urgency == "red" else found))


def recipients(
    policy: Policy,
    vocabulary: Vocabulary,
    purpose: str,
    *,
    own: str,
    client: Where,
    family: Sequence[Where],
    known: Collection[str],
) -> Recipients:
    """Of those `known`, whose keys this node has: partners in the country that the client is in, if it is
    another than ours; the desks in the policy's order, of a province only where somebody of the case is
    there; partners where the family is."""
    here = Address.parse(own).country
    partners = suggest.nodes(policy, purpose, own=own)
    standing = suggest.desks(policy, vocabulary, purpose)
    of_provinces = suggest.province_desks(policy, vocabulary, purpose)
    provinces = {number for place in (client, *family) for number in _provinces(vocabulary, place)}

    def partners_in(country: str) -> list[str]:
        foreign = country not in ("", here, HOME)
        return [seat for seat in partners if foreign and Address.parse(seat).country == country]

    near = [
        *partners_in(client.country),
        *standing,
        *(desk for desk in of_provinces if Address.parse(desk).province in provinces),
        *(seat for place in family for seat in partners_in(place.country)),
    ]
    first = tuple(to for to in dict.fromkeys(near) if to in known)
    rest = (to for to in (*of_provinces, *partners) if to in known and to not in first)
    return Recipients(first, tuple(rest))


def _provinces(vocabulary: Vocabulary, place: Where) -> list[str]:
    """Numbers of the provinces that the place names."""
    said = place.text.casefold()
    if place.country != HOME or not said:
        return []
    return [
        number
        for number, province in vocabulary.provinces.items()
        if any(name.casefold() in said for name in (province.th, province.en))
    ]
