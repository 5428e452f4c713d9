"""Who works at the desks, and what they did there: rows that people make, on the hub's one metadata.

No row holds what a case says in the clear: `Act.sealed` is sealed to the desk's own key, and is destroyed
with the task's envelopes when consent is withdrawn.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from songtor_hub.store.tables import metadata


class Row(SQLModel, registry=registry(metadata=metadata)):
    """Base of the hub's mapped rows: a registry of its own, so that one test can load both sides."""


class Officer(Row, table=True):
    """A person at the hub, by a code. `desk` as in an address ("dwf", "province-10"); empty where at none."""

    __tablename__ = "officer"

    code: str = Field(primary_key=True, sa_type=String)
    desk: str = Field(sa_type=String)
    role: str = Field(sa_type=String)
    closed_ms: int | None = Field(default=None, sa_type=BigInteger)


class Act(Row, table=True):
    """Who did what at which desk. It stays when content is destroyed.

    `act` is what the envelope that it caused asks for ("opening", "accepted", "question" ...), or one of the
    desk's own ("case", "traced_consent", "hold"). `sealed` is what was said, to the desk's own key.
    """

    __tablename__ = "desk_act"

    id: int | None = Field(default=None, primary_key=True)
    task: bytes = Field(index=True)
    desk: str = Field(sa_type=String)
    officer: str = Field(foreign_key="officer.code", sa_type=String)
    role: str = Field(sa_type=String)
    act: str = Field(sa_type=String)
    at_ms: int = Field(sa_type=BigInteger)
    sealed: bytes | None = None
    key_version: int
