"""How the line to the centre stands, in a sentence for whoever works here. No word of any case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from songtor_node.alerts import Alert
from songtor_node.link.models import Certificate
from songtor_node.link.sync import LAST_CONTACT
from songtor_node.referrals.models import Outbox
from songtor_node.settings import kept
from songtor_node.workers import ADMIN, SEES_ALL
from songtor_proto.times import from_ms
from songtor_web.dates import relative_text

if TYPE_CHECKING:
    from songtor_node.web.visit import Visit

SILENT = timedelta(minutes=3)
"""A line that works is heard of within a minute (a long-poll)."""


@dataclass(frozen=True, slots=True)
class LineState:
    """`waiting`: referrals of which something has not left yet; `held` of them wait for the recipient's keys.
    `words` is empty where there is nothing to tell."""

    words: str = ""
    enrolled: bool = True
    up: bool = True
    waiting: int = 0
    held: int = 0
    alerts: int = 0
    contact: datetime | None = None
    certificate_until: datetime | None = None


def line(visit: Visit) -> LineState:
    """As it stands now, for a visitor who is signed in."""
    with visit.reading() as session:
        if not kept(session, "seat"):
            return LineState(visit.t("line.not_enrolled"), enrolled=False, up=False)
        contact = kept(session, LAST_CONTACT)
        certificate = session.get(Certificate, 1)
        state = LineState(
            waiting=_referrals(session, "waiting", "held"),
            held=_referrals(session, "held"),
            alerts=_alerts(session) if answers(visit) else 0,
            contact=from_ms(int(contact)) if contact else None,
            certificate_until=certificate.not_after if certificate else None,
        )
    return _told(visit, state)


def answers(visit: Visit) -> bool:
    """Whether what went wrong is this visitor's to look at: the administrator's, or who sees every case."""
    return visit.me.role == ADMIN or visit.me.role in SEES_ALL


def _told(visit: Visit, state: LineState) -> LineState:
    """With the one sentence that matters most."""
    t, now, trouble = visit.t, visit.now, visit.front.trouble
    up = state.contact is not None and now - state.contact < SILENT and not trouble
    words = ""
    if state.certificate_until is not None and state.certificate_until <= now:
        words = t("line.certificate")
    elif trouble and not trouble.startswith("link."):
        words = t("line.refused")
    elif not up and state.waiting:
        words = t("line.waiting", n=state.waiting)
    elif state.contact is None:
        words = t("line.never")
    elif not up:
        words = t("line.offline", when=relative_text(state.contact, now, visit.lang))
    elif state.held:
        words = t("line.held", n=state.held)
    elif state.alerts:
        words = t("line.alerts", n=state.alerts)
    return replace(state, words=words, up=up)


def _referrals(session: Session, *states: str) -> int:
    query = select(func.count(func.distinct(Outbox.task))).where(col(Outbox.state).in_(states))
    return session.exec(query).one()


def _alerts(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Alert)).one()
