"""The places of help that this house has written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Resource(Row, table=True):
    """`needs`: codes of the vocabulary's problems; none is for any. `checked_at`: when somebody last found
    that it is still so."""

    __tablename__ = "resource"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    name: str
    country: str = Field(index=True)
    city: str = ""
    phone: str = ""
    address: str = ""
    link: str = ""
    hours: str = ""
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    needs: list[str] = Field(default_factory=list, sa_type=JSON)
    note: str = ""
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
    checked_by: str | None = Field(default=None, foreign_key="worker.code")
    checked_at: datetime | None = Field(default=None, sa_type=Instant)


class NetworkCheck(Row, table=True):
    """When this house last found that an entry of the network's still holds."""

    __tablename__ = "network_check"

    entry: str = Field(primary_key=True)
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
