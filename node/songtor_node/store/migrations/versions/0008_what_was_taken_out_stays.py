"""A paper that was taken out can be put back; a save knows the page that it came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "kept_content",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper_id"),
    )
    op.execute(
        "INSERT INTO kept_content SELECT paper_id, case_id, content FROM paper_content"
        " JOIN paper ON paper.id = paper_id"
    )
    op.drop_table("paper_content")
    op.rename_table("kept_content", "paper_content")
    with op.batch_alter_table("paper_content") as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_content_case_id"), ["case_id"], unique=False)
    op.add_column("saved", sa.Column("made", sa.String(), nullable=False, server_default=""))
