"""The hub's database: an encrypted SQLite file by default, PostgreSQL where it runs for real. One schema.

`reading` and `writing` are the only two ways to a connection. Writers come one at a time, in every process:
SQLite's write lock is taken at the beginning, and on PostgreSQL one advisory lock, so that the order of
`sequence` is the order of commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError
from sqlalchemy.pool import QueuePool

from songtor_proto.errors import InputError, StoreError

KEY_BYTES = 32
BUSY_SECONDS = 10
STATEMENT_SECONDS = 60
_WRITER_LOCK = 0x534F4E47  # any number that all of the hub's processes share
_CORRUPT = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


def open_sqlite(path: Path, key: bytes, *, create: bool = False) -> Engine:
    """The store at `path`, encrypted under the raw `key` (32 bytes). A file that it cannot read is not
    changed.

    Raises StoreError("missing") where there is no file, ("corrupt") where this key does not read it.
    """
    if len(key) != KEY_BYTES:
        raise StoreError("keyring", detail="database key is not 32 bytes")
    if not create and not path.is_file():
        raise StoreError("missing")
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> Any:
        connection = sqlcipher.connect(
            uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "temp_store = MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except sqlcipher.Error:
            connection.close()
            raise
        return connection

    # (An error's text would otherwise carry the row: hide_parameters.)
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=connect, poolclass=QueuePool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin_sqlite)
    return _reachable(engine)


def open_postgresql(address: str) -> Engine:
    """The database at a `postgresql://…` address; InputError("database") where that is none."""
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        if not address.startswith(("postgresql://", "postgresql+psycopg://")):
            raise InputError("database", field="--database")
    except ArgumentError as error:
        raise InputError("database", field="--database") from error
    engine = create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "tcp_user_timeout": BUSY_SECONDS * 1000,
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s",
        },
    )
    event.listen(engine, "begin", _begin_postgresql)
    return _reachable(engine)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that leaves no trace."""
    with _store_errors(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection that is committed as a whole at its end, or not at all."""
    with _store_errors(), _writer(engine).begin() as connection:
        yield connection


def _reachable(engine: Engine) -> Engine:
    try:
        with reading(engine) as connection:
            connection.exec_driver_sql("SELECT 1")
    except StoreError:
        engine.dispose()
        raise
    return engine


@lru_cache(maxsize=16)
def _writer(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes", False))


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if _writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turns what the database says into StoreError; a broken rule of ours (IntegrityError) stays a fault."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        name = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
        if name.startswith("SQLITE_BUSY") or name == "LockNotAvailable":
            code = "busy"
        elif name.startswith(_CORRUPT):
            code = "corrupt"
        else:
            code = "unavailable"
        raise StoreError(code, detail=name) from error
