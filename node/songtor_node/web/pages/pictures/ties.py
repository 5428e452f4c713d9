"""How people of a case are with each other: the lines of its genogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from songtor_node.cases import service
from songtor_node.cases.entries import Tie as TieForm
from songtor_node.cases.models import Tie
from songtor_node.forms import check
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.house import House, house, tie_row
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved, with_lists
from songtor_node.web.visit import At, Visit, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Option
from songtor_web.pictures.genogram.model import BOND, UNION

_YEARS = (Ask("since", "partial_date", words="tie_since"), Ask("until", "partial_date", words="tie_until"))
_NEW = (
    Ask("other", "list", words="tie_other"),
    Ask("kind", "choice", words="tie_kind"),
    Ask("turned", "flag", words="tie_turned"),
    *_YEARS,
)


def ties(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        here = house(visit, at)
        return visit.show(
            "care/ties.html", **frame(at), ties=[tie_row(here, tie) for tie in here.record.ties]
        )


def tying(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        return _tying(house(visit, at), opened(at.session, visit, _NEW, {}))


def tied(visit: Visit) -> Response:
    try:
        with visit.at("add tie") as at:
            here = house(visit, at)
            one, said = here.person(), typed(visit, _NEW)
            ends = (one.key, said.pop("other"))
            if said.pop("turned") == "true":
                ends = ends[::-1]
            if not all(end in {other.key for other in here.people} for end in ends):
                raise InputError("missing", field="other")
            form = check(TieForm, {**said, "one": ends[0], "other": ends[1]})
            service.add(at.session, at.case, "tie", form, by=at.by, now=at.now)
            return saved(at.session, visit, False, f"{here.base}/{one.id}", "saved")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("genogram") as at:
            return _tying(house(visit, at), refused(visit, _NEW, error), 422)


def _tying(here: House, sheet: Sheet, status: int = 200) -> Response:
    visit, one = here.visit, here.person()
    lists = {
        "other": [Option(other.key, here.says(other.key)) for other in here.people if other is not one],
        "kind": _kinds(visit, (BOND, UNION, "twin")),
    }
    return show_sheet(
        visit,
        here.at,
        replace(with_lists(sheet, lists), more={"since", "until"}),
        title=visit.t("genogram.tie_new", who=here.says(one.key)),
        back=f"{here.base}/{one.id}",
        status=status,
    )


def _kinds(visit: Visit, groups: Sequence[str]) -> list[Option]:
    terms = vocabulary().ties.values()
    return [
        Option(term.code, term.label(visit.lang)) for group in groups for term in terms if term.group == group
    ]


def _kinds_alike(visit: Visit, at: At) -> Lists:
    """Of a tie, those that it can be changed into."""
    tie = at.session.get(Tie, number(visit.params["number"]))
    term = vocabulary().ties.get(tie.kind) if tie else None
    return {"kind": _kinds(visit, (term.group,)) if term else []}


TIE = EntryForm(
    kind="tie",
    path="/genogram/ties",
    title="genogram.tie_change",
    asks=(Ask("kind", "choice", words="tie_kind"), *_YEARS),
    lists=_kinds_alike,
)

_HERE = "/cases/{case}/genogram"
PAGES = (
    Page(path=f"{_HERE}/ties", may=May.CASEWORK, get=ties),
    Page(path=f"{_HERE}/ties/{{number}}", may=May.CASEWORK, get=TIE.change, post=TIE.changed),
    Page(path=f"{_HERE}/ties/{{number}}/out", may=May.CASEWORK, post=TIE.out),
    Page(path=f"{_HERE}/{{number}}/tie", may=May.CASEWORK, get=tying, post=tied),
)
