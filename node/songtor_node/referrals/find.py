"""Finding a referral for a worker who may see it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from songtor_node.cases import service
from songtor_node.cases.models import Assignment, Case
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_node.workers import SEES_ALL, acting, may_see
from songtor_proto import reference
from songtor_proto.errors import EnvelopeError, InputError, PeerError


def thread(act: Act, text: str, *, what: str) -> Sequence[Referral]:
    """All versions under a reference, oldest first; the look at their case is recorded as `what`.

    InputError: `reference` (mistyped), `not_here`. PeerError: worker, not_allowed.
    """
    query = select(Referral).where(Referral.reference == reference.normalise(text))
    versions = act.session.exec(query.order_by(col(Referral.version), col(Referral.created_at))).all()
    by = acting(act.session, act.by)
    if not versions:
        raise InputError("not_here", field="reference")
    case = act.session.get(Case, versions[-1].case_id) if versions[-1].case_id else None
    if case is not None:
        service.find(act.session, case.code, act.by, what=what, now=act.now)
    elif by.role not in SEES_ALL:
        raise PeerError("not_allowed")
    return versions


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
    by = acting(session, worker)
    if not may_see(by.role, assigned=True):
        raise PeerError("not_allowed")
    query = select(Referral).order_by(col(Referral.created_at), col(Referral.version))
    if by.role not in SEES_ALL:
        theirs = select(Assignment.case_id).where(Assignment.worker == by.code)
        query = query.where(col(Referral.case_id).in_(theirs))
    return session.exec(query).all()
