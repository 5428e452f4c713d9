"""The plan as a journey of services: its picture, its goals with their touch points, the stage each is at; a
no is shown, not hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlmodel import select
from starlette.responses import Response

from songtor_node.cases import entries, plan, signed
from songtor_node.cases.models import Case, Goal
from songtor_node.cases.names import named_in
from songtor_node.cases.pictures import flower
from songtor_node.cases.pictures import journey as pictures
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.web.case import parts
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, mark
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved
from songtor_node.web.forms.two_people import merged
from songtor_node.web.printing import Drawn, picture_page, staff
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.fields import Option
from songtor_web.pictures.journey import model, says
from songtor_web.pictures.journey.draw import draw
from songtor_web.pictures.journey.layout import layout, pages
from songtor_web.pictures.journey.words import words
from songtor_web.texts import Say

SHEET = 640.0
"""How high a part of the journey is on paper that lies across."""
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


def _categories(visit: Visit) -> Lists:
    """What goes with every referral needs no tick."""
    known = (one for code, one in policy().categories.items() if code not in policy().always)
    return {"information": [Option(one.code, one.label(visit.lang)) for one in known]}


STEPS = parts.ShortList(
    path="/plan/{number}/steps",
    column="steps",
    of=parts.GOAL,
    form=entries.TouchPoint,
    asks=(
        Ask("what", words="step_what"),
        Ask("agency", words="step_agency"),
        Ask("who", words="step_who"),
        Ask("days", "number", words="step_days"),
        Ask("information", "checks", of="categories", words="step_information"),
        Ask("bring", words="step_bring"),
        Ask("started", "date", words="step_started"),
        Ask("done", "date", words="step_done"),
    ),
    title="plan.step_title",
    hint="plan.step_hint",
    back="/plan/{number}",
    lists=_categories,
    more=("bring", "started", "done"),
)
STAGE = (Ask("stage", "choice", of="journey_stages", words="goal_stage"), Ask("reason", words="goal_reason"))
SURE = Ask("sure", "flag", words="goal_sure")
REFUSAL = (Ask("refusal", "prose", words="goal_refusal"),)
TONES = {"red": "late", "pink": "agreed", "yellow": "waiting", "green": "done"}


class Stop(NamedTuple):
    """A touch point as a page shows it. `state`: ahead, begun, done or late; `days` in words; `was`: its
    mark, by which an act on it is on this very one."""

    place: int
    id: int
    station: model.Station
    state: str
    days: str
    was: str


class Line(NamedTuple):
    """A goal as the plan shows it; `late`: its own day has passed; `slow`: a touch point of it is late;
    `turns`: its ways back and refusals in words."""

    row: Goal
    late: bool
    slow: bool
    stops: Sequence[Stop]
    turns: Sequence[str]


def overview(visit: Visit) -> Response:
    with visit.at("plan") as at:
        record = read_record(at.session, at.case)
        journey = _journey(visit, at, record)
        rows = {str(goal.id): goal for goal in record.goals}
        shown = [
            (subject, dimension, [_line(rows[one.key], one, journey, visit.t) for one in found])
            for subject, dimension, found in journey.rows
        ]
        return visit.show(
            "care/plan.html",
            **frame(at),
            svg=draw(layout(journey, visit.t, visit.lang), visit.t, visit.lang).svg(),
            words=words(journey, visit.t, visit.lang),
            several=len({subject for subject, _, _ in journey.rows}) > 1,
            rows=[row for row in shown if row[2]],
            to_sign=signed.to_sign(record.goals),
            is_open=plan.is_open,
            tone=tone,
        )


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    """The journey, on as many sheets as it needs."""
    journey = _journey(visit, at, read_record(at.session, at.case), names=names)
    journey = replace(journey, goals=[replace(goal, href="") for goal in journey.goals])
    parts = [draw(part, visit.t, visit.lang).svg() for part in pages(journey, visit.t, visit.lang, SHEET)]
    return Drawn(parts, str(visit.t("plan.title")), words(journey, visit.t, visit.lang), wide=True)


def goal(visit: Visit) -> Response:
    with visit.at("goal") as at:
        return _goal(visit, at)


def add(visit: Visit) -> Response:
    return _form(visit).add(visit)


def added(visit: Visit) -> Response:
    return _form(visit).added(visit)


def change(visit: Visit) -> Response:
    return _form(visit).change(visit)


def changed(visit: Visit) -> Response:
    return _form(visit).changed(visit)


def to_stage(visit: Visit) -> Response:
    """A goal is called reached with a step open or no signature only by who was asked about it."""
    try:
        with visit.at("goal stage") as at:
            row = entry(visit, at, Goal)
            said, crossed = merged(at.session, visit, STAGE, {"stage": row.stage})
            ends = said["stage"] == plan.stages()[-1] != row.stage
            if ends and not plan.is_whole(row) and not visit.said(SURE.name):
                raise InputError("not_whole", field=SURE.name)
            plan.to_stage(at.session, row, said["stage"], reason=said["reason"], by=at.by, now=at.now)
            return saved(at.session, visit, crossed, visit.here)
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("goal") as at:
            asks = (*STAGE, SURE) if error.field == SURE.name else STAGE
            return _goal(visit, at, refused(visit, asks, error), 422, sure=error.field == SURE.name)


def step_tapped(visit: Visit) -> Response:
    """It was begun or done today, or moves up: one tap, on the very touch point that the page showed."""
    with visit.at("goal step") as at:
        row = entry(visit, at, Goal)
        point = parts.item(row.steps, visit.params["item"])
        if mark(point) != visit.said("was"):
            raise InputError("not_here", field="item")
        place, what = row.steps.index(point), visit.said("what")
        if what == "up":
            plan.move_up(at.session, row, place, by=at.by, now=at.now)
        elif what in ("started", "done"):
            plan.mark(at.session, row, place, done=what == "done", by=at.by, now=at.now)
        else:
            raise InputError("unknown_code", field="what")
        return visit.go(f"/cases/{at.case.code}/plan/{row.id}", done="saved")


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


def _form(visit: Visit) -> EntryForm:
    """Whose goal it is is asked where there are a child and a guardian; who comes was let in to the case."""
    with visit.reading() as session:
        case = session.exec(select(Case).where(Case.code == visit.params["case"].upper())).one()
        record = read_record(session, case)
        known = [*flower.subjects(record, visit.now.astimezone().date())]
        whose = tuple(dict.fromkeys([*known, *(goal.subject for goal in record.goals)]))
    if len(whose) == 1:
        return replace(GOAL, fixed={"subject": whose[0]})
    asked = Ask("subject", "choice", words="goal_subject", options=whose)
    return replace(GOAL, asks=(asked, *GOAL.asks), start={"subject": whose[0]})


def _journey(visit: Visit, at: At, record: CaseRecord, *, names: bool = True) -> model.Journey:
    return pictures.picture(
        record,
        plan.moves_by_goal(at.session, at.case),
        at.now.astimezone().date(),
        lang=visit.lang,
        names=names,
        workers=staff(visit, at.session),
        href=lambda goal: f"/cases/{at.case.code}/plan/{goal.id}",
    )


def _line(row: Goal, drawn: model.Goal, journey: model.Journey, t: Say) -> Line:
    stops = [
        Stop(
            place=place + 1,
            id=row.steps[place]["id"],
            station=station,
            state=model.state(station),
            days=says.days(station, journey.today, t),
            was=mark(row.steps[place]),
        )
        for place, station in enumerate(drawn.stations)
    ]
    turned = [says.turn(kind, move, t) for kind, move in model.turns(drawn, journey.stages) if kind != "on"]
    return Line(row, drawn.late, any(stop.state == "late" for stop in stops), stops, turned)


def _goal(
    visit: Visit, at: At, made: Sheet | None = None, status: int = 200, *, sure: bool = False
) -> Response:
    """`sure`: whether it is reached is asked, naming what speaks against it."""
    row, head = entry(visit, at, Goal), frame(at)
    journey = _journey(visit, at, read_record(at.session, at.case))
    drawn = next(one for one in journey.goals if one.key == str(row.id))
    who = [row.who, *(point.who for point in plan.points(row))]
    return visit.show(
        "care/goal.html",
        status,
        **head,
        goal=row,
        shown=_line(row, drawn, journey, visit.t),
        several=len({subject for subject, _, _ in journey.rows}) > 1,
        danger=any(named_in(one, head["case_head"].dangers) for one in who),
        moves=plan.moves(at.session, row)[::-1],
        sheet=made or opened(at.session, visit, STAGE, {"stage": row.stage}),
        sure=sure,
        undone=plan.undone(row),
        far=plan.is_far(row),
        signed_at=drawn.signed_on,
        changed=signed.changed_since_signed(row),
        open=plan.is_open(row),
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
    Page(path="/cases/{case}/plan.pdf", may=May.CASEWORK, get=picture_page("plan", on_paper)),
    Page(path="/cases/{case}/plan/add", may=May.CASEWORK, get=add, post=added),
    Page(path=_GOAL, may=May.CASEWORK, get=goal, post=to_stage),
    Page(path=f"{_GOAL}/change", may=May.CASEWORK, get=change, post=changed),
    Page(path=f"{_GOAL}/refusal", may=May.CASEWORK, get=refusal, post=refusal_said),
    Page(path=f"{_GOAL}/out", may=May.CASEWORK, post=GOAL.out),
    *STEPS.pages,
    Page(path=f"{_GOAL}/steps/{{item}}/tap", may=May.CASEWORK, post=step_tapped),
)
