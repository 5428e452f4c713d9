"""Facts of this hub that are the same for all its processes, by name."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from songtor_hub.store.tables import setting


def get(connection: Connection, name: str, default: str = "") -> str:
    value = connection.scalar(select(setting.c.value).where(setting.c.name == name))
    return default if value is None else str(value)


def put(connection: Connection, name: str, value: str) -> None:
    found = connection.execute(update(setting).where(setting.c.name == name).values(value=value))
    if not found.rowcount:
        connection.execute(insert(setting).values(name=name, value=value))
