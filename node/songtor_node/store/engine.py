"""The encrypted SQLite file of a node: how it is opened, read and written.

`reading` and `writing` are the only two ways to a session. A writer takes the write lock at its beginning, so
that two processes on one file wait for each other instead of failing at their commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from songtor_proto.errors import StoreError

KEY_BYTES = 32
BUSY_SECONDS = 10
CACHE_KIB = 2_000  # of each connection, of which every page's thread has one; SQLCipher's own would be 8,000
_CORRUPT = {"SQLITE_NOTADB", "SQLITE_CORRUPT"}


def open_engine(path: Path, key: bytes, *, create: bool = False) -> Engine:
    """The store at `path`, encrypted under the raw `key` (32 bytes). A file that it cannot read is left
    alone.

    StoreError("missing") where there is no file, ("corrupt") where it cannot be read with this key.
    """
    if len(key) != KEY_BYTES:
        raise StoreError("keyring", detail="store key is not 32 bytes")
    if not create and not path.is_file():
        raise StoreError("missing")

    def connect() -> Any:
        mode = "rwc" if create else "rw"
        connection = sqlcipher.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr by itself
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not create and tables == (0,):
                raise StoreError("corrupt")
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "temp_store = MEMORY",
                f"cache_size = -{CACHE_KIB}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except (sqlcipher.Error, StoreError):
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=QueuePool,
        hide_parameters=True,  # an error's text would otherwise carry the row
        json_serializer=partial(json.dumps, ensure_ascii=False),
    )
    event.listen(engine, "begin", _begin)
    try:
        _check(engine)
    finally:
        engine.dispose()  # the connection, and with it all that the check has read
    return engine


def _check(engine: Engine) -> None:
    """Every page, before anyone works on a store of which a part is lost (0.2 s for 50 MB)."""
    with reading(engine) as session:
        if session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
            raise StoreError("corrupt")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the store and leaves no trace."""
    with _store_errors(), Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that is committed as a whole at its end, or not at all."""
    with _store_errors():
        options = engine.execution_options(writes=True)
        with Session(options, expire_on_commit=False) as session, session.begin():
            yield session


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turns what the database says into StoreError; a broken constraint is a fault of ours and stays one."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            code = "busy"
        elif any(name.startswith(corrupt) for corrupt in _CORRUPT):
            code = "corrupt"
        else:
            code = "unavailable"
        raise StoreError(code, detail=name) from error
