"""A form for one entry of a case: to add it, and to correct it later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from starlette.responses import Response

from songtor_node.cases import history, service
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import Entry, Person
from songtor_node.forms import check
from songtor_node.web.case.frame import show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.drafts import Draft, keep_draft
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit, number
from songtor_proto.errors import InputError

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """`kind`: of `KINDS`. `path`: its list, below the case's. `title`: a key of the words; `hint` another.
    `lists`: choices that are no list of the vocabulary. `start`: what a new one begins with; `fixed`: what it
    says without being asked. `more`: fields that may be folded away, under `more_words`. `new`: where one is
    added, below `path`; words for an entry that somebody has taken out meanwhile go there. `subject`: what
    the entry is called, in that language."""

    kind: str
    path: str
    title: str
    asks: tuple[Ask, ...]
    hint: str = ""
    lists: Callable[[Visit, At], Lists] = lambda visit, at: {}
    start: Mapping[str, Any] | None = None
    fixed: Mapping[str, Any] | None = None
    new: str = ""
    done: str = "saved"
    removable: bool = True
    more: tuple[str, ...] = ()
    more_words: str = "shell.more_fields"
    subject: Callable[[Any, str], str] = lambda row, lang: ""

    def add(self, visit: Visit) -> Response:
        with visit.at(f"add {self.kind}") as at:
            return self._show(visit, at, opened(at.session, visit, self.asks, self.start or {}))

    def added(self, visit: Visit) -> Response:
        try:
            with visit.at(f"add {self.kind}") as at:
                form = check(KINDS[self.kind].form, {**typed(visit, self.asks), **(self.fixed or {})})
                service.add(at.session, at.case, self.kind, form, by=at.by, now=at.now)
                return saved(at.session, visit, False, self.list(at), self.done)
        except InputError as error:
            return self._refused(visit, f"add {self.kind}", error)

    def change(self, visit: Visit) -> Response:
        with visit.at(f"change {self.kind}") as at:
            row = self.row(visit, at)
            return self._show(visit, at, opened(at.session, visit, self.asks, self.said(row)), row)

    def changed(self, visit: Visit) -> Response:
        try:
            with visit.at(f"change {self.kind}") as at:
                row = self.row(visit, at)
                values, crossed = merged(at.session, visit, self.asks, self.said(row))
                history.correct(at.session, row, self.whole(row, values), by=at.by, now=at.now)
                return saved(at.session, visit, crossed, self.list(at), self.done)
        except InputError as error:
            return self._refused(visit, f"change {self.kind}", error)

    def out(self, visit: Visit) -> Response:
        """Taken out of the case; what it said is kept, and it can be put back."""
        with visit.at(f"take out {self.kind}") as at:
            taken = history.take_out(at.session, self.row(visit, at), by=at.by, now=at.now)
            return visit.go(self.list(at), done="removed", undo=str(taken.id))

    def row(self, visit: Visit, at: At) -> Any:
        return entry(visit, at, KINDS[self.kind].table)

    def list(self, at: At) -> str:
        return f"/cases/{at.case.code}{self.path}"

    def said(self, row: Entry) -> dict[str, Any]:
        """As the fields show it."""
        return {ask.name: _shown(getattr(row, ask.name)) for ask in self.asks}

    def whole(self, row: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
        """The entry with these values in it, checked; InputError as its form."""
        form = KINDS[self.kind].form
        present = {name: getattr(row, name) for name in form.model_fields}
        return check(form, {**present, **values}).model_dump()

    def _refused(self, visit: Visit, what: str, error: InputError) -> Response:
        if error.code == "input.not_here" and self.new:
            with visit.at(f"add {self.kind}") as at:
                return gone(visit, at, self.list(at) + self.new, error)
        with visit.at(what) as at:
            row = self.row(visit, at) if "number" in visit.params else None
            return self._show(visit, at, refused(visit, self.asks, error), row, 422)

    def _show(
        self, visit: Visit, at: At, made: Sheet, row: Entry | None = None, status: int = 200
    ) -> Response:
        lists = self.lists(visit, at)
        sheet = with_lists(made, lists)
        asked = {one.name for one in sheet.fields}
        return show_sheet(
            visit,
            at,
            replace(sheet, more=[name for name in self.more if name in asked], more_words=self.more_words),
            title=visit.t(self.title),
            hint=visit.t(self.hint) if self.hint else self.subject(row, visit.lang) if row else "",
            back=self.list(at),
            status=status,
            out=f"{self.list(at)}/{row.id}/out" if row and self.removable else "",
            past=past(visit, at.session, row, self.asks, lists=lists) if row else (),
        )


def entry(visit: Visit, at: At, table: type[E]) -> E:
    """The entry that the path numbers, of this very case; InputError("not_here"). The client is none: the
    case stands on them."""
    row = at.session.get(table, number(visit.params["number"]))
    if row is None or row.case_id != at.case.id or (isinstance(row, Person) and not row.relation):
        raise InputError("not_here", field="number")
    return row


def gone(visit: Visit, at: At, new: str, error: InputError) -> Response:
    """Nobody's words are lost: those for what was taken out stand in the form for a new one. `error`, where
    other words wait there already."""
    if at.session.get(Draft, (at.by.code, new)) is not None:
        raise error
    words = {name: visit.all_said(name) for name in visit.form if not name.startswith(("was.", "made"))}
    keep_draft(at.session, at.by.code, new, words, at.now)
    return visit.go(new, done="was_taken_out")


def _shown(value: Any) -> Any:
    """Nought is nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return str(int(value) if value == int(value) else value) if value else ""
