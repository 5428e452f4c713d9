"""All cases that one may see: filtered, in order, page by page; and found by any part of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert
from sqlmodel import Session, col, select
from starlette.responses import RedirectResponse, Response

from songtor_node.cases import glance, search
from songtor_node.cases.glance import ORDERS, PAGE, STATES, Filter, Glance
from songtor_node.cases.models import Case, Look, Person
from songtor_node.cases.names import called_for
from songtor_node.cases.search import Hit, Snippet
from songtor_node.cases.steps import life
from songtor_node.referrals.models import Referral
from songtor_node.web.entrance.access import May, Page, may_see_what
from songtor_node.web.forms.asks import Ask, fields_of, typed
from songtor_node.web.visit import Visit
from songtor_node.workers import SEES_ALL
from songtor_proto import reference
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Field

_ASKS = (
    Ask("step", "list", of="case_steps", words="filter_step"),
    Ask("threat", "list", of="threat_levels", words="filter_threat"),
    Ask("problem", "list", of="problems", words="filter_problem"),
    Ask("channel", "list", of="channels", words="filter_channel"),
    Ask("state", "choice", words="filter_state", options=STATES),
    Ask("order", "choice", words="filter_order", options=ORDERS),
    Ask("mine", "flag", words="filter_mine"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list. `on`, `state`: the day of what is next, and whether it is overdue, due or later."""

    code: str
    called: str
    urgency: str
    step: str
    what: str
    on: str
    state: str
    snippets: Sequence[Snippet] = ()


def listing(visit: Visit) -> Response:
    number = visit.page_number
    with visit.reading() as session:
        wanted = _wanted(session, visit)
        cases, total = glance.page(session, visit.me, wanted, number)
        ended = Filter(worker=visit.me.code, state="closed")
        closed = 0 if total else glance.page(session, visit.me, ended, 1)[1]
    pages = max(1, -(-total // PAGE))
    if number > pages:
        return RedirectResponse("/cases", 303)
    return visit.show(
        "cases.html",
        lines=[_line(visit, *one) for one in cases],
        total=total,
        closed=closed,
        number=number,
        pages=pages,
        wanted=wanted,
        narrowed=_narrowed(visit, wanted),
        fields=_fields(visit, wanted),
        sees_all=visit.me.role in SEES_ALL,
    )


def filter_by(visit: Visit) -> Response:
    """Kept for this worker until they choose otherwise."""
    said = typed(visit, _ASKS) if not visit.said("clear") else {}
    known = {
        ask.name: said.get(ask.name, "")
        for ask in _ASKS
        if ask.of and said.get(ask.name, "") in getattr(vocabulary(), ask.of)
    }
    with visit.writing() as session:
        session.merge(
            Filter(
                worker=visit.me.code,
                **known,
                mine=said.get("mine", "") == "true",
                state=_one_of(STATES, said.get("state", "")),
                order=_one_of(ORDERS, said.get("order", "")),
            )
        )
    return visit.go("/cases")


def _one_of(codes: Sequence[str], said: str) -> str:
    return said if said in codes else codes[0]


def look_for(visit: Visit) -> Response:
    """What is searched for stands in no address and is not kept. Whose words are shown, was looked at."""
    asked = visit.said("words").strip()[: search.LONGEST]
    if not asked:
        return visit.go("/cases")
    if found := _reference(visit, asked):
        return visit.go(f"/referrals/{found}")
    with visit.writing() as session:
        found_cases = search.find(session, visit.me, asked)
        looked = {"by": visit.me.code, "at": visit.now, "what": "search"}
        looks = [{"case_id": hit.case.id, **looked} for hit in found_cases.hits]
        if looks:
            session.connection().execute(insert(Look), looks)
        lines = _hits(session, visit, found_cases.hits)
    return visit.show("cases_found.html", lines=lines, asked=asked, more=found_cases.more)


def back_to_list(visit: Visit) -> Response:
    """The results of a search are no page to come back to."""
    return visit.go("/cases")


def _hits(session: Session, visit: Visit, hits: Sequence[Hit]) -> list[Line]:
    numbers = [hit.case.id for hit in hits]
    people = select(Person).where(col(Person.case_id).in_(numbers), Person.relation == "")
    clients = {person.case_id: person for person in session.exec(people)}
    rows = {row.case_id: row for row in session.exec(select(Glance).where(col(Glance.case_id).in_(numbers)))}
    return [
        replace(_line(visit, hit.case, rows[hit.case.id], clients[hit.case.id]), snippets=hit.snippets)
        for hit in hits
        if hit.case.id
    ]


def _line(visit: Visit, case: Case, row: Glance, client: Person) -> Line:
    on, state = glance.due_on(row, visit.now)
    return Line(
        code=case.code,
        called=called_for(client, visit.me, visit.lang),
        urgency=list(vocabulary().threat_levels)[row.urgency],
        step=case.step,
        what=row.next_what,
        on=on,
        state=state,
    )


def _wanted(session: Session, visit: Visit) -> Filter:
    return session.get(Filter, visit.me.code) or Filter(worker=visit.me.code)


def _narrowed(visit: Visit, wanted: Filter) -> list[str]:
    """What the list is narrowed to, in words."""
    codes = (
        ("case_steps", wanted.step),
        ("threat_levels", wanted.threat),
        ("problems", wanted.problem),
        ("channels", wanted.channel),
    )
    words = [getattr(vocabulary(), name)[code].label(visit.lang) for name, code in codes if code]
    words += [visit.t("field.filter_mine")] if wanted.mine else []
    return words + ([visit.t(f"field.filter_state_{wanted.state}")] if wanted.state != STATES[0] else [])


def _fields(visit: Visit, wanted: Filter) -> list[Field]:
    """Who sees only what is assigned to them is not asked whether to see only that."""
    asks = [ask for ask in _ASKS if ask.name != "mine" or visit.me.role in SEES_ALL]
    made = fields_of(visit, asks, wanted.model_dump())
    steps = life(list(vocabulary().case_steps))
    return [
        replace(one, options=[option for option in one.options if option.value in steps])
        if one.name == "step"
        else one
        for one in made
    ]


def _reference(visit: Visit, asked: str) -> str:
    """The reference of a referral that is here, where one was typed."""
    try:
        found = reference.normalise(asked)
    except InputError:
        return ""
    with visit.reading() as session:
        known = session.exec(select(Referral.task).where(Referral.reference == found)).first()
        return found if known and may_see_what(session, visit.me, {"reference": found}) else ""


PAGES = (
    Page(path="/cases", may=May.CASEWORK, get=listing, post=filter_by),
    Page(path="/cases/search", may=May.CASEWORK, get=back_to_list, post=look_for),
)
