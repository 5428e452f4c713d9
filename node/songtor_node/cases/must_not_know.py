"""Who must learn nothing of a case: noted as soon as somebody says it, by what they are to the client."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from songtor_node.cases import history, service
from songtor_node.cases.entries import Relative
from songtor_node.cases.models import Case, Person
from songtor_node.forms import check
from songtor_node.workers import Worker


def note(
    session: Session, case: Case, who: str, *, lives_with_client: bool, by: Worker, now: datetime
) -> None:
    """Nothing where nobody is named; whoever stands in the case by that word already is noted there.

    InputError(field="relation")."""
    if not who.strip():
        return
    home = {"lives_with_client": True} if lives_with_client else {}
    form = check(Relative, {"relation": who, "danger": True, **home})
    people = session.exec(select(Person).where(Person.case_id == case.id)).all()
    there = [one for one in people if one.relation.casefold() == form.relation.casefold()]
    for one in there:
        history.correct(session, one, {"danger": True, **home}, by=by, now=now)
    if not there:
        service.add(session, case, "person", form, by=by, now=now)
