"""Who is at the other end, as a person says it."""

from __future__ import annotations

from songtor_node.consents.notice import party_name
from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.names import country


def party(address: str, lang: str) -> str:
    """The desk, the organisation, or for the hub the centre that runs it; an unknown address as it is."""
    try:
        hub = Address.parse(address).is_hub
        return party_name(f"{address}/tsda" if hub else address, vocabulary(), lang)
    except InputError:
        return address


def land(address: str, lang: str) -> str:
    """The country that the address lies in."""
    return country(Address.parse(address).country, lang)
