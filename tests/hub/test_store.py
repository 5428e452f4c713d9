"""The hub's store: one schema on both databases, one writer at a time, nothing half done. Faults 24, 36."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, insert, select, text

import songtor_hub.desks.model  # noqa: F401 (its tables are on the same metadata)
from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Role, open_hub
from songtor_hub.founding import create_hub
from songtor_hub.store import settings
from songtor_hub.store.engine import open_postgresql, open_sqlite, reading, writing
from songtor_hub.store.migrations import HEAD
from songtor_hub.store.schema import configuration, revision, upgrade
from songtor_hub.store.tables import log_cosignature, metadata
from songtor_proto.errors import InputError, StoreError
from tests.support.hub import NETWORK, PASSPHRASES, NewHub


@pytest.fixture
def engine(tmp_path: Path, database: str) -> Any:
    opened = open_postgresql(database) if database else open_sqlite(tmp_path / "x.db", bytes(32), create=True)
    yield opened
    opened.dispose()


def test_the_revisions_make_exactly_the_tables_that_the_code_uses(engine: Engine) -> None:
    """Whoever changes a table and forgets its revision hears of it here, on both databases."""
    upgrade(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert revision(connection) == HEAD
        script = ScriptDirectory.from_config(configuration(connection))
    assert script.get_current_head() == HEAD


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    """Every start does it."""
    upgrade(engine)
    with writing(engine) as connection:
        settings.put(connection, "network", "songtor.test")
    upgrade(engine)
    with reading(engine) as connection:
        assert settings.get(connection, "network") == "songtor.test"


def test_an_upgrade_that_is_interrupted_leaves_the_old_state(engine: Engine) -> None:
    """Fault 36: it fails at a table in the middle, as a kill would; then nothing of it is there."""
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE task (id INTEGER)"))
    with pytest.raises(StoreError):
        upgrade(engine)
    with reading(engine) as connection:
        assert revision(connection) == ""
        names = set(engine.dialect.get_table_names(connection, schema=None))
    assert names == {"task"}
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE task"))
    upgrade(engine)


def test_two_processes_that_upgrade_at_once_do_it_once(engine: Engine) -> None:
    """Fault 36: the second waits for the first and finds nothing to do."""
    line = threading.Barrier(2)

    def start(_: int) -> None:
        line.wait()
        upgrade(engine)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(start, range(2)))
    with reading(engine) as connection:
        assert revision(connection) == HEAD


def test_a_newer_programs_database_is_not_opened(new_hub: NewHub, database: str) -> None:
    """Fault 35: it says so, and changes nothing."""
    hub = new_hub(database=database)
    with writing(hub.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"store\.newer"):
        open_hub(hub.data, PASSPHRASES.__getitem__, Role.EXCHANGE)


def test_a_database_that_holds_no_hub_is_left_as_it_is(
    new_hub: NewHub, new_postgresql: Callable[[], str]
) -> None:
    """Fault 35: a wrong address founds nothing there; nor is one hub founded over another."""
    hub, empty = new_hub(), new_postgresql()
    with pytest.raises(StoreError, match=r"store\.missing"):
        open_hub(hub.data, PASSPHRASES.__getitem__, Role.EXCHANGE, database=empty)
    engine = open_postgresql(empty)
    with reading(engine) as connection:
        assert not engine.dialect.get_table_names(connection, schema=None)
    engine.dispose()
    new_hub(database=empty)
    with pytest.raises(InputError, match=r"input\.already_initialised"):
        new_hub(database=empty)


def test_a_hub_is_not_founded_where_nothing_can_be_written(tmp_path: Path) -> None:
    """X1: a folder that cannot be made is one line for the operator, and no trace is left."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"store\.write"):
        create_hub(
            tmp_path / "file" / "hub",
            PASSPHRASES.__getitem__,
            network=NETWORK,
            host="127.0.0.1",
            listen=Listen("127.0.0.1", 0),
        )
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_writers_come_one_at_a_time(engine: Engine) -> None:
    """Reading, then writing what one read, loses nothing, however many do it."""
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(insert(log_cosignature).values(seat="DE-02", size=0, line=""))

    def add(_: int) -> None:
        for _ in range(10):
            with writing(engine) as connection:
                size = connection.scalar(select(log_cosignature.c.size))
                assert size is not None
                connection.execute(log_cosignature.update().values(size=size + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    with reading(engine) as connection:
        assert connection.scalar(select(func.max(log_cosignature.c.size))) == 40


def test_a_writer_that_waits_too_long_is_told(engine: Engine) -> None:
    """Every wait ends: the store is busy, nothing was changed, and the same call may succeed later."""
    upgrade(engine)
    with writing(engine):
        other = engine.connect()
        if engine.dialect.name == "sqlite":
            other.exec_driver_sql("PRAGMA busy_timeout = 50")
        else:
            other.exec_driver_sql("SET lock_timeout = 50")
            other.commit()
        other.close()
        with pytest.raises(StoreError, match=r"store\.busy"), writing(engine):
            pass


def test_what_fails_half_way_did_not_happen(engine: Engine) -> None:
    """A transaction is whole or nothing."""
    upgrade(engine)
    with pytest.raises(RuntimeError), writing(engine) as connection:
        settings.put(connection, "host", "half")
        raise RuntimeError
    with reading(engine) as connection:
        assert settings.get(connection, "host") == ""


def test_sqlite_is_encrypted_durable_and_write_ahead(tmp_path: Path) -> None:
    """Nothing of what is stored can be read in the file or its log; a commit is on the disk."""
    engine = open_sqlite(tmp_path / "x.db", b"k" * 32, create=True)
    upgrade(engine)
    with writing(engine) as connection:
        settings.put(connection, "host", "a planted word")
    with reading(engine) as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for file in tmp_path.iterdir():
        assert b"planted" not in file.read_bytes()
        assert not file.read_bytes().startswith(b"SQLite format")
    engine.dispose()


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    """Fault 24: the error of the store, and afterwards what was there before."""
    engine = open_sqlite(tmp_path / "x.db", bytes(32), create=True)
    upgrade(engine)
    with reading(engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with pytest.raises(StoreError, match=r"store\.unavailable"), writing(engine) as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        settings.put(connection, "host", "x" * 100_000)
    with reading(engine) as connection:
        assert settings.get(connection, "host") == ""
    engine.dispose()
