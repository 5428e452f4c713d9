"""The number of an entry is never given again."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

ENTRIES = (
    "assignment", "event", "fact", "follow_up", "incident", "look", "note", "person", "problem", "step",
    "threat", "work",
)  # fmt: skip


def upgrade() -> None:
    for table in ENTRIES:
        # No other table refers to these, so that each may be made anew.
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
