"""Many rows at once: the statement is built once, the rows go as tuples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


def insert_many(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts rows given as tuples in the order of `columns`."""
    if rows:
        connection.exec_driver_sql(_insert(table, columns, type(connection.dialect)), list(rows))


@cache
def _insert(table: Table, columns: tuple[str, ...], dialect: type[Dialect]) -> str:
    # "format" and "qmark" take tuples, which cost a third of what named parameters do
    style = "qmark" if dialect.name == "sqlite" else "format"
    return str(insert(table).compile(dialect=dialect(paramstyle=style), column_keys=list(columns)))
