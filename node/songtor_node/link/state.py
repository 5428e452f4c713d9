"""How a node stands with its network, truthfully and without a word of any case."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, func, select

from songtor_node import alerts
from songtor_node.bootstrap import Node
from songtor_node.link.models import Certificate
from songtor_node.link.place import NOT_LET_IN, read_place
from songtor_node.link.sync import LAST_CONTACT
from songtor_node.referrals import outbox
from songtor_node.referrals.models import Outbox
from songtor_node.settings import kept
from songtor_node.store.engine import reading
from songtor_proto.errors import catalogue
from songtor_proto.times import from_ms


def state_of(node: Node) -> dict[str, Any]:
    """InputError("not_enrolled"), StoreError. Times are ISO 8601, UTC; `last_contact` is empty before the
    first; `not_let_in` while the hub refuses this seat."""
    now = node.clock()
    with reading(node.engine) as session:
        place = read_place(session)
        certificate = session.get_one(Certificate, 1)
        contact = kept(session, LAST_CONTACT)
        told = alerts.alerts(session)
        counts = dict(session.exec(select(Outbox.state, func.count()).group_by(col(Outbox.state))).all())
        return {
            "seat": place.seat,
            "network": place.network,
            "last_contact": from_ms(int(contact)).isoformat() if contact else "",
            "seconds_since_contact": round((now - from_ms(int(contact))).total_seconds())
            if contact
            else None,
            "backlog": outbox.backlog(session),
            "refused": counts.get("refused", 0),
            "certificate_until": certificate.not_after.isoformat(),
            "certificate_days": round((certificate.not_after - now).total_seconds() / 86_400, 1),
            "not_let_in": next((one.code for one in told if one.code in NOT_LET_IN), ""),
            "alerts": [
                {
                    "code": one.code,
                    "subject": one.subject,
                    "times": one.times,
                    "last": one.last_at.isoformat(),
                    "message": _message(one.code),
                }
                for one in told
            ],
        }


def _message(code: str) -> dict[str, str]:
    """A code of a newer hub's is told as it is (E11)."""
    entry = catalogue().get(code)
    return {"th": entry.th, "en": entry.en} if entry else {"th": code, "en": code}
