"""The tables of case work. Each entry says who made it and when.

JSON columns hold what is never searched inside; dates known in part are ISO 8601 text ("1988", "1988-04").
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Index
from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Case(Row, table=True):
    __tablename__ = "case"
    # Figures are counted from the index alone: a row is wide.
    __table_args__ = (Index("ix_case_at", "at", "step", "channel"),)

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
    assessment: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    unsafe: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)


class Entry(Row):
    """What is added to a case, by whom and when. A number is never given again, not even of what was taken
    out: drafts and former words are found by it."""

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True, ondelete="CASCADE")
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)


class Person(Entry, table=True):
    """The client (`relation` empty) or someone else in the case."""

    __tablename__ = "person"

    key: str = Field(default="", sa_column_kwargs={"server_default": ""})  # by which ties name them
    relation: str = ""
    guardian: bool = False
    danger: bool = False
    lives_with_client: bool = False
    name_thai: str = ""
    name_latin: str = ""
    nickname: str = ""
    sex: str = "unknown"
    birth_date: str = ""
    born: str = Field(default="", sa_column_kwargs={"server_default": ""})  # empty is alive at birth
    deceased: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    death_date: str = Field(default="", sa_column_kwargs={"server_default": ""})
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
    together: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})


class Fact(Entry, table=True):
    __tablename__ = "fact"

    text: str
    source: str = ""
    verification: str = "unverified"
    how: str = ""
    verified_by: str | None = Field(default=None, foreign_key="worker.code")
    verified_at: datetime | None = Field(default=None, sa_type=Instant)


class Tie(Entry, table=True):
    """Between two people of the case, by their keys: kin, a union, a bond. `one` is the parent of `other`, or
    does it to them."""

    __tablename__ = "tie"

    one: str
    other: str
    kind: str
    since: str = ""
    until: str = ""


class Connection(Entry, table=True):
    """Of the household, or of `whom` in it (a person's key), with a service or somebody around it."""

    __tablename__ = "connection"

    name: str
    kind: str
    whom: str = ""
    strength: str
    flow: str
    note: str = ""


class Event(Entry, table=True):
    """`when` is EDTF: `2019~` is about 2019; `until` `..` is still so. Where only the order is known, `after`
    or `before` is another event's key. `led_to`: keys of what came of it."""

    __tablename__ = "event"

    key: str = Field(default="", sa_column_kwargs={"server_default": ""})
    when: str
    until: str = ""
    after: str = Field(default="", sa_column_kwargs={"server_default": ""})
    before: str = Field(default="", sa_column_kwargs={"server_default": ""})
    led_to: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    theme: str = ""
    text: str


class Meeting(Entry, table=True):
    """A visit or a call."""

    __tablename__ = "meeting"

    when: str = ""
    at_time: str = ""
    method: str
    state: str
    who: str = ""
    met: str = ""
    where: str = ""
    found: str = ""
    safety: str = "unknown"


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
    cost: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    currency: str = Field(default="", sa_column_kwargs={"server_default": ""})
    text: str = ""


class FollowUp(Entry, table=True):
    __tablename__ = "follow_up"

    method: str
    due: str = Field(index=True)
    done: str = ""
    condition: str = Field(default="", sa_column_kwargs={"server_default": ""})
    result: str = ""
    done_by: str | None = Field(default=None, foreign_key="worker.code")


class Goal(Entry, table=True):
    """One goal of the plan: what shall be reached in a dimension for `subject`, who does what for it by when,
    and its touch points in their order. `signed`: by whom, when, and the paper with the signature."""

    __tablename__ = "goal"

    subject: str = Field(default="client", sa_column_kwargs={"server_default": "client"})
    dimension: str
    text: str
    todo: str = ""
    agency: str = ""
    who: str = ""
    steps: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    signed: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    due: str = Field(default="", index=True)
    stage: str
    refusal: str = ""  # the client's or guardian's no, in their words
    outcome: str = ""
    outcome_text: str = ""


class GoalMove(Entry, table=True):
    """A goal came to a stage, or was refused there, or taken up again."""

    __tablename__ = "goal_move"

    goal_id: int = Field(index=True)  # it outlives a goal that was taken out, and may come back
    stage: str
    refused: bool = False
    reason: str = ""


class TeleSession(Entry, table=True):
    """`uid` and `sequence` are the appointment's in a calendar: one that moved keeps its `uid`."""

    __tablename__ = "tele_session"

    starts: datetime = Field(sa_type=Instant, index=True)
    minutes: int
    client_zone: str = ""
    link: str = ""
    joins: str = ""
    interpreter: str = ""
    safe_checked: bool = False
    state: str = "planned"
    notes: str = ""
    uid: str = Field(default_factory=lambda: uuid4().hex, index=True)
    sequence: int = 0


class Closing(Entry, table=True):
    """How a case ended. A case that was reopened has several."""

    __tablename__ = "closing"

    outcome: str
    reason: str = ""
    summary: str = ""
    satisfaction: str = ""


class Note(Entry, table=True):
    __tablename__ = "note"

    text: str


class StepTaken(Entry, table=True):
    __tablename__ = "step"

    step: str
    reason: str = ""


class Change(Entry, table=True):
    """What stood in the fields of a row (of the table `what`) before somebody corrected it; `gone`: it was
    taken out, and `former` is all of it, until it is put `back`."""

    __tablename__ = "change"

    what: str
    row: int = Field(index=True)
    former: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    gone: bool = False
    back: bool = False


class Alike(Entry, table=True):
    """Somebody like this case's client is the client of another. `why`: codes of `duplicates.Why`; `answer`:
    same or other, once a worker has looked."""

    __tablename__ = "alike"

    other_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    why: list[str] = Field(default_factory=list, sa_type=JSON)
    answer: str = ""


class Begun(Row, table=True):
    """The case that a page's first answer made, so that the same answer sent again makes no second one."""

    __tablename__ = "begun"

    once: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")


class Look(Entry, table=True):
    """Someone read or changed the case; `what` is the act's name."""

    __tablename__ = "look"

    what: str


class Assignment(Entry, table=True):
    """A worker who sees only assigned cases sees this one."""

    __tablename__ = "assignment"

    worker: str = Field(foreign_key="worker.code", index=True)
