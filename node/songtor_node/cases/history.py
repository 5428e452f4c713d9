"""What stood there before: what is corrected in a case or taken out of it keeps its former words, with who
changed it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from songtor_node.cases import keys
from songtor_node.cases.models import Case, Change, Entry, Person
from songtor_node.workers import Worker
from songtor_proto.errors import InputError


def correct(
    session: Session, row: Case | Entry, values: Mapping[str, Any], *, by: Worker, now: datetime
) -> bool:
    """Puts the values into the row's fields; whether anything changed."""
    values = {**values, **_numbered(session, row, values)}
    changed = [name for name, value in values.items() if _plain(getattr(row, name)) != _plain(value)]
    if not changed:
        return False
    _keep(session, row, changed, by, now)
    for name in changed:
        setattr(row, name, values[name])
    session.flush()
    return True


def take_out(session: Session, row: Entry, *, by: Worker, now: datetime) -> Change:
    """An entry that should not be in the case; it can be put back. InputError("not_here"): the client."""
    if isinstance(row, Person) and not row.relation:
        raise InputError("not_here", field="number")
    change = _keep(session, row, type(row).model_fields, by, now)
    change.gone = True
    session.delete(row)
    session.flush()
    return change


def put_back(session: Session, case: Case, number: int) -> Entry:
    """What was taken out by that change. InputError("not_here")."""
    change = session.get(Change, number)
    if change is None or change.case_id != case.id or not change.gone or change.back:
        raise InputError("not_here", field="number")
    table = next(one for one in Entry.__subclasses__() if one.__tablename__ == change.what)
    row = table.model_validate(change.former)
    session.add(row)
    change.back = True
    session.flush()
    keys.name(session, row)
    return row


def changes(session: Session, row: Case | Entry) -> Sequence[Change]:
    """The newest first."""
    query = select(Change).where(
        Change.case_id == _case_of(row),
        Change.what == str(row.__tablename__),
        Change.row == row.id,
        col(Change.gone).is_(False),
    )
    return session.exec(query.order_by(col(Change.id).desc())).all()


def _keep(session: Session, row: Case | Entry, fields: Iterable[str], by: Worker, now: datetime) -> Change:
    case_id = _case_of(row)
    assert row.id is not None
    assert case_id is not None
    change = Change(
        case_id=case_id,
        by=by.code,
        at=now,
        what=str(row.__tablename__),
        row=row.id,
        former={name: _plain(getattr(row, name)) for name in fields},
    )
    session.add(change)
    session.flush()
    return change


def _numbered(session: Session, row: Case | Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    """The short lists among the values. No item gets the number of one that was taken out."""
    lists = keys.LISTS & values.keys()
    if not lists:
        return {}
    former = [change.former for change in changes(session, row)]
    return {
        name: keys.numbered(
            values[name], getattr(row, name), (one for said in former for one in said.get(name, ()))
        )
        for name in lists
    }


def _case_of(row: Case | Entry) -> int | None:
    return row.id if isinstance(row, Case) else row.case_id


def _plain(value: Any) -> Any:
    """As JSON says it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
