"""What the pictures keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FIRST_STEP = """
    UPDATE goal SET steps = json_array(json_object(
        'what', coalesce(nullif(touch_points, ''), text), 'agency', '', 'who', '',
        'information', json_array(), 'bring', information, 'days', days, 'started', '', 'done', ''))
    WHERE touch_points != '' OR information != '' OR days != 0
"""


def upgrade() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connection_case_id"), ["case_id"], unique=False)

    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["worker.code"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tie_case_id"), ["case_id"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("after", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("before", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("led_to", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(), server_default="client", nullable=False))
        batch_op.add_column(sa.Column("steps", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("signed", sa.JSON(), server_default="{}", nullable=False))

    # What a goal said of its way becomes its first touch point.
    op.execute(_FIRST_STEP)
    for column in ("days", "information", "touch_points"):
        op.drop_column("goal", column)  # in place: a table made anew would forget which numbers were given

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("born", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("deceased", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("death_date", sa.String(), server_default="", nullable=False))

    op.execute("UPDATE event SET key = 'e' || id")
    op.execute("UPDATE person SET key = CASE WHEN relation = '' THEN 'client' ELSE 'p' || id END")
