"""The short names by which entries of a case name each other: `p12` a person, `e7` an event."""

from __future__ import annotations

from sqlmodel import Session, select

from songtor_node.cases.models import Entry, Event, Person


def name(session: Session, row: Entry) -> None:
    """A person or event without a key gets one that no other of its case has: its number, or the next free
    one."""
    if not isinstance(row, (Person, Event)) or row.key:
        return
    table = type(row)
    taken = set(session.exec(select(table.key).where(table.case_id == row.case_id)))
    letter, number = table.__name__[0].lower(), row.id
    assert number is not None
    while f"{letter}{number}" in taken:
        number += 1
    row.key = f"{letter}{number}"
    session.flush()
