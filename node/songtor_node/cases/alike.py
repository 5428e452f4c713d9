"""Who else at this node could be a case's client: noted when the client's name, numbers or birth is saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

import sqlalchemy
from sqlmodel import Session, col, select

from songtor_node.cases import duplicates, service
from songtor_node.cases.models import Alike, Case, Person
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

_COMPARED = (
    "case_id", "name_thai", "name_latin", "nickname", "birth_date", "contacts", "identity_numbers",
)  # fmt: skip
MOST = 10  # hints of one case


class Hint(NamedTuple):
    """Another case that could be of the same person, to somebody who may see both."""

    alike: Alike
    case: Case


def look(session: Session, case: Case, *, by: Worker, now: datetime) -> bool:
    """Compares the client with all others; whether somebody was found who is not noted yet, and whose case
    `by` may see. To another it tells nothing: whether somebody is a client here is itself a secret."""
    client = service.client_of(session, case)
    mine = duplicates.sketch(client)
    noted = {other for one in _of(session, case) for other in (one.case_id, one.other_id)}
    found = False
    compared = sqlalchemy.select(*(getattr(Person, name) for name in _COMPARED))
    others = session.connection().execute(compared.where(col(Person.relation) == ""))
    for other in others:
        if other.case_id == case.id or other.case_id in noted or len(noted) > MOST:
            continue
        if why := duplicates.why_alike(mine, duplicates.sketch(cast(Person, other))):
            session.add(
                Alike(case_id=service.id_of(case), other_id=other.case_id, why=list(why), by=by.code, at=now)
            )
            noted.add(other.case_id)
            found = found or service.may_see_case(session, session.get_one(Case, other.case_id), by)
    session.flush()
    return found


def hints(session: Session, case: Case, by: Worker) -> Sequence[Hint]:
    """Those that nobody has answered yet, and that this worker may be told of."""
    found = []
    for one in _of(session, case):
        if one.answer:
            continue
        other = session.get(Case, one.other_id if one.case_id == case.id else one.case_id)
        if other is not None and service.may_see_case(session, other, by):
            found.append(Hint(one, other))
    return found


def answer(session: Session, case: Case, number: int, said: str, by: Worker) -> None:
    """`same` or `other`, by somebody who may see both. InputError: not_here, unknown_code."""
    hint = next((one for one in hints(session, case, by) if one.alike.id == number), None)
    if hint is None:
        raise InputError("not_here", field="number")
    if said not in ("same", "other"):
        raise InputError("unknown_code", field="answer")
    hint.alike.answer = said
    session.flush()


def _of(session: Session, case: Case) -> Sequence[Alike]:
    """From either side."""
    both = sqlalchemy.or_(col(Alike.case_id) == case.id, col(Alike.other_id) == case.id)
    return session.exec(select(Alike).where(both).order_by(col(Alike.id))).all()
