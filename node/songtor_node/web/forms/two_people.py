"""Two people at one form.

Where somebody else saved other words into the same field meanwhile, theirs stay and these are kept beside
them, until a person has read both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field as Column
from sqlmodel import Session, col, select

from songtor_node.store.base import Instant, Row
from songtor_node.web.forms.asks import Ask, mark, plain, typed
from songtor_node.web.forms.drafts import Saved
from songtor_node.web.visit import Visit, number

_JOINED = {"prose": "\n", "line": " / ", "checks": ", "}
"""What stands between two people's words, in the fields that can hold both."""


class OtherWords(Row, table=True):
    """What a worker saved into a field that somebody else (`against`) had just changed. `form` is the page's
    path. They stay here for good; `choice` says what was made of them: mine, theirs or both."""

    __tablename__ = "other_words"

    id: int | None = Column(default=None, primary_key=True)
    form: str = Column(index=True)
    field: str
    value: str
    by: str = Column(foreign_key="worker.code")
    at: datetime = Column(sa_type=Instant)
    against: str = ""
    choice: str = ""
    settled_by: str = ""
    settled_at: datetime | None = Column(default=None, sa_type=Instant)


def merged(
    session: Session, visit: Visit, asks: Sequence[Ask], present: Mapping[str, Any], *, whole: bool = False
) -> tuple[dict[str, Any], bool]:
    """What to save: the typed values, but theirs where somebody else changed a field since the page was made;
    and whether that was so. The worker's own words are then kept as `OtherWords`. Where the form says what
    shall become of such words (`settle`), that is heeded. `whole`: the fields are one thing (a number, and
    when it is safe to call it), so that a change of one by somebody else is a change of all."""
    values, crossed = typed(visit, asks), set()
    moved = whole and any(_is_other(visit, ask, present) for ask in asks)
    saved = session.get(Saved, visit.here)
    for ask in asks:
        now_there, mine, was = (
            plain(present.get(ask.name)),
            plain(values[ask.name]),
            visit.said(f"was.{ask.name}"),
        )
        if not (moved or _is_other(visit, ask, present)) or now_there == mine:
            continue
        values[ask.name] = present.get(ask.name)
        if mark(mine) != was:
            crossed.add(ask.name)
            session.add(
                OtherWords(
                    form=visit.here,
                    field=ask.name,
                    value=", ".join(mine) if isinstance(mine, list) else str(mine),
                    by=visit.me.code,
                    at=visit.now,
                    against=saved.by if saved else "",
                )
            )
    _settle(session, visit, [ask for ask in asks if ask.name not in crossed], values)
    session.merge(Saved(form=visit.here, by=visit.me.code, at=visit.now))
    return values, bool(crossed)


def _is_other(visit: Visit, ask: Ask, present: Mapping[str, Any]) -> bool:
    """Whether another value stands there than when the page was made."""
    was = visit.said(f"was.{ask.name}")
    return bool(was) and mark(plain(present.get(ask.name))) != was


def other_words(session: Session, form: str) -> Sequence[OtherWords]:
    """What stands beside the fields of that page and waits for a decision, oldest first."""
    query = select(OtherWords).where(OtherWords.form == form, OtherWords.choice == "")
    return session.exec(query.order_by(col(OtherWords.id))).all()


def can_hold_both(ask: Ask) -> bool:
    return ask.kind in _JOINED


def _settle(session: Session, visit: Visit, asks: Sequence[Ask], values: dict[str, Any]) -> None:
    """`settle` is `NUMBER:CHOICE`; a person has read both."""
    which, _, choice = visit.said("settle").partition(":")
    found = session.get(OtherWords, number(which))
    ask = next((one for one in asks if found and one.name == found.field), None)
    if found is None or ask is None or found.form != visit.here or found.choice:
        return
    if choice == "mine":
        values[ask.name] = _as_typed(ask, found.value)
    elif choice == "both" and can_hold_both(ask):
        there = values[ask.name]
        parts = [", ".join(there) if isinstance(there, list) else there, found.value]
        values[ask.name] = _as_typed(ask, _JOINED[ask.kind].join(filter(None, parts)))
    elif choice != "theirs":
        return
    found.choice, found.settled_by, found.settled_at = choice, visit.me.code, visit.now


def _as_typed(ask: Ask, value: str) -> Any:
    return list(dict.fromkeys(filter(None, value.split(", ")))) if ask.kind == "checks" else value
