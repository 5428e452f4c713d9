"""Where Alembic finds the connection that `schema.upgrade` holds, and the tables to compare with."""

from __future__ import annotations

from alembic import context

import songtor_hub.desks.model  # noqa: F401 (its tables are on the same metadata)
from songtor_hub.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # it cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
