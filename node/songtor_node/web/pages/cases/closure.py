"""Closing a case: how its goals ended, what is still open, how the client saw it; and opening it again."""

from __future__ import annotations

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import closure, entries, plan, steps
from songtor_node.cases.models import FollowUp
from songtor_node.consents.ground import last_day
from songtor_node.forms import check
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved
from songtor_node.web.visit import At, Visit
from songtor_node.workers import names
from songtor_proto.errors import InputError

GOAL = EntryForm(
    kind="goal",
    path="/closure",
    title="closure.goal_title",
    removable=False,
    subject=lambda row, lang: row.text,
    asks=(
        Ask("outcome", "choice", of="goal_outcomes", words="goal_outcome"),
        Ask("outcome_text", "prose", words="goal_outcome_text"),
    ),
)
CLOSING = (
    Ask("outcome", "choice", of="outcomes", words="closing_outcome"),
    Ask("reason", words="closing_reason"),
    Ask("summary", "prose", words="closing_summary"),
    Ask("satisfaction", "prose", words="closing_satisfaction"),
)
REOPENING = (Ask("reason", "prose", words="reopening_reason"),)


def overview(visit: Visit) -> Response:
    with visit.at("closure") as at:
        return visit.show(
            "care/closure.html",
            **frame(at),
            closed=at.case.step == steps.LAST,
            goals=plan.goals(at.session, at.case),
            open=closure.still_open(at.session, at.case, at.now),
            closings=closure.closings(at.session, at.case)[::-1],
            reported=closure.reported(at.session, at.case),
            last=_last_follow_up(at),
            last_day=last_day,
            names=names(at.session),
        )


def ending(visit: Visit) -> Response:
    with visit.at("closing") as at:
        last = _last_follow_up(at)
        begun = {"summary": last.result if last else ""}
        return _form(visit, at, "end", opened(at.session, visit, CLOSING, begun))


def ended(visit: Visit) -> Response:
    try:
        with visit.at("close") as at:
            form = check(entries.Closing, typed(visit, CLOSING))
            closure.close(at.session, at.case, form, by=at.by, now=at.now)
            return saved(at.session, visit, False, f"/cases/{at.case.code}/closure", "closed")
    except InputError as error:
        with visit.at("closing") as at:
            return _form(visit, at, "end", refused(visit, CLOSING, error), 422)


def reopening(visit: Visit) -> Response:
    with visit.at("reopening") as at:
        return _form(visit, at, "reopen", opened(at.session, visit, REOPENING, {}))


def reopened(visit: Visit) -> Response:
    try:
        with visit.at("reopen") as at:
            reason = check(entries.Note, {"text": visit.said("reason") or " "}).text
            closure.reopen(at.session, at.case, reason=reason, by=at.by, now=at.now)
            return saved(at.session, visit, False, f"/cases/{at.case.code}", "reopened")
    except InputError as error:
        shown = error if error.field == "step" else InputError("reason_missing", field="reason")
        with visit.at("reopening") as at:
            return _form(visit, at, "reopen", refused(visit, REOPENING, shown), 422)


def _last_follow_up(at: At) -> FollowUp | None:
    query = select(FollowUp).where(FollowUp.case_id == at.case.id, FollowUp.done != "")
    return at.session.exec(query.order_by(col(FollowUp.done).desc(), col(FollowUp.id).desc())).first()


def _form(visit: Visit, at: At, what: str, made: Sheet, status: int = 200) -> Response:
    return show_sheet(
        visit,
        at,
        made,
        title=visit.t(f"closure.{what}_title"),
        hint=visit.t(f"closure.{what}_hint"),
        back=f"/cases/{at.case.code}/closure",
        status=status,
    )


PAGES = (
    Page(path="/cases/{case}/closure", may=May.CASEWORK, get=overview),
    Page(path="/cases/{case}/closure/goals/{number}", may=May.CASEWORK, get=GOAL.change, post=GOAL.changed),
    Page(path="/cases/{case}/closure/end", may=May.CASEWORK, get=ending, post=ended),
    Page(path="/cases/{case}/closure/reopen", may=May.CASEWORK, get=reopening, post=reopened),
)
