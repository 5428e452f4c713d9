"""What the pages keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tries",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_last_at"), ["last_at"], unique=False)

    op.create_table(
        "account",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("once", sa.LargeBinary(), nullable=False),
        sa.Column("once_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("worker"),
    )
    op.create_table(
        "account_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("account_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_event_worker"), ["worker"], unique=False)

    op.create_table(
        "case_filter",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("threat", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("worker"),
    )
    op.create_table(
        "draft",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("worker", "form"),
    )
    op.create_table(
        "network_check",
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_table(
        "other_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("against", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("other_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_other_words_form"), ["form"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_worker"), ["worker"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_worker"), ["worker"], unique=False)

    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_country"), ["country"], unique=False)

    op.create_table(
        "saved",
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("form"),
    )
    op.create_table(
        "telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("telling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telling_day"), ["day"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("proven_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_to", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("once", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker"],
            ["worker.code"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_worker"), ["worker"], unique=False)

    op.create_table(
        "alike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("alike", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alike_case_id"), ["case_id"], unique=False)

    op.create_table(
        "begun",
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("once"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_row"), ["row"], unique=False)

    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("satisfaction", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("closing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closing_case_id"), ["case_id"], unique=False)

    op.create_table(
        "glance",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.String(), nullable=False),
        sa.Column("next_what", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id"),
    )
    with op.batch_alter_table("glance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_glance_next_on"), ["next_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_glance_urgency"), ["urgency"], unique=False)

    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("todo", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("touch_points", sa.String(), nullable=False),
        sa.Column("information", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outcome_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goal_due"), ["due"], unique=False)

    op.create_table(
        "goal_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("goal_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_move_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goal_move_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("when", sa.String(), nullable=False),
        sa.Column("at_time", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("met", sa.String(), nullable=False),
        sa.Column("where", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("safety", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_case_id"), ["case_id"], unique=False)

    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_case_id"), ["case_id"], unique=False)

    op.create_table(
        "tele_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("client_zone", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("joins", sa.String(), nullable=False),
        sa.Column("interpreter", sa.String(), nullable=False),
        sa.Column("safe_checked", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tele_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tele_session_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tele_session_starts"), ["starts"], unique=False)
        batch_op.create_index(batch_op.f("ix_tele_session_uid"), ["uid"], unique=False)

    op.create_table(
        "consent_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("finders", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["consent"], ["consent.code"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("consent_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_copy_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_copy_consent"), ["consent"], unique=False)

    op.create_table(
        "paper_content",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper_id"),
    )
    op.create_table(
        "talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("refused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["consent"], ["consent.code"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_consent"), ["consent"], unique=False)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assessment", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_index("ix_case_at", ["at", "step", "channel"], unique=False)

    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(sa.Column("condition", sa.String(), server_default="", nullable=False))

    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_at"), ["at"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_waiting", ["state", "task"], unique=False)

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cost", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("currency", sa.String(), server_default="", nullable=False))

    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))
