"""How the line to the centre stands, in a sentence for whoever works here. No word of any case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from songtor_node.alerts import TO_EACH, Alert
from songtor_node.link.models import Certificate
from songtor_node.link.sync import LAST_CONTACT
from songtor_node.referrals.models import Outbox
from songtor_node.settings import kept
from songtor_node.workers import ADMIN, SEES_ALL, Worker
from songtor_proto.times import from_ms
from songtor_web.dates import relative_text
from songtor_web.texts import Say

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


def line_state(
    session: Session, worker: Worker, trouble: str, *, t: Say, lang: str, now: datetime
) -> LineState:
    """As it stands now, for that worker. `trouble`: the code of what keeps the line from working."""
    if not kept(session, "seat"):
        return LineState(t("line.not_enrolled"), enrolled=False, up=False)
    contact = kept(session, LAST_CONTACT)
    certificate = session.get(Certificate, 1)
    state = LineState(
        waiting=_referrals(session, "waiting", "held"),
        held=_referrals(session, "held"),
        alerts=_alerts(session) if sees_trouble(worker) else 0,
        contact=from_ms(int(contact)) if contact else None,
        certificate_until=certificate.not_after if certificate else None,
    )
    return _told(state, trouble, t=t, lang=lang, now=now)


def sees_trouble(worker: Worker) -> bool:
    """Whether what went wrong is theirs to look at: the administrator's, or who sees every case."""
    return worker.role == ADMIN or worker.role in SEES_ALL


def _told(state: LineState, trouble: str, *, t: Say, lang: str, now: datetime) -> LineState:
    """With the one sentence that matters most."""
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
        words = t("line.offline", when=relative_text(state.contact, now, lang))
    elif state.held:
        words = t("line.held", n=state.held)
    elif state.alerts:
        words = t("line.alerts", n=state.alerts)
    return replace(state, words=words, up=up)


def _referrals(session: Session, *states: str) -> int:
    query = select(func.count(func.distinct(Outbox.task))).where(col(Outbox.state).in_(states))
    return session.exec(query).one()


def _alerts(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Alert).where(Alert.code != TO_EACH)).one()
