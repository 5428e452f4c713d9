"""Today: what needs me, each with the way to where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from songtor_node import waiting
from songtor_node.accounts import newcomers
from songtor_node.cases import reminders
from songtor_node.cases.models import Case, Person
from songtor_node.cases.names import called_for
from songtor_node.consents import acts as consents
from songtor_node.consents.models import Consent
from songtor_node.link.voice import is_compared
from songtor_node.referrals.history import urgency
from songtor_node.referrals.models import Referral
from songtor_node.waiting import Came
from songtor_node.web.entrance.access import May, Page, may_see_page
from songtor_node.web.forms.drafts import Draft
from songtor_node.web.forms.two_people import OtherWords
from songtor_node.web.referral.parties import party
from songtor_node.web.referral.story import state_text
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker, may_see
from songtor_web.dates import time_text

T = TypeVar("T")
ACCOUNTS = "/today/accounts"
SHOWN = 8  # lines of a kind; the rest is counted
_TONES = {"overdue": "late", "due": "waiting"}
_METHODS, _SIDES = "follow_up_methods", "dimensions"
_LABELS = {"follow_up": _METHODS, "visit": _METHODS, "goal": _SIDES, "step": _SIDES}
"""What is said of a reminder, besides: by which method, of which side of life."""


@dataclass(frozen=True, slots=True)
class Line:
    """`case`: code or number of what it is about, if it is about one. `tone` and `state`: a status, if there
    is one; `level`: a threat level; `who`: from whom or to whom. When: a day `on`, a time `at`, or a `note`
    that says more."""

    path: str
    words: str
    case: str | int | None = None
    tone: str = ""
    state: str = ""
    level: str = ""
    who: str = ""
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
        cases = _cases(session, visit, groups)
    return visit.show("today.html", groups=groups, cases=cases, line_state=visit.line(), day=_day(visit))


def _for_admin(visit: Visit) -> Response:
    """People, line, alerts; nothing of any case."""
    state = visit.line()
    with visit.reading() as session:
        people = session.exec(select(func.count()).select_from(Worker)).one()
        compared = state.enrolled and is_compared(session)
    lines = []
    if people < 2:
        lines.append(Line("/people", visit.t("today.only_you")))
    if not state.enrolled:
        lines.append(Line("/node/join", visit.t("today.join")))
    elif not compared:
        lines.append(Line("/node/keys", visit.t("today.compare")))
    if state.alerts:
        lines.append(Line("/node", visit.t("line.alerts", n=state.alerts), tone="late"))
    groups = [Group("to_do", "server", lines)] if lines else []
    return visit.show(
        "today_admin.html", groups=groups, cases={}, line_state=state, people=people, day=_day(visit)
    )


def _groups(session: Session, visit: Visit) -> Iterator[Group]:
    me, now, t = visit.me, visit.now, visit.t
    about, to_answer = partial(_referral, visit, ""), partial(_referral, visit, "today.answer_by")
    awaited = partial(_referral, visit, "today.awaited_by")

    def confirm(one: Consent) -> Line:
        return Line(f"/consents/{one.code}/confirm", t("today.confirm_one"), one.case_id, at=one.confirm_by)

    def answer(came: Came) -> Line:
        one = came.referral
        words = t(
            "today.taken_back" if one.withdrawn_at else "today.answer",
            who=party(one.peer, visit.lang, short=True),
            state=state_text(one.state, visit.lang),
        )
        return Line(_path(one), words, one.case_id, at=came.at)

    def verify(found: tuple[str, int]) -> Line:
        return Line(f"/cases/{found[0]}/facts", t("today.verify_one", n=found[1]), found[0])

    due = reminders.due(session, me, now)
    late, soon = [one for one in due if one.state != "soon"], [one for one in due if one.state == "soon"]
    yield _group("accounts", "users", newcomers.told(session, me.code), _account, ACCOUNTS)
    yield _group("undecided", "inbox", waiting.undecided(session, me), to_answer, "/referrals/incoming")
    yield _group("confirm", "shield", consents.waiting_for_second(session, me, now), confirm)
    yield _group("questions", "message", waiting.questions(session, me), to_answer, "/referrals?show=mine")
    yield _group("refused", "send", waiting.refused(session, me), about, "/referrals?show=mine")
    yield _group("answers", "message", waiting.answers(session, me, now), answer, "/referrals")
    yield _group("due", "calendar", late, partial(_due, visit), "/cases")
    yield _group("overdue", "clock", waiting.overdue(session, me, now), awaited, "/referrals?show=overdue")
    yield _group("words", "pen", _two_people(session, visit), partial(_form, visit, "today.both"))
    yield _group("drafts", "pen", _drafts(session, visit), partial(_form, visit, "today.draft"))
    yield _group("verify", "check", waiting.to_verify(session, me), verify, "/cases")
    yield _group("soon", "calendar", soon, partial(_due, visit), "/cases")


def accounts(visit: Visit) -> Response:
    """Whom to ask whether they know of it."""
    with visit.reading() as session:
        return visit.show("today_accounts.html", accounts=newcomers.told(session, visit.me.code))


def account_known(visit: Visit) -> Response:
    with visit.writing() as session:
        newcomers.settle(session, visit.said("worker"), by=visit.me.code)
    return visit.go(ACCOUNTS, done="seen")


def _account(found: tuple[Worker, datetime]) -> Line:
    worker, at = found
    return Line(ACCOUNTS, worker.name or worker.code, who=worker.code, at=at)


def _group(name: str, icon: str, found: Sequence[T], line_of: Callable[[T], Line], all_at: str = "") -> Group:
    lines = [line_of(one) for one in found[:SHOWN]]
    return Group(name, icon, lines, max(0, len(found) - SHOWN), all_at)


def _referral(visit: Visit, until: str, one: Referral) -> Line:
    """`until`: a key of the words about the day by which it should be answered; empty where nobody should."""
    key = "today.to" if one.outgoing else "today.from"
    who = visit.t(key, who=party(one.peer, visit.lang, short=True), reference=one.reference)
    purpose = visit.node.policy.purposes.get(one.purpose)
    level = urgency(one)
    return Line(
        _path(one),
        purpose.label(visit.lang) if purpose else who,
        one.case_id,
        level=level if level in visit.node.vocabulary.threat_levels else "",
        who=who if purpose else "",
        note=visit.t(until, when=time_text(one.respond_by, visit.lang)) if until else "",
    )


def _path(one: Referral) -> str:
    return f"/referrals/{one.reference}"


def _due(visit: Visit, one: reminders.Reminder) -> Line:
    words = str(visit.t(f"today.{one.what}"))
    if one.what in _LABELS and one.label:
        words += f": {getattr(visit.node.vocabulary, _LABELS[one.what])[one.label].label(visit.lang)}"
    tone = _TONES.get(one.state, "")
    state = str(visit.t(f"today.{one.state}")) if tone else ""
    return Line(one.path, words, one.case, tone, state, on=one.on, at=one.at)


def _form(visit: Visit, words: str, one: Draft | OtherWords) -> Line:
    """A form's address, when it is a case's, begins with the case's; then it says which task it is of."""
    room, case, task = [*one.form.strip("/").split("/"), "", ""][:3]
    place = "places.new_case" if case == "new" else f"case.task_{task.replace('-', '_')}"
    key = place if room == "cases" else f"places.{room}"
    named = f"{visit.t(words)}: {visit.t(key)}" if key in visit.texts else visit.t(words)
    return Line(one.form, named, case if room == "cases" else None, at=one.at)


def _drafts(session: Session, visit: Visit) -> Sequence[Draft]:
    query = select(Draft).where(Draft.worker == visit.me.code).order_by(col(Draft.at).desc())
    return [one for one in session.exec(query) if may_see_page(session, visit.me, one.form)]


def _two_people(session: Session, visit: Visit) -> Sequence[OtherWords]:
    """Where two people wrote at once and nobody has chosen yet, as long as the case is theirs to see."""
    mine = (col(OtherWords.by) == visit.me.code) | (col(OtherWords.against) == visit.me.code)
    query = select(OtherWords).where(OtherWords.choice == "", mine).order_by(col(OtherWords.id).desc())
    found = {one.form: one for one in session.exec(query)}
    return [one for one in found.values() if may_see_page(session, visit.me, one.form)]


def _cases(session: Session, visit: Visit, groups: Iterable[Group]) -> dict[str | int, tuple[str, str]]:
    """Code and name of the cases that the lines are about, by code and by number."""
    about = {one.case for group in groups for one in group.lines if one.case}
    codes, numbers = (
        {one for one in about if isinstance(one, str)},
        {one for one in about if isinstance(one, int)},
    )
    query = select(Case.id, Case.code, Person).join(Person, col(Person.case_id) == col(Case.id))
    query = query.where(col(Case.code).in_(codes) | col(Case.id).in_(numbers), Person.relation == "")
    found: dict[str | int, tuple[str, str]] = {}
    for number, code, person in session.exec(query):
        found[code] = found[number or 0] = (code, called_for(person, visit.me, visit.lang))
    return found


def _day(visit: Visit) -> date:
    return visit.now.astimezone().date()


PAGES = (
    Page(path="/", may=May.WORKER, get=today),
    Page(path=ACCOUNTS, may=May.ALL_CASES, get=accounts, post=account_known),
)
