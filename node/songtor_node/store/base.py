"""The base of every table of the node, with a registry of its own, and how an instant is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from songtor_proto.times import from_ms, to_ms


class Row(SQLModel, registry=registry()):
    """Base of the node's tables; never serialised outwards, nor shown in an error or a log."""

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__


metadata = Row.metadata


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as integer milliseconds since the epoch."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Setting(Row, table=True):
    """A fact of this node: its seat, network, addresses."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True)
    value: str
