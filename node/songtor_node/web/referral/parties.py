"""Who is at the other end, as a person says it."""

from __future__ import annotations

from songtor_node.consents.notice import party_name
from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.names import country


def party(address: str, lang: str, *, short: bool = False) -> str:
    """The desk, the organisation, or for the hub the centre that runs it; an unknown address as it is.
    `short`: as a list or a timeline says it."""
    try:
        at = Address.parse(address)
        if at.is_hub:
            at = Address.parse(f"{address}/tsda")
        return (
            vocabulary().desk(at).short(lang)
            if short and at.is_desk
            else party_name(str(at), vocabulary(), lang)
        )
    except InputError:
        return address


def land(address: str, lang: str) -> str:
    """The country that the address lies in."""
    return country(Address.parse(address).country, lang)
