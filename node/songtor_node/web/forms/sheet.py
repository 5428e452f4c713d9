"""A form as a page shows it: what it asks, the worker's draft, and what two people typed into one field.

    def show(visit):
        with visit.at("story") as at:
            return visit.show("sheet.html", **frame(at), sheet=opened(at.session, visit, ASKS, present(at)))

    def save(visit):
        try:
            with visit.at("story") as at:
                values, crossed = merged(at.session, visit, ASKS, present(at))
                ...
                return saved(at.session, visit, crossed, f"/cases/{at.case.code}")
        except InputError as error:
            with visit.at("story") as at:
                return visit.show("sheet.html", 422, **frame(at), sheet=refused(visit, ASKS, error))

In the template: `{{ c.sheet(sheet, t("shell.save"), back=...) }}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session
from starlette.responses import Response

from songtor_node.web.forms.asks import Ask, fields_of, marks, typed
from songtor_node.web.forms.drafts import drafted, was, was_saved
from songtor_node.web.forms.two_people import can_hold_both, other_words
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_web.dates import date_text
from songtor_web.fields import Field, Option

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?~?|\.\.", re.ASCII)
"""(What two people typed may be no date at all.)"""
Lists = Mapping[str, Sequence[Option]]
"""Choices by the field's name."""


class Beside(NamedTuple):
    """What `by` typed, beside what `against` saved (`there`) into the same field."""

    number: int
    by: str
    words: str
    against: str
    there: str
    both: bool

    def called(self, options: Sequence[Option]) -> Beside:
        """With the labels of codes."""
        labels = {option.value: option.label for option in options}
        words, there = (
            ", ".join(labels.get(one, one) for one in said.split(", ")) for said in (self.words, self.there)
        )
        return self._replace(words=words, there=there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`beside`: by the field's name. `message`: what is wrong and is no single field's. `more`: names of
    fields that are folded away until one of them says something, under `more_words` (a key of the words)."""

    fields: Sequence[Field]
    marks: Mapping[str, str]
    beside: Mapping[str, Sequence[Beside]] = field(default_factory=dict)
    draft_at: datetime | None = None
    message: str = ""
    more: Collection[str] = ()
    more_words: str = "shell.more_fields"

    @property
    def more_open(self) -> bool:
        folded = [one for one in self.fields if one.name in self.more]
        return any(one.value or one.values or one.error or one.name in self.beside for one in folded)


def opened(
    session: Session, visit: Visit, asks: Sequence[Ask], present: Mapping[str, Any], *, whole: bool = False
) -> Sheet:
    """As it is saved, with what the worker has typed and not saved over it. `whole`: as `merged` says."""
    values, draft = drafted(session, visit, asks, present)
    made_from = marks(asks, present)
    if draft is not None:
        made_from |= {
            f"was.{ask.name}": was(draft, ask.name)
            for ask in asks
            if (whole or values.get(ask.name) != present.get(ask.name)) and was(draft, ask.name)
        }
    shown = {one.name: one for one in fields_of(visit, asks, present)}
    beside: dict[str, list[Beside]] = {}
    for other in other_words(session, visit.here):
        ask = next((one for one in asks if one.name == other.field), None)
        if ask is not None:
            typed_then = fields_of(visit, [ask], {ask.name: _value(ask, other.value)})[0]
            beside.setdefault(other.field, []).append(
                Beside(
                    number=other.id or 0,
                    by=_name(session, other.by),
                    words=said(typed_then, visit.lang),
                    against=_name(session, other.against),
                    there=said(shown[other.field], visit.lang),
                    both=can_hold_both(ask),
                )
            )
    return Sheet(
        fields=fields_of(visit, asks, values),
        marks=made_from,
        beside=beside,
        draft_at=draft.at if draft else None,
    )


def refused(visit: Visit, asks: Sequence[Ask], error: InputError) -> Sheet:
    """As it was typed, with what is wrong."""
    made = fields_of(visit, asks, typed(visit, asks), error)
    return Sheet(
        fields=made,
        marks={name: visit.said(name) for name in (f"was.{ask.name}" for ask in asks)},
        message="" if any(one.error for one in made) else error.public(visit.lang),
    )


def with_lists(made: Sheet, lists: Lists) -> Sheet:
    """The sheet, these fields with these choices; where there are none to choose from, nothing is asked."""
    beside = {
        name: [one.called(lists[name]) for one in others] if name in lists else others
        for name, others in made.beside.items()
    }
    fields = [one for one in chosen_from(made.fields, lists) if one.options or one.name not in lists]
    return replace(made, fields=fields, beside=beside)


def chosen_from(fields: Sequence[Field], lists: Lists) -> list[Field]:
    return [replace(one, options=list(lists[one.name])) if one.name in lists else one for one in fields]


def saved(session: Session, visit: Visit, crossed: bool, onward: str, done: str = "saved") -> Response:
    """Onwards; or back to the form, where two people's words now stand beside each other."""
    was_saved(session, visit)
    return visit.go(visit.here, done="both_kept") if crossed else visit.go(onward, done=done)


def said(one: Field, lang: str) -> str:
    """A field's value as a person reads it: labels in place of codes, dates in words."""
    if one.kind in ("date", "partial_date") and _DATE.fullmatch(one.value):
        return date_text(one.value, lang)
    labels = {option.value: option.label for option in one.options}
    values = one.values or ([one.value] if one.value else [])
    if one.kind == "flag":
        return one.label if one.value == "true" else ""
    return ", ".join(str(labels.get(value, value)) for value in values)


def _value(ask: Ask, text: str) -> Any:
    return text.split(", ") if ask.kind == "checks" else text


def _name(session: Session, code: str) -> str:
    worker = session.get(Worker, code) if code else None
    return (worker.name or worker.code) if worker else ""
