"""The screens by which a blank form is typed in, in the order of its paper. Once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from songtor_node.cases import alike, blanks, service
from songtor_node.cases.blanks import Blank
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.consents import talk as talks
from songtor_node.consents.acts import house_of
from songtor_node.forms import check
from songtor_node.web.case import intake_on_paper as intake
from songtor_node.web.case.person import note_must_not_know
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, fields_of, typed
from songtor_node.web.forms.drafts import drop_draft
from songtor_node.web.forms.on_paper import numbered
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, with_lists
from songtor_node.web.forms.typed_words import draft_values, form_values, typed_words
from songtor_node.web.talk import on_paper as consent
from songtor_node.web.visit import At, Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError, SongtorError
from songtor_proto.vocabulary import policy


def ask_code(visit: Visit) -> Response:
    return _ask_code(visit)


def _ask_code(visit: Visit, error: InputError | None = None) -> Response:
    fields = fields_of(visit, [Ask("code", words="blank_code")], {"code": visit.said("code")}, error)
    return visit.show("paper/type_in_code.html", 422 if error else 200, fields=fields)


def say_code(visit: Visit) -> Response:
    try:
        with visit.reading() as session:
            return visit.go(f"/type-in/{blanks.find(session, visit.said('code')).code}")
    except InputError as error:
        return _ask_code(visit, error)


def type_in(visit: Visit) -> Response:
    with visit.reading() as session:
        blank = blanks.find(session, visit.params["blank"])
        asks, lists = _asked(visit, blank)
        if blank.used_at is not None:
            return _typed_before(visit, session, blank, draft_values(visit))
        return _show(visit, blank, opened(session, visit, asks, {}), lists)


def typed_in(visit: Visit) -> Response:
    try:
        with visit.writing() as session:
            blank = blanks.find(session, visit.params["blank"])
            if blank.used_at is not None:
                return _typed_before(visit, session, blank, form_values(visit), 409)
            onward = (
                _new_case(visit, session, blank) if blank.kind == "intake" else _talk(visit, session, blank)
            )
            drop_draft(session, visit.me.code, visit.here)
            return onward
    except SongtorError as error:
        if not isinstance(error, InputError) or error.field == "blank":
            raise
        with visit.reading() as session:
            blank = blanks.find(session, visit.params["blank"])
            asks, lists = _asked(visit, blank)
            wrong = intake.at_fault(error) if blank.kind == "intake" else error
            return _show(visit, blank, refused(visit, asks, wrong), lists, 422)


def _asked(visit: Visit, blank: Blank) -> tuple[Sequence[Ask], Lists]:
    if blank.kind == "intake":
        return intake.ASKS, intake.lists(visit)
    return consent.ASKS, consent.lists(visit, house_of(visit.node), blank.purpose)


def _show(visit: Visit, blank: Blank, sheet: Sheet, lists: Lists, status: int = 200) -> Response:
    made = with_lists(sheet, lists)
    purpose = policy().purposes[blank.purpose].label(visit.lang) if blank.purpose else ""
    numbers = replace(made, fields=numbered(made.fields))
    return visit.show("paper/type_in.html", status, blank=blank, sheet=numbers, purpose=purpose)


def _typed_before(
    visit: Visit, session: Session, blank: Blank, values: Mapping[str, Sequence[str]], status: int = 200
) -> Response:
    """Which case it became is for who may see that case. `values`: what somebody else typed of the same
    sheet, to be added there by hand."""
    case = session.get(Case, blank.case_id) if blank.case_id else None
    seen = case is not None and service.may_see_case(session, case, visit.me)
    by = session.get(Worker, blank.used_by) if blank.used_by else None
    return visit.show(
        "paper/typed_before.html",
        status,
        words=typed_words(visit, values, _asked(visit, blank)[0]),
        blank=blank,
        case_code=case.code if case and seen else "",
        by=(by.name or by.code) if by else "",
    )


def _new_case(visit: Visit, session: Session, blank: Blank) -> Response:
    form = check(CaseFile, intake.case_file(typed(visit, intake.ASKS)))
    now = visit.now
    case = service.create(session, form, by=visit.me, now=now, random=visit.node.random)
    blanks.use(blank, service.id_of(case), by=visit.me, now=now)
    note_must_not_know(visit, At(session, case, visit.me, now), prefix="home_")
    if alike.look(session, case, by=visit.me, now=now):
        return visit.go(f"/cases/{case.code}/alike")
    return visit.go(f"/cases/{case.code}/papers", "typed_in")


def _talk(visit: Visit, session: Session, blank: Blank) -> Response:
    """A conversation that has come as far as the paper has; it goes on to the signed sheet's photo."""
    said: dict[str, Any] = typed(visit, consent.ASKS)
    if not said["case"].strip():
        raise InputError("missing", field="case")
    now = visit.now
    case, by = service.find(session, said["case"].strip(), visit.me.code, what="consent begin", now=now)
    record = read_record(session, case)
    talk = talks.begin(session, case, record, by=by, now=now)
    talk.language = blank.language
    talk.answers = consent.answers(said, talk, record, house_of(visit.node), blank.purpose, now.date())
    blanks.use(blank, service.id_of(case), by=by, now=now)
    return visit.go(f"/cases/{case.code}/consents/{talk.id}")


PAGES = (
    Page(path="/type-in", may=May.CASEWORK, get=ask_code, post=say_code),
    Page(path="/type-in/{blank}", may=May.CASEWORK, get=type_in, post=typed_in),
)
