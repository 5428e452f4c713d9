"""The problems of a case, the most pressing first; what lies behind them, and who judged it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import entries, history, service
from songtor_node.cases.casefile import Assessment
from songtor_node.cases.models import Problem
from songtor_node.forms import check
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit, label, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import Term, vocabulary

NOTE = EntryForm(
    kind="problem",
    path="/problems",
    title="problems.note_title",
    asks=(Ask("note", "prose", words="problem_note"),),
    subject=lambda row, lang: label(lang, "problems", row.code),
)
CAUSES = (Ask("causes", "prose", words="assessment_causes"), Ask("team", "prose", words="assessment_team"))


class Group(NamedTuple):
    label: str
    problems: list[Term]


def ranking(visit: Visit) -> Response:
    with visit.at("problems") as at:
        moved, way = visit.asked("moved"), visit.asked("way")
        return visit.show("care/problems.html", **frame(at), problems=_ranked(at), moved=moved, way=way)


def rank(visit: Visit) -> Response:
    """One place up or down."""
    up, down = visit.said("up"), visit.said("down")
    with visit.at("rank problems") as at:
        moved = number(up or down)
        service.rerank(at.session, at.case, moved, up=bool(up))
        way = "up" if up else "down"
        return visit.go(f"/cases/{at.case.code}/problems", moved=str(moved), way=way)


def pick(visit: Visit) -> Response:
    """All that are not there yet; those that fit what was searched for, and those ticked."""
    ticked, wanted = visit.all_said("code"), visit.said("wanted").strip()
    with visit.at("add problem") as at:
        there = {one.code for one in _ranked(at)}
        groups = _groups(visit.lang, wanted, there, ticked)
        return visit.show("care/problems_add.html", **frame(at), groups=groups, ticked=ticked, wanted=wanted)


def picked(visit: Visit) -> Response:
    if visit.said("do") != "add":
        return pick(visit)
    with visit.at("add problem") as at:
        there = {one.code for one in _ranked(at)}
        for code in dict.fromkeys(filter(None, visit.all_said("code"))):
            if code not in there:
                form = check(entries.Problem, {"code": code})
                service.add(at.session, at.case, "problem", form, by=at.by, now=at.now)
        return visit.go(f"/cases/{at.case.code}/problems", done="saved")


def causes(visit: Visit) -> Response:
    with visit.at("causes") as at:
        return _causes(visit, at, opened(at.session, visit, CAUSES, at.case.assessment))


def causes_saved(visit: Visit) -> Response:
    try:
        with visit.at("causes") as at:
            values, crossed = merged(at.session, visit, CAUSES, at.case.assessment)
            written = check(Assessment, values).model_dump()
            history.correct(at.session, at.case, {"assessment": written}, by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/problems")
    except InputError as error:
        with visit.at("causes") as at:
            return _causes(visit, at, refused(visit, CAUSES, error), 422)


def _causes(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    return show_sheet(
        visit,
        at,
        made,
        title=visit.t("problems.causes_title"),
        hint=visit.t("problems.causes_hint"),
        back=f"/cases/{at.case.code}/problems",
        status=status,
        past=past(visit, at.session, at.case, CAUSES, "assessment"),
    )


def _ranked(at: At) -> list[Problem]:
    query = select(Problem).where(Problem.case_id == at.case.id)
    return list(at.session.exec(query.order_by(col(Problem.rank), col(Problem.id))))


def _groups(lang: str, wanted: str, there: Collection[str], ticked: Collection[str]) -> list[Group]:
    """The vocabulary's groups in their order; a problem without one stands last."""
    words = vocabulary()
    looked_for = wanted.casefold()
    grouped: dict[str, list[Term]] = {code: [] for code in (*words.problem_groups, "")}
    for term in words.problems.values():
        fits = any(looked_for in text.casefold() for text in (term.th, term.en))
        if term.code not in there and (fits or term.code in ticked):
            grouped[term.group if term.group in grouped else ""].append(term)
    return [
        Group(words.problem_groups[code].label(lang) if code else "", found)
        for code, found in grouped.items()
        if found
    ]


PAGES = (
    Page(path="/cases/{case}/problems", may=May.CASEWORK, get=ranking),
    Page(path="/cases/{case}/problems/rank", may=May.CASEWORK, post=rank),
    Page(path="/cases/{case}/problems/add", may=May.CASEWORK, get=pick, post=picked),
    Page(path="/cases/{case}/problems/causes", may=May.CASEWORK, get=causes, post=causes_saved),
    Page(path="/cases/{case}/problems/{number}", may=May.CASEWORK, get=NOTE.change, post=NOTE.changed),
    Page(path="/cases/{case}/problems/{number}/out", may=May.CASEWORK, post=NOTE.out),
)
