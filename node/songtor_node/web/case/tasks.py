"""The tasks of a case, step by step, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session, func, select

from songtor_node.cases.flower import UNKNOWN
from songtor_node.cases.papers import Paper
from songtor_node.cases.record import CaseRecord
from songtor_node.consents.models import Consent
from songtor_node.referrals import find
from songtor_node.referrals.models import Referral
from songtor_proto.lifecycle import OPEN

PATHS: Mapping[str, Sequence[str]] = {
    "intake": ("arrival", "client", "contact", "story", "request"),
    "fact_finding": (
        "facts", "visits", "people", "genogram", "incidents", "timeline", "background", "unsafe", "papers",
    ),
    "assessment": ("problems", "flower", "ecomap"),
    "planning": ("plan",),
    "assistance": ("assistance", "telecare", "consents", "refer"),
    "follow_up": ("follow-ups", "notes"),
    "closure": ("closure",),
}  # fmt: skip
"""Paths below the case's; the words of `case.task_…` with _ for -."""

DONE, BEGUN, NONE = "done", "begun", "none"
WHERE_ASKED = {
    "group": "arrival", "channel": "arrival", "name": "client/names", "safe_contact": "contact",
    "story": "story", "request": "request", "people": "people", "birth_date": "client/about",
    "country": "client/address", "visit": "visits", "facts": "facts", "checked": "facts",
    "problems": "problems", "petals": "flower", "goals": "plan", "agreed": "agreement", "work": "assistance",
    "follow_ups": "follow-ups",
}  # fmt: skip
"""Where what is missing is asked for."""


class Task(NamedTuple):
    path: str
    state: str

    @property
    def word(self) -> str:
        return self.path.replace("-", "_")


@dataclass(frozen=True, slots=True)
class Beside:
    """What hangs on a case and is no part of its record. `referrals`: the newest of each."""

    papers: int
    consents: Sequence[Consent]
    referrals: Sequence[Referral]

    @property
    def open_referrals(self) -> list[Referral]:
        return [one for one in self.referrals if one.state in OPEN]


def beside(session: Session, record: CaseRecord) -> Beside:
    case = record.case.id
    return Beside(
        papers=session.exec(select(func.count()).where(Paper.case_id == case)).one(),
        consents=session.exec(select(Consent).where(Consent.case_id == case)).all(),
        referrals=find.of_case(session, record.case),
    )


def tasks(record: CaseRecord, other: Beside) -> dict[str, list[Task]]:
    """By step. What was begun and what is done is said in words; nothing waits for anything."""
    far = _how_far(record, other)
    return {step: [Task(path, far[path]) for path in paths] for step, paths in PATHS.items()}


def _how_far(record: CaseRecord, other: Beside) -> dict[str, str]:
    case, client = record.case, record.client
    blocks = (case.health, case.legal_status, case.finances, case.education)
    named = client.name_thai or client.name_latin
    judged = [petal for petal in record.petals if petal.level != UNKNOWN]
    return {
        "arrival": _part(case.target_group, case.channel),
        "client": _part(named, named or client.nickname, client.birth_date, client.country),
        "contact": _part(client.contacts, any(contact["safe"] for contact in client.contacts)),
        "story": _part(case.narrative),
        "request": _part(case.request.get("text") or case.request.get("kinds")),
        "facts": _list([fact.verification != "unverified" for fact in record.facts]),
        "visits": _list([visit.state != "planned" for visit in record.visits]),
        "people": _part(record.people),
        "genogram": _part(record.ties),
        "incidents": _part(record.incidents),
        "timeline": _part(record.events),
        "background": _part(*(any(block.values()) for block in blocks)),
        "unsafe": _part(case.unsafe),
        "papers": _part(other.papers),
        "problems": _part(record.problems),
        "flower": _list([len(judged) >= 4] if judged else []),
        "ecomap": _part(record.connections),
        "plan": _list([goal.stage == "completed" or bool(goal.outcome) for goal in record.goals]),
        "assistance": _part(record.work),
        "telecare": _list([session.state != "planned" for session in record.sessions]),
        "consents": _part(other.consents),
        "refer": _list([one.state not in OPEN for one in other.referrals]),
        "follow-ups": _list([bool(one.done) for one in record.follow_ups]),
        "notes": _part(record.notes),
        "closure": DONE if case.step == "closure" else NONE,
    }


def _part(*said: object) -> str:
    """Of several things that can be told: all, some, or none."""
    return DONE if all(said) else BEGUN if any(said) else NONE


def _list(settled: Sequence[bool]) -> str:
    return NONE if not settled else DONE if all(settled) else BEGUN
