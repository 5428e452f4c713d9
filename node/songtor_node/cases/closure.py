"""The end of a case: how each goal ended, how the client saw it, what is still open; its reopening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node.cases import entries, service, steps
from songtor_node.cases.models import Case, Closing, FollowUp, TeleSession
from songtor_node.consents.models import Consent
from songtor_node.referrals.models import Copy, Referral
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.lifecycle import OPEN
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What a closed case leaves behind; nothing of it forbids the closing."""

    referrals: Sequence[Referral]
    follow_ups: Sequence[FollowUp]
    sessions: Sequence[TeleSession]
    consents: Sequence[Consent]
    recalls: Sequence[Referral]

    def __bool__(self) -> bool:
        return any((self.recalls, self.referrals, self.follow_ups, self.sessions, self.consents))


def still_open(session: Session, case: Case, now: datetime) -> StillOpen:
    """Referrals under way, follow-ups not done, sessions to come, consents that still hold, what was taken
    back and nobody has said that it is destroyed."""
    unheard = select(Copy.task).where(Copy.result == wire.RECALL_RESULT_NOT_REACHED)
    return StillOpen(
        referrals=session.exec(
            select(Referral).where(Referral.case_id == case.id, col(Referral.state).in_(list(OPEN)))
        ).all(),
        follow_ups=session.exec(
            select(FollowUp)
            .where(FollowUp.case_id == case.id, FollowUp.done == "")
            .order_by(col(FollowUp.due))
        ).all(),
        sessions=session.exec(
            select(TeleSession)
            .where(TeleSession.case_id == case.id, TeleSession.state == "planned")
            .order_by(col(TeleSession.starts))
        ).all(),
        consents=session.exec(
            select(Consent).where(
                Consent.case_id == case.id,
                col(Consent.withdrawn_at).is_(None),
                Consent.expires_at > now,
            )
        ).all(),
        recalls=session.exec(
            select(Referral).where(
                Referral.case_id == case.id,
                col(Referral.outgoing),
                col(Referral.withdrawn_at).is_not(None),
                col(Referral.task).in_(unheard),
            )
        ).all(),
    )


def reported(session: Session, case: Case) -> Sequence[Referral]:
    """Referrals that came to an outcome, as their recipients told it; oldest first."""
    query = select(Referral).where(Referral.case_id == case.id, Referral.outgoing, Referral.outcome != "")
    return session.exec(query.order_by(col(Referral.created_at))).all()


def closings(session: Session, case: Case) -> Sequence[Closing]:
    """Oldest first."""
    return session.exec(select(Closing).where(Closing.case_id == case.id).order_by(col(Closing.id))).all()


def close(session: Session, case: Case, form: entries.Closing, *, by: Worker, now: datetime) -> Closing:
    """InputError("step") where the case is closed already."""
    reason = form.reason or policy().outcomes[form.outcome].th
    service.take_step(session, case, steps.LAST, reason=reason, by=by, now=now)
    closing = Closing(**form.model_dump(), case_id=service.id_of(case), by=by.code, at=now)
    session.add(closing)
    session.flush()
    return closing


def reopen(session: Session, case: Case, *, reason: str, by: Worker, now: datetime) -> None:
    """Back to fact finding. InputError: reason_missing; step where it is not closed."""
    if case.step != steps.LAST:
        raise InputError("step", field="step")
    service.take_step(session, case, steps.REOPENED, reason=reason, by=by, now=now)
