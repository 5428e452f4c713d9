"""The plan: goals, who does what for them by when, the stage each is at; a no is shown, not hidden."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases import plan
from songtor_node.cases.models import Goal
from songtor_node.cases.names import named_in
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

GOAL = EntryForm(
    kind="goal",
    path="/plan",
    new="/add",
    title="plan.goal_title",
    hint="plan.goal_hint",
    asks=(
        Ask("dimension", "choice", of="dimensions", words="goal_dimension"),
        Ask("text", words="goal_text"),
        Ask("todo", "prose", words="goal_todo"),
        Ask("who", words="goal_who"),
        Ask("due", "date", words="goal_due"),
        Ask("agency", words="goal_agency"),
    ),
    more=("agency",),
)
STAGE = (Ask("stage", "choice", of="journey_stages", words="goal_stage"), Ask("reason", words="goal_reason"))
REFUSAL = (Ask("refusal", "prose", words="goal_refusal"),)
TONES = {"red": "late", "pink": "agreed", "yellow": "waiting", "green": "done"}


def overview(visit: Visit) -> Response:
    with visit.at("plan") as at:
        goals = plan.goals(at.session, at.case)
        today = at.now.astimezone().date()
        return visit.show(
            "care/plan.html",
            **frame(at),
            rows=[
                (code, [goal for goal in goals if goal.dimension == code]) for code in vocabulary().dimensions
            ],
            any_goal=bool(goals),
            late={goal.id for goal in goals if plan.overdue(goal, today)},
            tone=tone,
        )


def goal(visit: Visit) -> Response:
    with visit.at("goal") as at:
        return _goal(visit, at)


def to_stage(visit: Visit) -> Response:
    try:
        with visit.at("goal stage") as at:
            row = entry(visit, at, Goal)
            said, crossed = merged(at.session, visit, STAGE, {"stage": row.stage})
            plan.to_stage(at.session, row, said["stage"], reason=said["reason"], by=at.by, now=at.now)
            return saved(at.session, visit, crossed, visit.here)
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("goal") as at:
            return _goal(visit, at, refused(visit, STAGE, error), 422)


def refusal(visit: Visit) -> Response:
    with visit.at("goal") as at:
        row = entry(visit, at, Goal)
        return _refusal(visit, at, row, opened(at.session, visit, REFUSAL, {"refusal": row.refusal}))


def refusal_said(visit: Visit) -> Response:
    try:
        with visit.at("refuse goal") as at:
            row = entry(visit, at, Goal)
            values, crossed = merged(at.session, visit, REFUSAL, {"refusal": row.refusal})
            checked = GOAL.whole(row, values)
            plan.refuse(at.session, row, checked["refusal"], by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/plan/{row.id}")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("goal") as at:
            return _refusal(visit, at, entry(visit, at, Goal), refused(visit, REFUSAL, error), 422)


def tone(stage: str) -> str:
    """How a stage's word is coloured."""
    term = vocabulary().journey_stages.get(stage)
    return TONES.get(term.colour, "") if term else ""


def _goal(visit: Visit, at: At, made: Sheet | None = None, status: int = 200) -> Response:
    row, head = entry(visit, at, Goal), frame(at)
    return visit.show(
        "care/goal.html",
        status,
        **head,
        goal=row,
        danger=named_in(row.who, head["case_head"].dangers),
        moves=plan.moves(at.session, row)[::-1],
        sheet=made or opened(at.session, visit, STAGE, {"stage": row.stage}),
        late=plan.overdue(row, at.now.astimezone().date()),
        tone=tone,
    )


def _refusal(visit: Visit, at: At, row: Goal, made: Sheet, status: int = 200) -> Response:
    return show_sheet(
        visit,
        at,
        made,
        title=visit.t("plan.refusal_title"),
        hint=visit.t("plan.refusal_hint"),
        back=f"/cases/{at.case.code}/plan/{row.id}",
        status=status,
    )


_GOAL = "/cases/{case}/plan/{number}"
PAGES = (
    Page(path="/cases/{case}/plan", may=May.CASEWORK, get=overview),
    Page(path="/cases/{case}/plan/add", may=May.CASEWORK, get=GOAL.add, post=GOAL.added),
    Page(path=_GOAL, may=May.CASEWORK, get=goal, post=to_stage),
    Page(path=f"{_GOAL}/change", may=May.CASEWORK, get=GOAL.change, post=GOAL.changed),
    Page(path=f"{_GOAL}/refusal", may=May.CASEWORK, get=refusal, post=refusal_said),
    Page(path=f"{_GOAL}/out", may=May.CASEWORK, post=GOAL.out),
)
