"""What stands in a short list of a row is known by a number of its own."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LISTS = (("case", "unsafe"), ("person", "contacts"), ("person", "identity_numbers"), ("goal", "steps"))


def upgrade() -> None:
    """By their places, which their addresses said until now."""
    store = op.get_bind()
    for name, column in _LISTS:
        table = sa.table(name, sa.column("id"), sa.column(column))
        for row, said in store.execute(sa.select(table.c.id, table.c[column])).all():
            items = json.loads(said or "[]")
            if items:
                found = json.dumps([{**one, "id": place} for place, one in enumerate(items, 1)])
                store.execute(sa.update(table).where(table.c.id == row).values({column: found}))
