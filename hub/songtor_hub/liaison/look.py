"""What a liaison sees of a referral. Rules S2 to S4.

Whatever the answer, one look does the same work: three statements, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, or_, select

from songtor_hub.liaison.tokens import Liaison
from songtor_hub.store.tables import liaison_look, task
from songtor_proto import lifecycle, reference
from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.times import from_ms, to_ms
from songtor_proto.vocabulary import Vocabulary
from songtor_proto.wire.envelope_pb2 import State

PAGE = 50
NOWHERE = b""
"""No task has this id, nor any this reference: what is looked for where there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class Page:
    """At most `PAGE` referrals in order of reference; `after` continues, and is empty at the end."""

    referrals: list[dict[str, object]]
    after: str


def one(
    connection: Connection, who: Liaison, text: str, vocabulary: Vocabulary, now: datetime
) -> dict[str, object] | None:
    """The referral's latest version; none where it is foreign, unknown, malformed or not in their sight."""
    try:
        wanted = reference.normalise(text)
    except InputError:
        wanted = ""
    found = connection.execute(
        select(task)
        .where(task.c.reference == wanted, task.c.part_of.is_(None))
        .order_by(task.c.version.desc())
        .limit(1)
    ).one_or_none()
    with_desks = _open_parts(connection, [found.id if found else NOWHERE])
    sighted = found is not None and found.liaison_sight and found.withdrawn_ms is None
    seen = found is not None and sighted and _ends_in(who.countries, found)
    _record(connection, who, wanted or "malformed", seen=seen, now=now)
    return _view(found, with_desks, vocabulary, now) if found is not None and seen else None


def page(
    connection: Connection,
    who: Liaison,
    vocabulary: Vocabulary,
    now: datetime,
    *,
    state: str = "",
    overdue: bool | None = None,
    after: str = "",
) -> Page:
    """Those in sight whose reference comes after `after`. A page may hold fewer than there is room for.

    InputError: "unknown_code" (no such state), "reference" (of `after`).
    """
    wanted = _listed(who.countries).where(task.c.reference > (reference.normalise(after) if after else ""))
    if state:
        wanted = wanted.where(task.c.state == _state(state))
    rows = connection.execute(wanted.limit(PAGE + 1)).all()
    parts = _open_parts(connection, [row.id for row in rows])
    views = [_view(row, parts, vocabulary, now) for row in rows[:PAGE]]
    _record(connection, who, "list", seen=True, now=now)
    return Page(
        [view for view in views if overdue is None or view["overdue"] is overdue],
        rows[PAGE - 1].reference if len(rows) > PAGE else "",
    )


def _listed(countries: Iterable[str]) -> Select[tuple[object, ...]]:
    newer = task.alias()
    return (
        select(task)
        .where(
            task.c.part_of.is_(None),
            task.c.liaison_sight,
            task.c.withdrawn_ms.is_(None),
            or_(*(_end_in(country) for country in countries)),
            ~select(newer.c.id)
            .where(and_(newer.c.thread == task.c.thread, newer.c.version > task.c.version))
            .exists(),
        )
        .order_by(task.c.reference)
    )


def _end_in(country: str) -> ColumnElement[bool]:
    return or_(task.c.referrer.startswith(f"{country}-"), task.c.recipient.startswith(f"{country}-"))


def _ends_in(countries: frozenset[str], row: Row[tuple[object, ...]]) -> bool:
    ends = (Address.parse(row.referrer), Address.parse(row.recipient))
    return any(end.is_node and end.country in countries for end in ends)


def _open_parts(connection: Connection, roots: list[bytes]) -> set[bytes]:
    """Which of these have an open part at a desk."""
    rows = connection.execute(
        select(task.c.root)
        .where(task.c.root.in_(roots), task.c.part_of.is_not(None), task.c.state.in_(lifecycle.OPEN))
        .group_by(task.c.root)
    )
    return {row.root for row in rows}


def _view(
    row: Row[tuple[object, ...]], with_desks: set[bytes], vocabulary: Vocabulary, now: datetime
) -> dict[str, object]:
    desk = vocabulary.desks.get(Address.parse(row.recipient).desk_code)
    at_centre = desk is not None and desk.kind == "centre" and row.id not in with_desks
    return {
        "reference": row.reference,
        "state": lifecycle.code(row.state),
        "stage": lifecycle.stage(row.state),
        "at": "TSDA" if at_centre else "with a desk",
        "created": _time(row.created_ms),
        "updated": _time(row.updated_ms),
        "respond_by": _time(row.respond_by_ms),
        "overdue": lifecycle.overdue(
            row.state, from_ms(row.respond_by_ms), now, responded=row.first_response_ms is not None
        ),
    }


def _record(connection: Connection, who: Liaison, what: str, *, seen: bool, now: datetime) -> None:
    row = {"liaison": who.id, "at_ms": to_ms(now), "what": what, "seen": seen}
    connection.execute(insert(liaison_look).values(row))


def _state(code: str) -> int:
    for state in State.values():
        if state and lifecycle.code(state) == code:
            return state
    raise InputError("unknown_code", field="state")


def _time(ms: int) -> str:
    return from_ms(ms).isoformat(timespec="seconds").replace("+00:00", "Z")
