"""Who and where its people are, as facts say it."""

from __future__ import annotations

from songtor_proto.wire.payload_pb2 import Facts


def identities(*facts: Facts) -> dict[str, frozenset[str]]:
    """Names, numbers, addresses and places that stand in fields of their own, by data category."""
    values: dict[str, set[str]] = {}
    for said in facts:
        for category, found in (
            ("name", [said.name.thai, said.name.latin]),
            ("birth_date", [said.birth_date]),
            ("contact", [one.value for one in said.contacts] + [person.contact for person in said.family]),
            ("place", [said.place.city, said.place.region]),
            ("address", [said.address]),
            ("identity_number", [one.number for one in said.identity_numbers]),
            ("family", [person.name for person in said.family]),
        ):
            values.setdefault(category, set()).update(filter(None, found))
    return {category: frozenset(found) for category, found in values.items() if found}
