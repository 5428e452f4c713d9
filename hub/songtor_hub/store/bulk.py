"""Many rows at once: the statement is built once, the rows go as tuples. PostgreSQL takes them by COPY."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    import psycopg


def insert_many(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts rows given as tuples in the order of `columns`."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    else:
        connection.exec_driver_sql(_insert(table, columns), list(rows))


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> str:
    # (Rows as tuples cost a third of what named parameters do.)
    dialect: Dialect = sqlite.dialect(paramstyle="qmark")
    return str(insert(table).compile(dialect=dialect, column_keys=list(columns)))


def _copy(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Errors come as SQLAlchemy's, as from any statement."""
    dialect, driver = connection.dialect, connection.connection.driver_connection
    statement, types = _copying(table, columns, dialect)
    dbapi_error = cast("type[Exception]", dialect.loaded_dbapi.Error)
    try:
        with cast("psycopg.Connection", driver).cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
    except dbapi_error as error:
        raise DBAPIError.instance(
            statement, None, error, dbapi_error, hide_parameters=True, dialect=dialect
        ) from error


@cache
def _copying(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, list[str]]:
    """The statement, and PostgreSQL's names of the columns' types."""
    names = ", ".join(map(dialect.identifier_preparer.quote, columns))
    types = [table.c[name].type.compile(dialect).lower() for name in columns]
    return f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)", types
