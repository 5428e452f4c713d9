"""Finding help by place and need: this house's own places first, then the network's; without a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node.resources.models import NetworkCheck, Resource
from songtor_node.resources.network import entries, kinds

GROUPS = ("for_it", "others", "name_only")
_FOR_ANY_NEED = ("emergency", "hotline")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Empty: any. `text` is looked for in names, cities and notes."""

    country: str = ""
    kind: str = ""
    need: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`number`: of our own entry; `entry`: id of the network's."""

    kind: str
    name: str
    country: str
    city: str = ""
    phone: str = ""
    address: str = ""
    link: str = ""
    hours: str = ""
    note: str = ""
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    number: int = 0
    entry: str = ""
    checked_at: datetime | None = field(default=None)


def find(session: Session, wanted: Wanted, lang: str) -> list[Found]:
    """As `GROUPS`, in each by kind as `kinds` has them, and ours before the network's."""
    order = list(kinds())
    fitting = [one for one in (*_own(session), *_network(session, lang)) if _fits(one, wanted)]
    return sorted(
        fitting,
        key=lambda one: (
            GROUPS.index(group(one, wanted)), order.index(one.kind), not one.number, one.name,
        ),
    )  # fmt: skip


def group(one: Found, wanted: Wanted) -> str:
    """Of a place that fits: for this very need, for no need in particular, or by name alone."""
    if not (one.number or one.phone or one.address or one.link):
        return "name_only"
    said = not wanted.need or wanted.need in one.needs or one.kind in _FOR_ANY_NEED
    return "for_it" if said else "others"


def _own(session: Session) -> Iterator[Found]:
    for row in session.exec(select(Resource).order_by(col(Resource.id))):
        assert row.id is not None
        yield Found(
            kind=row.kind,
            name=row.name,
            country=row.country,
            city=row.city,
            phone=row.phone,
            address=row.address,
            link=row.link,
            hours=row.hours,
            note=row.note,
            languages=tuple(row.languages),
            needs=tuple(row.needs),
            number=row.id,
            checked_at=row.checked_at,
        )


def _network(session: Session, lang: str) -> Iterator[Found]:
    checked = {row.entry: row.at for row in session.exec(select(NetworkCheck))}
    for one in entries():
        yield Found(
            kind=one.kind,
            name=one.names[lang],
            country=one.country,
            city=one.city,
            phone=one.phone,
            hours=one.hours,
            needs=one.needs,
            entry=one.id,
            checked_at=checked.get(one.id),
        )


def _fits(one: Found, wanted: Wanted) -> bool:
    text = wanted.text.casefold()
    return (
        wanted.country in ("", one.country)
        and wanted.kind in ("", one.kind)
        and (not wanted.need or not one.needs or wanted.need in one.needs)
        and (not text or any(text in part.casefold() for part in (one.name, one.city, one.note, one.address)))
    )
