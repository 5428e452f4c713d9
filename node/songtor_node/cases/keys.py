"""The short names by which entries of a case name each other: `p12` a person, `e7` an event; and the numbers
of what stands in their short lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from songtor_node.cases.models import Case, Entry, Event, Person

LISTS = frozenset({"contacts", "identity_numbers", "steps", "unsafe"})
"""Columns with a short list of items."""


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


def number_items(row: Case | Entry) -> None:
    """Those of a new row."""
    for column in LISTS & type(row).model_fields.keys():
        setattr(row, column, numbered(getattr(row, column)))


def numbered(
    items: Iterable[Mapping[str, Any]],
    present: Sequence[Mapping[str, Any]] = (),
    former: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Each with an `id` of its own: the one that it had, or that of a present one that says the same, or the
    next after all that were ever given in this list."""
    known = {one.get("id", 0) for one in (*present, *former)} - {0}
    last = max(known, default=0)
    found: list[dict[str, Any]] = []
    for one in items:
        taken = {other["id"] for other in found}
        same = (other["id"] for other in present if {**other, "id": 0} == {**one, "id": 0})
        number = next((own for own in (one.get("id"), *same) if own in known - taken), 0)
        if not number:
            number = last = last + 1
        found.append({**one, "id": number})
    return found
