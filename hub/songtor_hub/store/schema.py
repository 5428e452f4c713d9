"""The schema of both databases, brought to the present revision."""

from __future__ import annotations

from sqlalchemy import Engine

from songtor_hub.store.engine import writing
from songtor_hub.store.tables import metadata


def upgrade(engine: Engine) -> None:
    """Brings the database to this program's revision in one transaction: the old state or the new."""
    import songtor_hub.desks.model  # noqa: F401 (puts its tables on the metadata)

    with writing(engine) as connection:
        metadata.create_all(connection)
