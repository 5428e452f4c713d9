"""Who may see a case, and who has: the team, and every look."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from songtor_node import workers
from songtor_node.cases import service
from songtor_node.cases.models import Assignment, Case, Look
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.visit import Visit
from songtor_node.workers import SEES_ALL, Worker, may_see
from songtor_proto.errors import InputError
from songtor_web.texts import Texts

PAGE = 50
_VERBS = {"add": "did_add", "change": "did_change", "take out": "did_take_out"}
_NO_WORD = re.compile(r"[^a-z]+")
_OTHER = "looks.other"


def team(visit: Visit) -> Response:
    with visit.at("team") as at:
        assigned = _assigned(at.session, at.case)
        everyone = workers.listing(at.session)
        return visit.show(
            "case/team.html",
            **frame(at),
            assigned=assigned,
            by_role=[one for one in everyone if one.role in SEES_ALL],
            others=[
                one
                for one in everyone
                if one.role not in SEES_ALL
                and may_see(one.role, assigned=True)
                and one.code not in {worker.code for worker, _ in assigned}
            ],
        )


def change_team(visit: Visit) -> Response:
    """One lets another see the case, or no longer."""
    if taken := visit.said("take"):
        with visit.at("unassign") as at:
            service.unassign(at.session, at.case, taken)
        return visit.go(f"/cases/{visit.params['case']}/team", done="unassigned")
    with visit.at("assign") as at:
        worker = workers.acting(at.session, visit.said("worker"))
        if not may_see(worker.role, assigned=True):
            raise InputError("not_here", field="worker")
        service.assign(at.session, at.case, worker.code, by=at.by, now=at.now)
    return visit.go(f"/cases/{visit.params['case']}/team", done="assigned")


def looks(visit: Visit) -> Response:
    """Every look, the newest first; so many to a page."""
    with visit.at("looks") as at:
        number = visit.page_number
        of_case = Look.case_id == at.case.id
        total = at.session.exec(select(func.count()).where(of_case)).one()
        found = at.session.exec(
            select(Look, Worker)
            .join(Worker, col(Worker.code) == col(Look.by))
            .where(of_case)
            .order_by(col(Look.id).desc())
            .offset(PAGE * (number - 1))
            .limit(PAGE)
        ).all()
        return visit.show(
            "case/looks.html",
            **frame(at),
            looks=[(look, who, words(visit.texts, visit.lang, look.what)) for look, who in found],
            total=total,
            number=number,
            pages=-(-total // PAGE),
        )


def words(texts: Texts, lang: str, what: str) -> str:
    """What was looked at or done, from the name that it was recorded by: `story`, `client/names`,
    `take out goal`. A name of a newer program's is told as a look."""
    verb, _, kind = what.rpartition(" ")
    thing = f"looks.kind_{kind}"
    if verb in _VERBS and thing in texts:
        return str(texts.say(lang, f"looks.{_VERBS[verb]}", what=texts.say(lang, thing)))
    names = (_NO_WORD.sub("_", what), what.split("/", maxsplit=1)[0])
    return str(texts.say(lang, next((key for key in map("looks.{}".format, names) if key in texts), _OTHER)))


def _assigned(session: Session, case: Case) -> Sequence[tuple[Worker, Assignment]]:
    """Those who see it because somebody let them, the first first."""
    query = select(Worker, Assignment).join(Assignment, col(Assignment.worker) == col(Worker.code))
    found = session.exec(query.where(Assignment.case_id == case.id).order_by(col(Assignment.id))).all()
    return [(worker, one) for worker, one in found if worker.role not in SEES_ALL]


PAGES = (
    Page(path="/cases/{case}/team", may=May.ALL_CASES, get=team, post=change_team),
    Page(path="/cases/{case}/looks", may=May.CASEWORK, get=looks),
)
