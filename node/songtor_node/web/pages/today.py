"""Today: what needs me, each with the way to where it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from songtor_node import waiting
from songtor_node.cases import reminders
from songtor_node.cases.models import Case, Person
from songtor_node.cases.names import called_for
from songtor_node.consents import acts as consents
from songtor_node.referrals.models import Referral
from songtor_node.web.access import May, Page
from songtor_node.web.parties import party
from songtor_node.web.reach.line import line
from songtor_node.web.referral_story import state_text
from songtor_node.web.sheet import Draft, OtherWords
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker, may_see
from songtor_web.dates import time_text

SHOWN = 8  # lines of a kind; the rest is counted
_TONES = {"overdue": "late", "due": "waiting"}


@dataclass(frozen=True, slots=True)
class Line:
    """`case`: the code of what it is about, if it is about one. `tone` and `state`: a status, if there is
    one. When: a day `on`, a time `at`, or a `note` that says more."""

    path: str
    words: str
    case: str = ""
    tone: str = ""
    state: str = ""
    on: date | None = None
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind; `name` is of texts/today.yaml. `more`: how many are not shown, `all_at` where they
    are."""

    name: str
    icon: str
    lines: Sequence[Line]
    more: int = 0
    all_at: str = ""


def today(visit: Visit) -> Response:
    if not may_see(visit.me.role, assigned=True):
        return _for_admin(visit)
    with visit.reading() as session:
        groups = [group for group in _groups(session, visit) if group.lines]
        codes = {one.case for group in groups for one in group.lines if one.case}
        names = _names(session, visit.me, visit.lang, codes)
    return visit.show("today.html", groups=groups, names=names, line_state=line(visit), day=_day(visit))


def _for_admin(visit: Visit) -> Response:
    """People, line, alerts; nothing of any case."""
    state = line(visit)
    with visit.reading() as session:
        people = session.exec(select(func.count()).select_from(Worker)).one()
    lines = []
    if people < 2:
        lines.append(Line("/people", visit.t("today.only_you")))
    if not state.enrolled:
        lines.append(Line("/node/join", visit.t("today.join")))
    if state.alerts:
        lines.append(Line("/node", visit.t("line.alerts", n=state.alerts), tone="late"))
    groups = [Group("to_do", "server", lines)] if lines else []
    return visit.show(
        "today_admin.html", groups=groups, names={}, line_state=state, people=people, day=_day(visit)
    )


def _groups(session: Session, visit: Visit) -> Iterator[Group]:
    me, now, t = visit.me, visit.now, visit.t
    about = partial(_referral, session, visit)
    yield _group("undecided", "inbox", map(about, waiting.undecided(session, me)), "/referrals/incoming")
    yield _group(
        "confirm",
        "shield",
        (
            Line(
                f"/consents/{one.code}/confirm",
                t("today.confirm_one"),
                _code(session, one.case_id),
                at=one.confirm_by,
            )
            for one in consents.waiting_for_second(session, me, now)
        ),
    )
    yield _group(
        "questions", "message", map(about, waiting.questions(session, me, now)), "/referrals?show=mine"
    )
    yield _group("refused", "send", map(about, waiting.refused(session, me, now)), "/referrals?show=mine")
    yield _group(
        "answers",
        "message",
        (
            Line(
                _path(came.referral),
                t(
                    "today.answer",
                    who=party(came.referral.peer, visit.lang),
                    state=state_text(came.referral.state, visit.lang),
                ),
                _code(session, came.referral.case_id),
                at=came.at,
            )
            for came in waiting.answers(session, me, now)
        ),
        "/referrals",
    )
    due = reminders.due(session, me, now)
    yield _group("due", "calendar", (_due(visit, one) for one in due if one.state != "soon"), "/cases")
    yield _group("overdue", "clock", map(about, waiting.overdue(session, me, now)), "/referrals?show=overdue")
    yield _group("words", "pen", _two_people(session, visit))
    yield _group("drafts", "pen", _drafts(session, visit))
    yield _group(
        "verify",
        "check",
        (
            Line(f"/cases/{code}/facts", t("today.verify_one", n=number), code)
            for code, number in waiting.to_verify(session, me)
        ),
        "/cases",
    )
    yield _group("soon", "calendar", (_due(visit, one) for one in due if one.state == "soon"), "/cases")


def _group(name: str, icon: str, lines: Iterable[Line], all_at: str = "") -> Group:
    found = list(lines)
    return Group(name, icon, found[:SHOWN], max(0, len(found) - SHOWN), all_at)


def _referral(session: Session, visit: Visit, one: Referral) -> Line:
    key = "today.to" if one.outgoing else "today.from"
    words = visit.t(key, who=party(one.peer, visit.lang), reference=one.reference)
    key = "today.awaited_by" if one.outgoing else "today.answer_by"
    note = visit.t(key, when=time_text(one.respond_by, visit.lang))
    return Line(_path(one), words, _code(session, one.case_id), note=note)


def _path(one: Referral) -> str:
    return f"/referrals/{one.reference}"


def _due(visit: Visit, one: reminders.Reminder) -> Line:
    words = visit.t(f"today.{one.what}")
    tone = _TONES.get(one.state, "")
    state = str(visit.t(f"today.{one.state}")) if tone else ""
    return Line(one.path, words, one.case, tone, state, on=one.on, at=one.at)


def _drafts(session: Session, visit: Visit) -> Iterator[Line]:
    query = select(Draft).where(Draft.worker == visit.me.code).order_by(col(Draft.at).desc())
    for one in session.exec(query):
        yield Line(one.form, visit.t("today.draft"), _case_in(one.form), at=one.at)


def _two_people(session: Session, visit: Visit) -> Iterator[Line]:
    """Where two people wrote at once and nobody has chosen yet."""
    mine = (col(OtherWords.by) == visit.me.code) | (col(OtherWords.against) == visit.me.code)
    query = select(OtherWords).where(OtherWords.choice == "", mine).order_by(col(OtherWords.id).desc())
    for one in {one.form: one for one in session.exec(query)}.values():
        yield Line(one.form, visit.t("today.both"), _case_in(one.form), at=one.at)


def _case_in(path: str) -> str:
    parts = path.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "cases" and parts[2].startswith("C-") else ""


def _code(session: Session, number: int | None) -> str:
    case = session.get(Case, number) if number else None
    return case.code if case else ""


def _names(session: Session, worker: Worker, lang: str, codes: Iterable[str]) -> dict[str, str]:
    query = select(Case.code, Person).join(Person, col(Person.case_id) == col(Case.id))
    query = query.where(col(Case.code).in_(list(codes)), Person.relation == "")
    return {code: called_for(person, worker, lang) for code, person in session.exec(query)}


def _day(visit: Visit) -> date:
    return visit.now.astimezone().date()


PAGES = (Page(path="/", may=May.WORKER, get=today),)
