"""The schema of both databases, brought to the present revision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from songtor_hub.store.engine import reading, writing
from songtor_hub.store.migrations import HEAD
from songtor_proto.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Brings the database to this program's revision in one transaction: the old state or the new.

    Raises StoreError("newer") where a newer program was here, and changes nothing.
    """
    with reading(engine) as connection:
        if revision(connection) == HEAD:
            return  # and Alembic, which costs a third of a second, is not loaded
    from alembic import command

    with writing(engine) as connection:
        command.upgrade(configuration(connection), HEAD)


def revision(connection: Connection) -> str:
    """The database's; empty where it has none yet. Raises StoreError("newer")."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    if found > HEAD:
        raise StoreError("newer")
    return str(found)


def configuration(connection: Connection) -> Config:
    """Alembic's, for work on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
