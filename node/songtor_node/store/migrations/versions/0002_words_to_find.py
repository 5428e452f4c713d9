"""Words to find a case by."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Three letters at a time finds inside Thai words, which have no spaces between them.
    op.execute(
        "CREATE VIRTUAL TABLE words USING fts5"
        " (text, tokenize = 'trigram', content = '', contentless_delete = 1)"
    )
