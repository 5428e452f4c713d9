"""The store's schema, brought to the present revision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from songtor_node.store.engine import reading, writing
from songtor_node.store.migrations import HEAD
from songtor_proto.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Brings the store to this program's revision in one transaction: the old state or the new.

    StoreError("newer") where a newer program was here; nothing is changed then.
    """
    with reading(engine) as session:
        if revision(session.connection()) == HEAD:
            return  # and Alembic, which is slow to load, stays away
    from alembic import command

    with writing(engine) as session:
        command.upgrade(configuration(session.connection()), HEAD)


def revision(connection: Connection) -> str:
    """The store's; empty where it has none yet. StoreError("newer")."""
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
