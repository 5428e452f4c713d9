"""A case's home: what one needs at a glance, what can be done next, and where the case goes from here."""

from __future__ import annotations

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import alike, closure, history, service, steps
from songtor_node.cases.missing import missing
from songtor_node.cases.models import StepTaken
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.web.case import tasks
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import opened, refused
from songtor_node.web.navigation import inside
from songtor_node.web.referral.story import state_text
from songtor_node.web.visit import At, Visit, number
from songtor_node.workers import SEES_ALL, Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

_OTHER = (Ask("step", "choice", "case_steps", "step_other"), Ask("reason", words="step_reason"))


def home(visit: Visit) -> Response:
    """`step` in the address: the step whose tasks stand open."""
    with visit.at("home") as at:
        record = read_record(at.session, at.case)
        beside = tasks.beside(at.session, record)
        found = tasks.tasks(record, beside)
        return visit.show(
            "case_home.html",
            **frame(at),
            record=record,
            ended=closure.closings(at.session, at.case)[-1:] if at.case.step == steps.LAST else (),
            closed=at.case.step == steps.LAST,
            next_visit=_next_visit(record),
            next_follow_up=min(
                (one for one in record.follow_ups if not one.done), key=lambda one: one.due, default=None
            ),
            referrals=[(one, state_text(one.state, visit.lang)) for one in beside.open_referrals],
            steps=found,
            open_step=visit.asked("step") if visit.asked("step") in found else at.case.step,
            following=_following(at),
            missing=[
                (code, tasks.WHERE_ASKED[code]) for code in missing(record, list(vocabulary().case_steps))
            ],
            hints=alike.hints(at.session, at.case, at.by),
            sees_team=at.by.role in SEES_ALL,
            begun_by=_called(at, at.case.by),
        )


def stepping(visit: Visit) -> Response:
    with visit.at("step") as at:
        return _stepping(visit, at)


def step(visit: Visit) -> Response:
    """Onwards in one tap; back, or over a step, with a reason."""
    wanted, reason = visit.said("step"), visit.said("reason")
    try:
        with visit.at("step") as at:
            if wanted == steps.LAST or at.case.step == steps.LAST:
                return visit.go(f"/cases/{at.case.code}/closure")
            service.take_step(at.session, at.case, wanted, reason=reason[:300], by=at.by, now=at.now)
            return visit.go(f"/cases/{at.case.code}", done="stepped")
    except InputError as error:
        with visit.at("step") as at:
            return _stepping(visit, at, error)


def put_back(visit: Visit) -> Response:
    """What was just taken out of the case."""
    with visit.at("put back") as at:
        history.put_back(at.session, at.case, number(visit.said("number")))
        return visit.go(inside(visit.said("back")), done="put_back")


def _stepping(visit: Visit, at: At, error: InputError | None = None) -> Response:
    life = list(steps.life(list(vocabulary().case_steps)))
    others = [code for code in life if code not in (at.case.step, _following(at), steps.LAST)]
    form = refused(visit, _OTHER, error) if error else opened(at.session, visit, _OTHER, {})
    taken = at.session.exec(
        select(StepTaken).where(StepTaken.case_id == at.case.id).order_by(col(StepTaken.id).desc())
    ).all()
    return visit.show(
        "case_step.html",
        422 if error else 200,
        **frame(at),
        following=_following(at),
        others=others,
        sheet=form,
        taken=[(one, _called(at, one.by)) for one in taken],
    )


def _following(at: At) -> str:
    life = list(steps.life(list(vocabulary().case_steps)))
    place = life.index(at.case.step) + 1
    return life[place] if place < len(life) else ""


def _next_visit(record: CaseRecord) -> object:
    planned = [one for one in record.visits if one.state == "planned"]
    return min(planned, key=lambda one: (one.when or "9", one.at_time), default=None)


def _called(at: At, code: str) -> str:
    worker = at.session.get(Worker, code)
    return (worker.name or worker.code) if worker else code


PAGES = (
    Page(path="/cases/{case}", may=May.CASEWORK, get=home),
    Page(path="/cases/{case}/step", may=May.CASEWORK, get=stepping, post=step),
    Page(path="/cases/{case}/put-back", may=May.CASEWORK, post=put_back),
)
