"""A copy to take home: asked first whether it is safe there; who is the danger never gets one (C6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.consents.danger import may_be_given
from songtor_node.consents.ground import CLIENT, named
from songtor_node.consents.models import Consent, CopyAsked
from songtor_node.workers import Worker
from songtor_proto.errors import ConsentError


def takers(session: Session, case: Case) -> list[str]:
    """Who may be given one: the client, and guardians who are not the danger, as the case names them."""
    record = read_record(session, case)
    return [CLIENT, *(named(record, one) for one in may_be_given(record))]


def note(
    session: Session,
    consent: Consent,
    case: Case,
    *,
    person: str,
    finders: str,
    safe: bool,
    by: Worker,
    now: datetime,
) -> CopyAsked:
    """`safe`: they said that it is, and took one. ConsentError("guardian_is_danger") for who may not."""
    if person not in takers(session, case):
        raise ConsentError("guardian_is_danger", field="person")
    row = CopyAsked(
        case_id=consent.case_id,
        consent=consent.code,
        person=person,
        finders=finders,
        given=safe,
        by=by.code,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def listing(session: Session, code: str) -> Sequence[CopyAsked]:
    """Of that consent, oldest first."""
    return session.exec(select(CopyAsked).where(CopyAsked.consent == code).order_by(col(CopyAsked.id))).all()
