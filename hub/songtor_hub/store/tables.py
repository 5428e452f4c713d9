"""The hub's tables that every envelope passes, as SQLAlchemy Core (ORM costs too much on that path).

Times are milliseconds since the epoch, UTC. What people do at desks is mapped with SQLModel on this metadata.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# SQLite numbers rows itself only in an INTEGER key.
_Sequence = BigInteger().with_variant(Integer, "sqlite")


def _where(name: str, condition: str, column: str) -> Index:
    """An index of the few rows that it is asked for: all others are written without it."""
    return Index(name, column, sqlite_where=text(condition), postgresql_where=text(condition))


# Facts of this hub: network, addresses, directory_version.
setting = Table(
    "setting", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

seat = Table(
    "seat",
    metadata,
    Column("id", String, primary_key=True),  # "DE-02"
    Column("country", String, nullable=False),
    Column("name_th", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("public_benefit", Boolean, nullable=False),
    Column("vacant", Boolean, nullable=False),
    Column("enrolled_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Column("last_contact_ms", BigInteger),
)

invitation = Table(
    "invitation",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("seat", ForeignKey("seat.id"), nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("state", String, nullable=False),  # open, redeemed, used, burnt
    Column("key_hash", LargeBinary),
    Column("response", LargeBinary),  # the serialised EnrolResponse, until the certificate's first use
)

certificate = Table(
    "certificate",
    metadata,
    Column("serial", String, primary_key=True),
    Column("seat", ForeignKey("seat.id"), nullable=False),
    Column("key_hash", LargeBinary, nullable=False),
    Column("not_before_ms", BigInteger, nullable=False),
    Column("not_after_ms", BigInteger, nullable=False),
    Column("first_used_ms", BigInteger),
    Column("nonce", LargeBinary, unique=True),  # of the renewal that it came from: a nonce serves once
    Column("revoked", Boolean, nullable=False, server_default=text("false")),
)

key_entry = Table(
    "key_entry",
    metadata,
    Column("owner", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("owner_signature", LargeBinary, nullable=False),
    Column("previous_signature", LargeBinary, nullable=False),
    Column("changed", BigInteger, nullable=False, index=True),
    Column("revoked", Boolean, nullable=False, server_default=text("false")),
)

envelope = Table(
    "envelope",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    Column("id", LargeBinary, nullable=False),
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("mailbox", String, nullable=False),  # the seat that fetches it; "TH-00" for desks and the hub
    Column("kind", Integer, nullable=False),
    Column("task", LargeBinary, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),  # null once destroyed
    Column("signature", LargeBinary, nullable=False),
    Column("receipt", LargeBinary),  # null for what a desk itself sends
    Column("taken_in_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),  # 0 where the kind discloses nothing
    Column("delivered_ms", BigInteger),
    Column("destroyed_ms", BigInteger),
    UniqueConstraint("id", "sender"),
    Index("ix_envelope_mailbox", "mailbox", "sequence"),
    _where("ix_envelope_expires", "sealed IS NOT NULL AND expires_ms > 0", "expires_ms"),
)

task = Table(
    "task",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("thread", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reference", String, nullable=False, index=True),
    Column("referrer", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("part_of", LargeBinary),
    Column("root", LargeBinary, nullable=False),  # the task that a chain of part_of leads to; itself if none
    Column("purpose", String),  # null between nodes, where the hub cannot know
    Column("urgency", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("held_from", Integer),
    Column("liaison_sight", Boolean, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("confirm_by_ms", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("respond_by_ms", BigInteger, nullable=False),
    Column("first_response_ms", BigInteger),
    Column("updated_ms", BigInteger, nullable=False),
    Column("legal_hold", String),  # code of the duty to keep
    Column("withdrawn_ms", BigInteger),
    UniqueConstraint("thread", "version"),
    Index("ix_task_state", "state", "recipient"),
    _where("ix_task_part_of", "part_of IS NOT NULL", "part_of"),
    _where("ix_task_root", "part_of IS NOT NULL", "root"),
    _where("ix_task_confirm_by", "confirm_by_ms IS NOT NULL", "confirm_by_ms"),
    _where("ix_task_legal_hold", "legal_hold IS NOT NULL", "id"),
    sqlite_with_rowid=False,
)

# One row for each copy of withdrawn content, until its fate is known and told.
recall = Table(
    "recall",
    metadata,
    Column("withdrawal", LargeBinary, primary_key=True),  # envelope id of the withdrawal
    Column("envelope_id", LargeBinary, primary_key=True),  # of the copy
    Column("task", LargeBinary, nullable=False),
    Column("holder", String, nullable=False),  # address
    Column("result", Integer, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    Column("asked", Boolean, nullable=False),  # onward holder told
    Column("told", Boolean, nullable=False),  # result is in a recall receipt
)

log_leaf = Table(
    "log_leaf",
    metadata,
    Column("index", _Sequence, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("entry", LargeBinary, nullable=False),  # what the leaf commits to; no personal data
    Column("at_ms", BigInteger, nullable=False),
)

# Roots of complete subtrees of 256 leaves (level 1), 65,536 (level 2) ...
log_tile = Table(
    "log_tile",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # hashes of the complete subtrees, left to right
)

log_cosignature = Table(
    "log_cosignature",
    metadata,
    Column("seat", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("line", String, nullable=False),
)

liaison = Table(
    "liaison",
    metadata,
    Column("id", String, primary_key=True),
    Column("mission", String, nullable=False),
    Column("countries", String, nullable=False),  # "DE,AT"
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("expires_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
)

liaison_look = Table(
    "liaison_look",
    metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("liaison", ForeignKey("liaison.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("what", String, nullable=False),  # the reference as asked (at most 32 characters), or "list"
    Column("seen", Boolean, nullable=False),
)
