"""A plan that is being signed: who is asked which goals, what they read, and how it is kept.

What was asked is the worker's draft until it is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from songtor_node.cases import papers, plan, signed
from songtor_node.cases.models import Goal, Person
from songtor_node.cases.names import called
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.consents.danger import may_be_given
from songtor_node.web.forms.drafts import Draft, drop_draft, keep_draft
from songtor_node.web.visit import At, Visit
from songtor_proto.vocabulary import policy
from songtor_web.dates import date_text
from songtor_web.texts import LANGUAGES, Say

CLIENT, GUARDIAN = "client", "guardian:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked to sign which goals, in which language; which of them they ticked, and the mark of what
    they read. Kept as the worker's draft until it is signed."""

    by: str
    goals: tuple[str, ...]
    language: str
    agreed: tuple[str, ...] = ()
    seen: str = ""


class Signer(NamedTuple):
    code: str
    name: str


class Screen(NamedTuple):
    """One screen of it, inside one transaction; `t` speaks the language of whoever reads."""

    visit: Visit
    at: At
    record: CaseRecord
    asked: Asked
    goals: Sequence[Goal]
    signer: Signer

    @property
    def t(self) -> Say:
        return self.visit.t

    @property
    def seen(self) -> str:
        return " ".join(signed.words_of(goal)[:16] for goal in self.goals)


@contextmanager
def at_screen(visit: Visit, *, language: bool) -> Iterator[Screen | None]:
    """None where nothing is to be signed any more, or who was asked may not be (C6)."""
    with visit.at("agreement") as at:
        asked, record = _found(visit, at), read_record(at.session, at.case)
        may_sign = {one.code: one for one in signers(record, visit.t)}
        goals = [goal for goal in signed.to_sign(record.goals) if asked and str(goal.id) in asked.goals]
        if asked is None or not goals or asked.by not in may_sign:
            yield None
            return
        spoken = replace(visit, lang=asked.language) if language else visit
        yield Screen(spoken, at, record, asked, goals, may_sign[asked.by])


def signers(record: CaseRecord, t: Say) -> list[Signer]:
    """The client, and guardians who are not the danger."""
    client = called(record.client, "th") or t("plan.sign_client").unescape()

    def guardian(person: Person) -> str:
        return " ".join(filter(None, (person.relation, called(person, "th"))))

    return [
        Signer(CLIENT, client),
        *(Signer(f"{GUARDIAN}{one.key}", guardian(one)) for one in may_be_given(record)),
    ]


def plainly(goal: Goal, screen: Screen) -> list[str]:
    """The goal without its own words, line by line, none of them twice; a line with a dash is a step."""
    t, lang = screen.t, screen.visit.lang
    who = " · ".join(filter(None, (goal.who, goal.agency)))
    todo = "" if goal.todo == goal.text else goal.todo
    told = [todo, t("plan.read_who", who=who).unescape() if who else ""]
    for point in plan.points(goal):
        more = " · ".join(filter(None, (point.agency, point.who)))
        days = t("plan.read_days", n=point.days).unescape() if point.days else ""
        what = "" if point.what in (goal.text, goal.todo) else point.what
        step = " · ".join(filter(None, (what, more, days)))
        told.append(f"- {step}" if step else "")
    needs = {
        code: policy().categories[code].label(lang)
        for point in plan.points(goal)
        for code in point.information
    }
    if needs:
        told.append(t("plan.read_needs", what=", ".join(needs.values())).unescape())
    if goal.due:
        told.append(t("plan.read_due", date=date_text(goal.due, lang)).unescape())
    return [one for one in told if one]


def parts(screen: Screen) -> list[list[str]]:
    """All of it, to read aloud or to print."""
    intro, end = screen.t("plan.read_intro").unescape(), screen.t("plan.read_end").unescape()
    return [[intro], *([goal.text, *plainly(goal, screen)] for goal in screen.goals), [end]]


def sign(
    screen: Screen, goals: Sequence[Goal], *, paper: str = "", witness: str = "", kept: str = ""
) -> None:
    made = signed.Signature(
        by="client" if screen.signer.code == CLIENT else "guardian",
        name=screen.signer.name,
        paper=paper,
        witness=witness,
        kept=kept,
    )
    signed.sign(screen.at.session, goals, made, by=screen.at.by, now=screen.at.now)
    drop_draft(screen.at.session, screen.visit.me.code, path_of(screen.visit))


def kept_paper(screen: Screen, file: papers.File, kind: str) -> str:
    """The number under which it is kept with the case."""
    at, name = screen.at, screen.t(f"plan.kept_{kind}").unescape()
    kept = papers.keep(at.session, at.case, name=name, file=file, kind=kind, by=at.by, now=at.now)
    return str(kept.id)


def keep(visit: Visit, at: At, asked: Asked) -> None:
    values = {name: [one] if isinstance(one, str) else list(one) for name, one in asdict(asked).items()}
    keep_draft(at.session, visit.me.code, path_of(visit), values, at.now)


def _found(visit: Visit, at: At) -> Asked | None:
    draft = at.session.get(Draft, (visit.me.code, path_of(visit)))
    said: Mapping[str, list[str]] = draft.values if draft else {}
    if not said.get("by"):
        return None
    return Asked(
        by=said["by"][0],
        goals=tuple(said.get("goals", ())),
        language=said.get("language", [""])[0] or LANGUAGES[0],
        agreed=tuple(said.get("agreed", ())),
        seen=said.get("seen", [""])[0],
    )


def path_of(visit: Visit, below: str = "") -> str:
    return f"/cases/{visit.params['case'].upper()}/agreement{below}"
