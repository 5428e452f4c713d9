"""Follow-ups: by which method, by when; and how the client was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import entries, reminders, service
from songtor_node.cases.models import FollowUp
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit
from songtor_node.workers import names
from songtor_proto.errors import InputError

PLANNED = EntryForm(
    kind="follow_up",
    path="/follow-ups",
    new="/add",
    title="follow_ups.form_title",
    asks=(
        Ask("method", "choice", of="follow_up_methods", words="follow_up_method"),
        Ask("due", "date", words="follow_up_due"),
    ),
)
DONE = (
    Ask("condition", "choice", of="conditions", words="follow_up_condition"),
    Ask("result", "prose", words="follow_up_result"),
)


_IN = {"tomorrow": 1, "week": 7, "month": 30}
"""Days until then."""


def planning(visit: Visit) -> Response:
    """`in` in the address: a day that is filled in already."""
    days = _IN.get(visit.asked("in"))
    on = (visit.now.astimezone().date() + timedelta(days=days)).isoformat() if days else ""
    return replace(PLANNED, start={"due": on}).add(visit)


def listed(visit: Visit) -> Response:
    with visit.at("follow-ups") as at:
        query = select(FollowUp).where(FollowUp.case_id == at.case.id).order_by(col(FollowUp.due))
        found = at.session.exec(query).all()
        today = at.now.astimezone().date()
        return visit.show(
            "care/follow_ups.html",
            **frame(at),
            waiting=[(one, reminders.of_day(one.due, today)) for one in found if not one.done],
            done=[one for one in found if one.done][::-1],
            names=names(at.session),
            soon=tuple(_IN),
        )


def result(visit: Visit) -> Response:
    with visit.at("follow-up") as at:
        row = entry(visit, at, FollowUp)
        return _result(visit, at, opened(at.session, visit, DONE, _said(row)))


def result_said(visit: Visit) -> Response:
    """Done today; or its result corrected."""
    try:
        with visit.at("follow up") as at:
            row = entry(visit, at, FollowUp)
            values, crossed = merged(at.session, visit, DONE, _said(row))
            form = entries.FollowUp.model_validate(PLANNED.whole(row, values))
            service.followed_up(
                at.session, row, result=form.result, condition=form.condition, by=at.by, now=at.now
            )
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/follow-ups")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("follow-up") as at:
            return _result(visit, at, refused(visit, DONE, error), 422)


def _said(row: FollowUp) -> dict[str, str]:
    return {"condition": row.condition, "result": row.result}


def _result(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    title, back = visit.t("follow_ups.done_title"), f"/cases/{at.case.code}/follow-ups"
    return show_sheet(visit, at, made, title=title, back=back, status=status)


_ONE = "/cases/{case}/follow-ups/{number}"
PAGES = (
    Page(path="/cases/{case}/follow-ups", may=May.CASEWORK, get=listed),
    Page(path="/cases/{case}/follow-ups/add", may=May.CASEWORK, get=planning, post=PLANNED.added),
    Page(path=_ONE, may=May.CASEWORK, get=PLANNED.change, post=PLANNED.changed),
    Page(path=f"{_ONE}/done", may=May.CASEWORK, get=result, post=result_said),
    Page(path=f"{_ONE}/out", may=May.CASEWORK, post=PLANNED.out),
)
