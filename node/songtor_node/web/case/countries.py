"""Which countries' money and hours stand in a list: this node's own first."""

from __future__ import annotations

from sqlmodel import Session

from songtor_node.settings import all_kept
from songtor_proto.vocabulary import jurisdictions


def countries(session: Session, *more: str) -> tuple[str, ...]:
    """The node's, then `more` of a case, then Thailand and the network's."""
    seat = all_kept(session).get("seat", "")
    return tuple(dict.fromkeys(one for one in (seat[:2], *more, "TH", *jurisdictions()) if one))
