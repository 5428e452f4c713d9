"""A form on a page: what it asks, what is drafted, and how two people's words come together.

What a worker types is kept as their own draft while they type, and becomes part of the case when they save.
Where somebody else saved other words into the same field meanwhile, theirs stay and these are kept beside
them, until a person has read both.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field as Column
from sqlmodel import Session, col, delete, select

from songtor_node.store.base import Instant, Row
from songtor_node.web.visit import Visit, number
from songtor_proto.errors import InputError, SongtorError
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.dates import iso_date
from songtor_web.fields import Field, Kind, Option

MAX_DRAFT = 64 * 1024  # bytes of one form
MAX_DRAFTS = 200  # of one worker


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a form. `of`: the list of the vocabulary or policy whose codes are its choices. Its words
    stand in texts/field.yaml under `name` (and `name_hint`), or under `words`."""

    name: str
    kind: Kind = "line"
    of: str = ""
    words: str = ""
    options: tuple[str, ...] = ()  # codes that are no list's; their words stand under `name_code`


class Draft(Row, table=True):
    """What a worker has typed into a form and not saved. `form` is the page's path."""

    __tablename__ = "draft"

    worker: str = Column(foreign_key="worker.code", primary_key=True)
    form: str = Column(primary_key=True)
    values: dict[str, list[str]] = Column(default_factory=dict, sa_type=JSON)
    at: datetime = Column(sa_type=Instant)


class Saved(Row, table=True):
    """Who saved a form last. `form` is the page's path."""

    __tablename__ = "saved"

    form: str = Column(primary_key=True)
    by: str = Column(foreign_key="worker.code")
    at: datetime = Column(sa_type=Instant)


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


def fields(
    visit: Visit, asks: Sequence[Ask], values: Mapping[str, Any], error: SongtorError | None = None
) -> list[Field]:
    """The fields with these values; the one that `error` names says what is wrong with it."""
    at_fault = error.field.split(":")[0].split("[")[0].split(".")[0] if error else ""
    made = [_field(visit, ask, values.get(ask.name)) for ask in asks]
    words = error.entry.en if error and visit.lang == "en" else error.entry.th if error else ""
    return [one.wrong(words) if one.name == at_fault else one for one in made]


def _field(visit: Visit, ask: Ask, value: Any) -> Field:
    words = f"field.{ask.words or ask.name}"
    hint = f"{words}_hint"
    several = [str(one) for one in value] if isinstance(value, (list, tuple, set, frozenset)) else []
    single = "" if several or isinstance(value, (list, tuple)) else str(_plain(value))
    return Field(
        name=ask.name,
        kind=ask.kind,
        label=visit.t(words),
        hint=visit.t(hint) if hint in visit.texts else "",
        value=single,
        values=several,
        options=_options(visit, ask),
    )


def _options(visit: Visit, ask: Ask) -> list[Option]:
    if ask.of:
        terms = getattr(vocabulary(), ask.of, None) or getattr(policy(), ask.of)
        return [Option(term.code, term.label(visit.lang)) for term in terms.values()]
    return [Option(code, visit.t(f"field.{ask.words or ask.name}_{code}")) for code in ask.options]


# Drafts


def typed(visit: Visit, asks: Sequence[Ask]) -> dict[str, Any]:
    """What the form says, field by field; of boxes a list."""
    return {ask.name: _said(ask, visit.all_said) for ask in asks}


def _said(ask: Ask, all_said: Callable[[str], Sequence[str]]) -> Any:
    """One field, from the texts that stand under its name; a date from its three parts, or whole."""

    def single(name: str) -> str:
        return next((one for one in all_said(name) if one), "")

    if ask.kind == "checks":
        return [one for one in all_said(ask.name) if one]
    if ask.kind in ("date", "partial_date"):
        parts = [single(f"{ask.name}.{part}").strip() for part in ("year", "month", "day")]
        return single(ask.name) or iso_date(*parts)
    return single(ask.name)


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
        value = _said(ask, lambda name: draft.values.get(name, ()))
        if mark(_plain(value)) != was(draft, ask.name) and _plain(value) != _plain(values.get(ask.name)):
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


_A_PAGES = re.compile(r"/cases/[^/]+/(refer|consents/new)")


def is_too_late(session: Session, worker: str, form: str, made: str) -> bool:
    """Whether the worker saved that form after the page was made (in milliseconds, as the page carries it): a
    draft that was on its way meanwhile is none any more."""
    saved = session.get(Saved, form)
    return saved is not None and saved.by == worker and made.isdecimal() and int(made) < to_ms(saved.at)


def drop_draft(session: Session, worker: str, form: str) -> None:
    session.exec(delete(Draft).where(col(Draft.worker) == worker, col(Draft.form) == form))


# Two people at one form

_JOINED = {"prose": "\n", "line": " / ", "checks": ", "}
"""What stands between two people's words, in the fields that can hold both."""


def mark(value: Any) -> str:
    """A short digest of a field's value, which the page carries as `was.NAME`."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def marks(asks: Sequence[Ask], values: Mapping[str, Any]) -> dict[str, str]:
    """Hidden fields that say what the page was made from."""
    return {f"was.{ask.name}": mark(_plain(values.get(ask.name))) for ask in asks}


def merged(
    session: Session, visit: Visit, asks: Sequence[Ask], present: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """What to save: the typed values, but theirs where somebody else changed a field since the page was made;
    and whether that was so. The worker's own words are then kept as `OtherWords`. Where the form says what
    shall become of such words (`settle`), that is heeded."""
    values, crossed = typed(visit, asks), set()
    saved = session.get(Saved, visit.here)
    for ask in asks:
        now_there, mine, was = (
            _plain(present.get(ask.name)),
            _plain(values[ask.name]),
            visit.said(f"was.{ask.name}"),
        )
        if not was or mark(now_there) == was or now_there == mine:
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


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(str(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")
