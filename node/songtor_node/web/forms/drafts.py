"""What a worker has typed into a form and not saved: their own draft, until they save it or let it go."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field as Column
from sqlmodel import Session, col, delete, select

from songtor_node.store.base import Instant, Row
from songtor_node.web.forms.asks import Ask, mark, plain, said_in
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_proto.times import to_ms

MAX_DRAFT = 64 * 1024  # bytes of one form
MAX_DRAFTS = 200  # of one worker


class Draft(Row, table=True):
    """What a worker has typed into a form and not saved. `form` is the page's path."""

    __tablename__ = "draft"

    worker: str = Column(foreign_key="worker.code", primary_key=True)
    form: str = Column(primary_key=True)
    values: dict[str, list[str]] = Column(default_factory=dict, sa_type=JSON)
    at: datetime = Column(sa_type=Instant)


class Saved(Row, table=True):
    """Who saved a form last. `form` is the page's path; `made`: when the page was made that it came from, in
    milliseconds, as the page says."""

    __tablename__ = "saved"

    form: str = Column(primary_key=True)
    by: str = Column(foreign_key="worker.code")
    at: datetime = Column(sa_type=Instant)
    made: str = Column(default="", sa_column_kwargs={"server_default": ""})


def drafted(
    session: Session, visit: Visit, asks: Sequence[Ask], values: Mapping[str, Any]
) -> tuple[dict[str, Any], Draft | None]:
    """These values with what the worker changed in a draft of this page over them, and the draft."""
    draft = session.get(Draft, (visit.me.code, visit.here))
    if draft is None:
        return dict(values), None
    over: dict[str, Any] = {}
    for ask in asks:
        if ask.name not in draft.values and f"{ask.name}.year" not in draft.values:
            continue
        value = said_in(ask, lambda name: draft.values.get(name, ()))
        if mark(plain(value)) != was(draft, ask.name) and plain(value) != plain(values.get(ask.name)):
            over[ask.name] = value
    return {**values, **over}, draft if over else None


def was(draft: Draft, name: str) -> str:
    """The mark of what stood in that field when the draft was begun."""
    return next(iter(draft.values.get(f"was.{name}", [])), "")


def keep_draft(
    session: Session, worker: str, form: str, values: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """InputError("too_large"): the form, or the number of forms."""
    if len(json.dumps(values, ensure_ascii=False).encode()) > MAX_DRAFT:
        raise InputError("too_large", field="form")
    kept = session.exec(select(Draft.form).where(Draft.worker == worker)).all()
    if len(kept) >= MAX_DRAFTS and form not in kept:
        raise InputError("too_large", field="drafts")
    session.merge(
        Draft(worker=worker, form=form, values={name: list(said) for name, said in values.items()}, at=now)
    )


def is_a_pages(form: str) -> bool:
    """Whether a page keeps there what it has checked itself (what is referred, what is asked for): no form's
    words may stand in its place."""
    return bool(_A_PAGES.fullmatch(form))


_A_PAGES = re.compile(r"/cases/[^/]+/(refer|consents/new|agreement)")


def is_too_late(session: Session, worker: str, form: str, made: str) -> bool:
    """Whether the worker saved that form from that very page (made then, as the page says it): a draft that
    was on its way meanwhile is none any more. What is typed into the same form in another tab is one."""
    saved = session.get(Saved, form)
    return saved is not None and saved.by == worker and bool(made) and saved.made == made


def was_saved(session: Session, visit: Visit) -> None:
    """The draft that was typed or shown on the saved page is none any more; what another tab keeps since then
    is."""
    made = visit.said("made")[:20]
    session.merge(Saved(form=visit.here, by=visit.me.code, at=visit.now, made=made))
    draft = session.get(Draft, (visit.me.code, visit.here))
    if draft is None:
        return
    shown = not made.isdecimal() or int(made) >= to_ms(draft.at)
    if shown or draft.values.get("made", [made]) == [made]:
        session.delete(draft)


def drop_draft(session: Session, worker: str, form: str) -> None:
    session.exec(delete(Draft).where(col(Draft.worker) == worker, col(Draft.form) == form))
