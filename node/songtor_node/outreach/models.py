"""What was told where."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Telling(Row, table=True):
    """One time that people were told. `people`: about how many, 0 where nobody counted."""

    __tablename__ = "telling"

    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(index=True)
    way: str
    place: str = ""
    said: str = ""
    people: int = 0
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
