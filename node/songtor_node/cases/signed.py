"""Goals of a plan that the client or a guardian signed, and whether what they signed still stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from songtor_node.cases import plan
from songtor_node.cases.models import Goal
from songtor_node.workers import Worker

_WORDS = ("subject", "dimension", "text", "todo", "agency", "who", "due")
_POINT_WORDS = ("what", "agency", "who", "information", "bring", "days")
"""What somebody agrees to who signs a goal; what was begun and done since then is no change of it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`by`: client or guardian, `name` as they are called. `paper`: the number of the paper with it; without
    one it was said before the `witness`, or the sheet lies where `kept` says."""

    by: Literal["client", "guardian"]
    name: str
    paper: str = ""
    witness: str = ""
    kept: str = ""


def sign(
    session: Session, agreed: Iterable[Goal], signature: Signature, *, by: Worker, now: datetime
) -> None:
    """These goals were signed, as their words are now; who was not so far yet has come to that stage."""
    stage = plan.stages()[1]
    for goal in agreed:
        goal.signed = {**asdict(signature), "at": now.isoformat(), "words": words_of(goal)}
        if plan.stages().index(goal.stage) < 1:
            plan.to_stage(session, goal, stage, reason="", by=by, now=now)
    session.flush()


def to_sign(goals: Iterable[Goal]) -> list[Goal]:
    """Those that wait for a signature: open, and not signed as they are now."""
    return [goal for goal in goals if plan.is_open(goal) and (not goal.signed or changed_since_signed(goal))]


def changed_since_signed(goal: Goal) -> bool:
    """Whether it says other than what was signed, or went back to before it was."""
    is_back = goal.stage == plan.stages()[0]
    return bool(goal.signed) and (is_back or goal.signed["words"] != words_of(goal))


def words_of(goal: Goal) -> str:
    """A digest of what somebody agrees to who signs it."""
    said = {name: getattr(goal, name) for name in _WORDS}
    said["steps"] = [{name: one.get(name) for name in _POINT_WORDS} for one in goal.steps]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
