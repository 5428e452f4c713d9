"""The pages of what a case says once: story, request, health, the client's names; and of its short lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from songtor_node.cases import alike, casefile, entries, history, service
from songtor_node.cases.models import Case, Goal, Person
from songtor_node.forms import Form, check
from songtor_node.web.case.entry_form import entry, gone
from songtor_node.web.case.frame import show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, mark, typed
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit, number
from songtor_proto.errors import InputError

HEAD, CLIENT, PERSON, GOAL = "", "client", "person", "goal"
_FORMS: dict[str, type[Form]] = {
    HEAD: casefile.CaseHead,
    CLIENT: entries.Person,
    PERSON: entries.Relative,
    "request": casefile.Request,
    "health": casefile.Health,
    "legal_status": casefile.LegalStatus,
    "finances": casefile.Finances,
    "education": casefile.Education,
}

_NUMBERED: Mapping[str, type[Person] | type[Goal]] = {PERSON: Person, GOAL: Goal}
"""Whom or what the path numbers."""


def item(items: Iterable[dict[str, Any]], said: str) -> dict[str, Any]:
    """The one of a short list that an address numbers. InputError("not_here")."""
    found = next((one for one in items if one["id"] == number(said)), None)
    if found is None:
        raise InputError("not_here", field="item")
    return found


def no_lists(visit: Visit) -> Lists:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One form. `path`: below the case's. `part`: HEAD, CLIENT, PERSON (whom the path numbers), or a block of
    the case. `back`: where one goes on to. `compared`: somebody alike may be known here."""

    path: str
    part: str
    asks: tuple[Ask, ...]
    title: str
    hint: str = ""
    back: str = ""
    lists: Callable[[Visit], Lists] = no_lists
    compared: bool = False
    template: str = "sheet.html"
    done: str = "saved"

    @property
    def page(self) -> Page:
        return Page(path="/cases/{case}" + self.path, may=May.CASEWORK, get=self.show, post=self.save)

    def show(self, visit: Visit) -> Response:
        with visit.at(self._what) as at:
            return self._show(visit, at, opened(at.session, visit, self.asks, self.present(visit, at)))

    def save(self, visit: Visit) -> Response:
        try:
            with visit.at(self._what) as at:
                crossed = self.write(visit, at)
                onward = self._back(visit, at)
                if self.compared and alike.look(at.session, at.case, by=at.by, now=at.now):
                    onward = f"/cases/{at.case.code}/alike"
                return saved(at.session, visit, crossed, onward, self.done)
        except InputError as error:
            with visit.at(self._what) as at:
                return self._show(visit, at, refused(visit, self.asks, error), 422)

    def present(self, visit: Visit, at: At) -> Mapping[str, Any]:
        row = self._row(visit, at)
        if self._in_row:
            return {ask.name: getattr(row, ask.name) for ask in self.asks}
        said: Mapping[str, Any] = getattr(row, self.part)
        return said

    def write(self, visit: Visit, at: At) -> bool:
        """Saves what was typed; whether somebody else changed the same meanwhile."""
        row, present = self._row(visit, at), self.present(visit, at)
        values, crossed = merged(at.session, visit, self.asks, present)
        form = _FORMS[self.part]
        if self.part in (CLIENT, PERSON):
            values = {name: getattr(row, name) for name in form.model_fields} | values
        said = check(form, values).model_dump(include=None if self.part in (CLIENT, PERSON) else set(values))
        history.correct(at.session, row, said if self._in_row else {self.part: said}, by=at.by, now=at.now)
        return crossed

    @property
    def _in_row(self) -> bool:
        return self.part in (HEAD, CLIENT, PERSON)

    @property
    def _what(self) -> str:
        return self.path.split("/")[1]

    def _row(self, visit: Visit, at: At) -> Any:
        if self.part == PERSON:
            return entry(visit, at, Person)
        return service.client_of(at.session, at.case) if self.part == CLIENT else at.case

    def _back(self, visit: Visit, at: At) -> str:
        return f"/cases/{at.case.code}" + self.back.format(**visit.params)

    def _show(self, visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
        return show_sheet(
            visit,
            at,
            with_lists(made, self.lists(visit)),
            title=visit.t(self.title),
            hint=visit.t(self.hint) if self.hint else "",
            back=self._back(visit, at),
            status=status,
            template=self.template,
            past=past(visit, at.session, self._row(visit, at), self.asks, self.part),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortList:
    """The forms of a list that stands in one column of a row: contacts, identity numbers, what is unsafe.
    `path`: below the case's; `back`: the page that shows the list. `also`: what is asked on the same screen
    and goes elsewhere, with `keep_also`."""

    path: str
    column: str
    of: str  # HEAD, CLIENT, PERSON or GOAL
    form: type[Form]
    asks: tuple[Ask, ...]
    title: str
    back: str
    hint: str = ""
    lists: Callable[[Visit], Lists] = no_lists
    start: Callable[[Visit, At], Mapping[str, Any]] = lambda visit, at: {}
    compared: bool = False
    template: str = "sheet.html"
    first: bool = False  # at a new case: the first one, new or there already
    also: tuple[Ask, ...] = ()
    keep_also: Callable[[Visit, At], None] = lambda visit, at: None
    more: tuple[str, ...] = ()  # fields that may be folded away

    @property
    def pages(self) -> tuple[Page, ...]:
        path = "/cases/{case}" + self.path
        if self.first:
            return (Page(path=path, may=May.CASEWORK, get=self.show, post=self.save),)
        return (
            Page(path=f"{path}/new", may=May.CASEWORK, get=self.show, post=self.save),
            Page(path=path + "/{item}", may=May.CASEWORK, get=self.show, post=self.save),
            Page(path=path + "/{item}/out", may=May.CASEWORK, post=self.out),
        )

    def show(self, visit: Visit) -> Response:
        with visit.at(self.column) as at:
            present = self._one(visit, at)
            begun = self.start(visit, at) if present is None else present
            return self._show(
                visit, at, opened(at.session, visit, (*self.asks, *self.also), begun, whole=True)
            )

    def save(self, visit: Visit) -> Response:
        try:
            with visit.at(self.column) as at:
                self.keep_also(visit, at)
                row, present = self._row(visit, at), self._one(visit, at)
                values, crossed = typed(visit, self.asks), False
                if present is not None:
                    values, crossed = merged(at.session, visit, self.asks, present, whole=True)
                if self.first and not any(visit.said(ask.name) for ask in self.asks):
                    return saved(at.session, visit, crossed, self._back(visit, at), "")
                said = check(self.form, {**(present or {}), **values}).model_dump()
                rest = [*self._all(visit, at)]
                if present is None:
                    rest.append(said)
                else:
                    rest[rest.index(present)] = said
                self._put(at, row, rest)
                onward = self._back(visit, at)
                found = self.compared and alike.look(at.session, at.case, by=at.by, now=at.now)
                if found and not self.first:
                    onward = f"/cases/{at.case.code}/alike"
                return saved(at.session, visit, crossed, onward, "" if self.first else "saved")
        except InputError as error:
            if error.field == "item":
                with visit.at(self.column) as at:
                    return gone(visit, at, self._list(visit, at) + "/new", error)
            if error.code == "input.not_here":
                raise
            with visit.at(self.column) as at:
                return self._show(visit, at, refused(visit, (*self.asks, *self.also), error), 422)

    def out(self, visit: Visit) -> Response:
        """Only the very one that the page showed; its former words stay in the history."""
        with visit.at(self.column) as at:
            row, one = self._row(visit, at), self._one(visit, at)
            if mark(one) != visit.said("was"):
                raise InputError("not_here", field="item")
            self._put(at, row, [other for other in self._all(visit, at) if other != one])
            return visit.go(self._back(visit, at), done="removed")

    def _put(self, at: At, row: Case | Person | Goal, said: Sequence[Mapping[str, Any]]) -> None:
        form: type[Form] = entries.Person if isinstance(row, Person) else casefile.CaseHead
        present: dict[str, Any] = {}
        if isinstance(row, Goal):
            form, present = entries.Goal, {name: getattr(row, name) for name in entries.Goal.model_fields}
        found = check(form, {**present, self.column: said}).model_dump(include={self.column})
        history.correct(at.session, row, found, by=at.by, now=at.now)

    def _row(self, visit: Visit, at: At) -> Any:
        if self.of in _NUMBERED:
            return entry(visit, at, _NUMBERED[self.of])
        return service.client_of(at.session, at.case) if self.of == CLIENT else at.case

    def _all(self, visit: Visit, at: At) -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = getattr(self._row(visit, at), self.column)
        return found

    def _one(self, visit: Visit, at: At) -> dict[str, Any] | None:
        """None where a new one is asked for. InputError("not_here")."""
        there = self._all(visit, at)
        if self.first:
            return next(iter(there), None)
        return item(there, visit.params["item"]) if "item" in visit.params else None

    def _list(self, visit: Visit, at: At) -> str:
        return f"/cases/{at.case.code}" + self.path.format(**visit.params)

    def _back(self, visit: Visit, at: At) -> str:
        return f"/cases/{at.case.code}" + self.back.format(**visit.params)

    def _show(self, visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
        one = self._one(visit, at)
        return show_sheet(
            visit,
            at,
            replace(with_lists(made, self.lists(visit)), more=self.more),
            title=visit.t(self.title),
            hint=visit.t(self.hint) if self.hint else "",
            back=self._back(visit, at),
            status=status,
            template=self.template,
            out=f"{visit.here}/out" if one is not None and not self.first else "",
            was=mark(one),
        )
