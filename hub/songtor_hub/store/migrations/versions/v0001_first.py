"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "envelope",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("task", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.LargeBinary()),
        sa.Column("taken_in_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("delivered_ms", sa.BigInteger()),
        sa.Column("destroyed_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("id", "sender"),
    )
    _create_index_where(
        "ix_envelope_expires", "envelope", "expires_ms", "sealed IS NOT NULL AND expires_ms > 0"
    )
    op.create_index("ix_envelope_mailbox", "envelope", ["mailbox", "sequence"])
    op.create_index("ix_envelope_task", "envelope", ["task"])
    op.create_table(
        "key_entry",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("owner_signature", sa.LargeBinary(), nullable=False),
        sa.Column("previous_signature", sa.LargeBinary(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("owner", "version"),
    )
    op.create_index("ix_key_entry_changed", "key_entry", ["changed"])
    op.create_table(
        "liaison",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mission", sa.String(), nullable=False),
        sa.Column("countries", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seat"),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "log_leaf",
        sa.Column(
            "index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("index"),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index"),
    )
    op.create_table(
        "officer",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "recall",
        sa.Column("withdrawal", sa.LargeBinary(), nullable=False),
        sa.Column("envelope_id", sa.LargeBinary(), nullable=False),
        sa.Column("task", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("withdrawal", "envelope_id"),
    )
    op.create_table(
        "seat",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("name_th", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("public_benefit", sa.Boolean(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger()),
        sa.Column("revoked_ms", sa.BigInteger()),
        sa.Column("last_contact_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("thread", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("referrer", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("part_of", sa.LargeBinary()),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String()),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("held_from", sa.Integer()),
        sa.Column("liaison_sight", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("confirm_by_ms", sa.BigInteger()),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("respond_by_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_response_ms", sa.BigInteger()),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("legal_hold", sa.String()),
        sa.Column("withdrawn_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread", "version"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_task_reference", "task", ["reference"])
    op.create_index("ix_task_state", "task", ["state", "recipient"])
    _create_index_where("ix_task_part_of", "task", "part_of", "part_of IS NOT NULL")
    _create_index_where("ix_task_root", "task", "root", "part_of IS NOT NULL")
    _create_index_where("ix_task_confirm_by", "task", "confirm_by_ms", "confirm_by_ms IS NOT NULL")
    _create_index_where("ix_task_legal_hold", "task", "id", "legal_hold IS NOT NULL")
    op.create_table(
        "certificate",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("not_after_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_used_ms", sa.BigInteger()),
        sa.Column("nonce", sa.LargeBinary()),
        sa.Column("revoked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["seat.id"],
        ),
        sa.PrimaryKeyConstraint("serial"),
        sa.UniqueConstraint("nonce"),
    )
    op.create_table(
        "desk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.LargeBinary(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer"],
            ["officer.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_desk_act_task", "desk_act", ["task"])
    op.create_table(
        "invitation",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary()),
        sa.Column("response", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["seat.id"],
        ),
        sa.PrimaryKeyConstraint("secret_hash"),
    )
    op.create_table(
        "liaison_look",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("liaison", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["liaison"],
            ["liaison.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_index_where(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
