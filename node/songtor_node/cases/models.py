"""The tables of case work. Each entry says who made it and when.

JSON columns hold what is never searched inside; dates known in part are ISO 8601 text ("1988", "1988-04").
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Case(Row, table=True):
    __tablename__ = "case"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    step: str = Field(index=True)
    target_group: str
    channel: str
    referrer: str = ""
    origin: str = ""  # reference of the referral that it came from
    narrative: str = ""
    request: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    urgency: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # set above the worst petal
    health: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    legal_status: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    finances: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    education: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    unsafe: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)


class Entry(Row):
    """What is added to a case, by whom and when."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True, ondelete="CASCADE")
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)


class Person(Entry, table=True):
    """The client (`relation` empty) or someone else in the case."""

    __tablename__ = "person"

    relation: str = ""
    guardian: bool = False
    danger: bool = False
    lives_with_client: bool = False
    name_thai: str = ""
    name_latin: str = ""
    nickname: str = ""
    sex: str = "unknown"
    birth_date: str = ""
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    nationality: str = ""
    religion: str = ""
    contacts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    address: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    identity_numbers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class Problem(Entry, table=True):
    """`rank` 1 is the most pressing."""

    __tablename__ = "problem"

    rank: int
    code: str = Field(index=True)
    note: str = ""


class Threat(Entry, table=True):
    """A petal as it was judged then; the newest of each subject and dimension counts."""

    __tablename__ = "threat"

    subject: str
    dimension: str
    level: str
    reason: str = ""


class Fact(Entry, table=True):
    __tablename__ = "fact"

    text: str
    source: str = ""
    verification: str = "unverified"
    how: str = ""
    verified_by: str | None = Field(default=None, foreign_key="worker.code")
    verified_at: datetime | None = Field(default=None, sa_type=Instant)


class Event(Entry, table=True):
    __tablename__ = "event"

    when: str
    until: str = ""
    theme: str = ""
    text: str


class Incident(Entry, table=True):
    __tablename__ = "incident"

    when: str = ""
    text: str
    perpetrator: str = ""


class Work(Entry, table=True):
    __tablename__ = "work"

    when: str = ""
    kind: str
    practice_form: str
    agency: str = ""
    who: str = ""
    hours: float = 0.0
    text: str = ""


class FollowUp(Entry, table=True):
    __tablename__ = "follow_up"

    method: str
    due: str = Field(index=True)
    done: str = ""
    result: str = ""
    done_by: str | None = Field(default=None, foreign_key="worker.code")


class Note(Entry, table=True):
    __tablename__ = "note"

    text: str


class StepTaken(Entry, table=True):
    __tablename__ = "step"

    step: str
    reason: str = ""


class Look(Entry, table=True):
    """Someone read or changed the case; `what` is the act's name."""

    __tablename__ = "look"

    what: str


class Assignment(Entry, table=True):
    """A worker who sees only assigned cases sees this one."""

    __tablename__ = "assignment"

    worker: str = Field(foreign_key="worker.code", index=True)
