"""Petals that were filled in together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("threat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("together", sa.Boolean(), server_default="0", nullable=False))
