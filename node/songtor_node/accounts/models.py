"""The tables of sign-in. Of what a person types only digests are kept; all of it lies in the encrypted
store."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Account(Row, table=True):
    """`password`: Argon2id in its own notation, empty before the first. `once`: SHA-256 of the one-time code
    that the administrator handed over. `step`: the last 30 seconds whose authenticator code was used.
    `handle`: what a passkey calls its owner."""

    __tablename__ = "account"

    worker: str = Field(foreign_key="worker.code", primary_key=True)
    handle: bytes
    password: str = ""
    secret: str = ""
    step: int = 0
    once: bytes = b""
    once_until: datetime | None = Field(default=None, sa_type=Instant)


class Passkey(Row, table=True):
    __tablename__ = "passkey"

    id: bytes = Field(primary_key=True)
    worker: str = Field(foreign_key="worker.code", index=True)
    public_key: bytes
    count: int
    name: str
    added_at: datetime = Field(sa_type=Instant)


class RecoveryCode(Row, table=True):
    """One of ten; gone once it is used. `digest` is SHA-256 of the code with its worker."""

    __tablename__ = "recovery_code"

    digest: bytes = Field(primary_key=True)
    worker: str = Field(foreign_key="worker.code", index=True)


class Tries(Row, table=True):
    """How often it was tried in vain: for one worker's code, or (`subject` empty) for all together."""

    __tablename__ = "tries"

    subject: bytes = Field(primary_key=True)
    count: int = 0
    last_at: datetime = Field(sa_type=Instant, index=True)


class AccountEvent(Row, table=True):
    """What happened to an account, for its owner and the administrator to see."""

    __tablename__ = "account_event"

    id: int | None = Field(default=None, primary_key=True)
    worker: str = Field(foreign_key="worker.code", index=True)
    what: str
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
