"""Who looked at a referral, also while there is no case of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Looks at a case's referrals until now count for each of them."""
    op.create_table(
        "referral_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["worker.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("referral_look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_look_reference"), ["reference"], unique=False)
    op.execute(
        "INSERT INTO referral_look (reference, by, at, what, upto)"
        " SELECT DISTINCT referral.reference, look.by, look.at, look.what,"
        " coalesce((SELECT max(inbox.id) FROM inbox WHERE inbox.at <= look.at), 0)"
        " FROM look JOIN referral ON referral.case_id = look.case_id WHERE look.what = 'referral'"
    )
