"""What stood in the fields of a form before, as the page shows it under the form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from songtor_node.cases.history import changes
from songtor_node.cases.models import Case, Entry
from songtor_node.web.forms.asks import Ask, fields_of
from songtor_node.web.forms.sheet import Lists, chosen_from, said
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker


class Former(NamedTuple):
    """`words`: (label, what it said) of each field that was changed then; `by`, who changed it."""

    at: datetime
    by: str
    words: Sequence[tuple[str, str]]


def past(
    visit: Visit,
    session: Session,
    row: Case | Entry,
    asks: Sequence[Ask],
    part: str = "",
    lists: Lists | None = None,
) -> list[Former]:
    """Newest first. `part`: the block of the case that the fields are of, if they are no columns; `lists`: as
    for a form."""
    names = {worker.code: worker.name or worker.code for worker in session.exec(select(Worker))}
    found = []
    later = dict(getattr(row, part, None) or {}) if part else {}
    for change in changes(session, row):
        former = change.former.get(part, {}) if part in change.former else change.former
        changed = [ask for ask in asks if ask.name in former and former[ask.name] != later.get(ask.name)]
        fields = chosen_from(fields_of(visit, changed, former), lists or {})
        words = [(one.label, said(one, visit.lang)) for one in fields]
        if words:
            found.append(Former(change.at, names.get(change.by, change.by), words))
        later |= former
    return found
