"""Finding a referral for a worker who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from songtor_node.cases import service
from songtor_node.cases.models import Assignment, Case, Look
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Inbox, Referral, ReferralLook
from songtor_node.workers import SEES_ALL, acting, may_see
from songtor_proto import reference
from songtor_proto.errors import EnvelopeError, InputError, PeerError
from songtor_proto.lifecycle import OPEN
from songtor_proto.wire import envelope_pb2 as wire


def thread(act: Act, text: str, *, what: str) -> Sequence[Referral]:
    """All versions under a reference, oldest first; the look at them and their case is recorded as `what`.

    InputError: `reference` (mistyped), `not_here`. PeerError: worker, not_allowed.
    """
    return versions(act.session, text, act.by, what=what, now=act.now)


def versions(session: Session, text: str, worker: str, *, what: str, now: datetime) -> Sequence[Referral]:
    """As `thread`, for who only looks."""
    query = select(Referral).where(Referral.reference == reference.normalise(text))
    found = session.exec(query.order_by(col(Referral.version), col(Referral.created_at))).all()
    by = acting(session, worker)
    if not found:
        raise InputError("not_here", field="reference")
    case = session.get(Case, found[-1].case_id) if found[-1].case_id else None
    if case is not None:
        service.find(session, case.code, worker, what=what, now=now)
    elif by.role not in SEES_ALL:
        raise PeerError("not_allowed")
    upto = session.exec(select(func.max(Inbox.id))).one() or 0
    reached = found[-1].reference
    session.add(ReferralLook(reference=reached, by=by.code, at=now, what=what, upto=upto))
    return found


def looked_before(session: Session, referral: Referral, case: Case) -> None:
    """Who looked at a referral before it became a case stands among the case's looks."""
    for one in looks(session, referral.reference):
        session.add(Look(case_id=service.id_of(case), by=one.by, at=one.at, what=one.what))


def looks(session: Session, named: str) -> Sequence[ReferralLook]:
    """Each look at what stands under that reference, oldest first."""
    query = select(ReferralLook).where(ReferralLook.reference == named)
    return session.exec(query.order_by(col(ReferralLook.id))).all()


def sent(act: Act, text: str, *, what: str) -> Referral:
    """The newest version of what this node referred; EnvelopeError("actor") where it is the recipient."""
    newest = thread(act, text, what=what)[-1]
    if not newest.outgoing:
        raise EnvelopeError("actor", field="reference")
    return newest


def received(act: Act, text: str, *, what: str) -> Referral:
    """The newest version of what was referred to this node; EnvelopeError("actor") where it is the
    referrer."""
    newest = thread(act, text, what=what)[-1]
    if newest.outgoing:
        raise EnvelopeError("actor", field="reference")
    return newest


def listing(session: Session, worker: str) -> Sequence[Referral]:
    """What the worker may see, oldest first: of the cases that are theirs, and what has no case yet."""
    query = _theirs(session, worker).order_by(col(Referral.created_at), col(Referral.version))
    return session.exec(query).all()


def of_case(session: Session, case: Case) -> Sequence[Referral]:
    """The newest version of each referral of the case, sent or received, newest first."""
    query = select(Referral).where(Referral.case_id == case.id, is_newest())
    return session.exec(query.order_by(col(Referral.created_at).desc())).all()


class Which(Enum):
    """What a list of referrals shows."""

    OPEN = "open"
    MINE = "mine"  # the next word is ours
    OVERDUE = "overdue"
    SENT = "sent"
    RECEIVED = "received"
    CLOSED = "closed"


def page(
    session: Session, worker: str, which: Which, *, now: datetime, size: int, number: int
) -> tuple[Sequence[Referral], int]:
    """The newest versions of what the worker may see, newest first: one page of them (from 1), and how many
    there are."""
    query = _theirs(session, worker).where(is_newest(), _fits(which, now))
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    query = query.order_by(col(Referral.created_at).desc(), col(Referral.task).desc())
    return session.exec(query.limit(size).offset(size * (number - 1))).all(), total


def undecided(session: Session) -> Sequence[Referral]:
    """What came and nobody has answered, the most urgent first."""
    query = select(Referral).where(
        col(Referral.outgoing).is_(False),
        Referral.state == wire.STATE_RECEIVED,
        col(Referral.withdrawn_at).is_(None),
        is_newest(),
    )
    return session.exec(query.order_by(col(Referral.respond_by))).all()


def _theirs(session: Session, worker: str) -> SelectOfScalar[Referral]:
    by = acting(session, worker)
    if not may_see(by.role, assigned=True):
        raise PeerError("not_allowed")
    query = select(Referral)
    if by.role not in SEES_ALL:
        theirs = select(Assignment.case_id).where(Assignment.worker == by.code)
        query = query.where(col(Referral.case_id).in_(theirs))
    return query


def is_newest() -> ColumnElement[bool]:
    later = aliased(Referral)
    return ~exists().where(
        col(later.reference) == Referral.reference,
        or_(
            col(later.version) > Referral.version,
            and_(col(later.version) == Referral.version, col(later.created_at) > Referral.created_at),
        ),
    )


def _fits(which: Which, now: datetime) -> ColumnElement[bool]:
    sent, is_open = col(Referral.outgoing), col(Referral.state).in_(OPEN)
    stands = col(Referral.withdrawn_at).is_(None)
    asked = and_(sent, col(Referral.state) == wire.STATE_ON_HOLD)
    refused = and_(sent, col(Referral.state) == wire.STATE_DRAFT)
    to_do = and_(~sent, col(Referral.state).in_(OPEN - {wire.STATE_ON_HOLD}))
    fits: dict[Which, ColumnElement[bool]] = {
        Which.OPEN: and_(stands, or_(is_open, refused)),
        Which.MINE: and_(stands, or_(asked, refused, to_do)),
        Which.OVERDUE: and_(
            stands, is_open, col(Referral.responded_at).is_(None), col(Referral.respond_by) < now
        ),
        Which.SENT: and_(sent),
        Which.RECEIVED: and_(~sent),
        Which.CLOSED: or_(~stands, and_(~is_open, ~refused)),
    }
    return fits[which]
