"""Which countries, and whose money and hours, stand in a list: this node's own first."""

from __future__ import annotations

from sqlmodel import Session

from songtor_node.settings import all_kept
from songtor_node.web.visit import Visit
from songtor_proto.vocabulary import jurisdictions, names
from songtor_web.fields import Option


def countries(session: Session, *more: str) -> tuple[str, ...]:
    """The node's, then `more` of a case, then Thailand and the network's."""
    seat = all_kept(session).get("seat", "")
    return tuple(dict.fromkeys(one for one in (seat[:2], *more, "TH", *jurisdictions()) if one))


def country_options(visit: Visit) -> list[Option]:
    """All of the world: the node's, then Thailand, then by name."""
    found = names.countries(visit.lang)
    with visit.reading() as session:
        own = countries(session)[0]
    return [Option(code, name) for code, name in ({own: found[own]} | found).items()]
