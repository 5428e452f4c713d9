"""What the link keeps: this seat's certificate, and how far the hub's log was seen."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Certificate(Row, table=True):
    """This seat's TLS certificate and its key: one row, replaced as a whole."""

    __tablename__ = "certificate"

    id: int = Field(default=1, primary_key=True)
    key: bytes  # PEM
    chain: bytes  # PEM, leaf first
    not_after: datetime = Field(sa_type=Instant)
    renew_at: datetime = Field(sa_type=Instant)


class Redeeming(Row, table=True):
    """The TLS key that the newest code was redeemed with: typed once more, the code counts, or is told to be
    used, only with the same key; with another it would burn (I6)."""

    __tablename__ = "redeeming"

    secret: bytes = Field(primary_key=True)
    key: bytes  # PKCS#8, DER


class LogHead(Row, table=True):
    """The newest head of the hub's log that was proven to extend the one before it."""

    __tablename__ = "log_head"

    id: int = Field(default=1, primary_key=True)
    size: int
    root: bytes
    note: str  # the signed note as it came
    cosignature: str  # this seat's line for it
