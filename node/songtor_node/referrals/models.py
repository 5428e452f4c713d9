"""The tables of referrals. One row a task; each version of a thread is a task of its own. Times are aware
UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from songtor_node.store.base import Instant, Row


class Referral(Row, table=True):
    """A task as this node sees it. Codes are the wire's numbers; one that is not known here is kept as it
    is."""

    __tablename__ = "referral"

    task: bytes = Field(primary_key=True)
    thread: bytes = Field(index=True)
    version: int
    reference: str = Field(index=True)
    part_of: bytes = Field(default=b"", index=True)
    outgoing: bool
    peer: str  # the other end's address
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    ground: str = Field(default="", index=True)  # id of the consent record that an outgoing one rests on
    purpose: str
    urgency: int
    state: int = Field(index=True)
    held_from: int = 0
    reason: str = ""
    outcome: str = ""
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    respond_by: datetime = Field(sa_type=Instant)
    responded_at: datetime | None = Field(default=None, sa_type=Instant)
    confirm_by: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)
    hold: str = ""  # duty in law to keep what came, code of duties_to_keep
    terms: bytes  # serialised Terms
    payload: bytes | None  # serialised Payload; null once destroyed, or where it may not be opened
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # what left and stayed, no values
    cleared: list[str] = Field(  # ids of the findings that a person cleared for it
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    salt: bytes = b""  # of the consent digest; stays here


class Outbox(Row, table=True):
    """An envelope of this node's, in the order of the acts that made them. It is never dropped."""

    __tablename__ = "outbox"
    # Every page counts what waits: from the index alone, however long the line was cut.
    __table_args__ = (Index("ix_outbox_waiting", "state", "task"),)

    sequence: int | None = Field(default=None, primary_key=True)
    envelope_id: bytes = Field(unique=True)
    thread: bytes = Field(index=True)
    task: bytes = Field(index=True)
    kind: int
    recipient: str
    header: bytes
    sealed: bytes
    signature: bytes
    payload: bytes | None = None  # what was said, until it is destroyed
    state: str = Field(default="waiting", index=True)  # waiting, held, sent, refused, recalled
    offered: bool = False  # handed to the line at least once, so the hub may have it
    code: str = ""
    field: str = ""
    receipt: bytes = b""
    proven: bool = False  # the hub has shown it in its log
    size: int = 0  # bytes of the envelope
    by: str = ""
    at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)


class Inbox(Row, table=True):
    """An envelope that was handed to this node: its effect is in the same transaction as this row."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("sender", "envelope_id"),)

    id: int | None = Field(default=None, primary_key=True)
    envelope_id: bytes
    sender: str
    digest: bytes
    kind: int
    task: bytes = Field(index=True)
    reference: str
    wanted: int  # the state that a status asks for
    effect: str = Field(index=True)  # done, crossed (came too late to change the state), aside
    code: str = ""  # why it was set aside
    header: bytes
    sealed: bytes | None = None  # only while aside
    signature: bytes
    payload: bytes | None = None
    created_at: datetime = Field(sa_type=Instant)
    at: datetime = Field(sa_type=Instant, index=True)
    acknowledged: bool = Field(default=False, index=True)


class ReferralLook(Row, table=True):
    """Someone read or changed a referral; `what` is the act's name. `upto`: the number of the newest envelope
    that was here then, for an order that no clock disturbs."""

    __tablename__ = "referral_look"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(index=True)
    by: str = Field(foreign_key="worker.code")
    at: datetime = Field(sa_type=Instant)
    what: str
    upto: int = 0


class Copy(Row, table=True):
    """What became of one copy of withdrawn content, as far as this node knows. `place` as on the wire."""

    __tablename__ = "copy"

    task: bytes = Field(primary_key=True)  # of this node, that was withdrawn
    envelope_id: bytes = Field(primary_key=True)
    place: str = Field(primary_key=True)
    result: int
    reason: str = ""
