"""The node's store: encrypted, whole, left alone where it cannot be opened. Row 35 of the table of faults."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from songtor_node.bootstrap import KEYRING, STORE, create_node, open_node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.entries import TouchPoint
from songtor_node.cases.models import Entry
from songtor_node.store.base import Setting, metadata
from songtor_node.store.engine import open_engine, reading, writing
from songtor_node.store.migrations import HEAD
from songtor_node.store.schema import configuration, upgrade
from songtor_node.unlock import Unlock, key_file, key_line, parse
from songtor_node.workers import acting
from songtor_proto.errors import StoreError
from songtor_proto.keyslot import CHEAP
from tests.support.node import NOW, PASSPHRASE, new_node

KEY = b"k" * 32
SECRET = "นางสาวนวล ตัวอย่าง"


def old_store(folder: Path, revision: str, *rows: str) -> Engine:
    """Of an earlier program: a worker, a case of number 1, and these rows."""
    old = open_engine(folder / "old.db", KEY, create=True)
    with writing(old) as session:
        connection = session.connection()
        command.upgrade(configuration(connection), revision)
        columns = connection.scalars(
            text("SELECT name FROM pragma_table_info('case') WHERE dflt_value IS NULL")
        )
        said = dict.fromkeys(columns, "'{}'") | {"id": "1", "by": "'malee'", "at": "0"}
        connection.exec_driver_sql(
            "INSERT INTO worker (code, name, role, added_at) VALUES ('malee', '', 'caseworker', 0)"
        )
        connection.exec_driver_sql(
            f'INSERT INTO "case" ({", ".join(said)}) VALUES ({", ".join(said.values())})'
        )
        for row in rows:
            connection.exec_driver_sql(row)
    return old


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_engine(tmp_path / "store.db", KEY, create=True)
    upgrade(made)
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A closed node with a case in it."""
    folder = tmp_path / "node"
    node = new_node(folder)
    form = CaseFile.model_validate(
        {
            "target_group": "thai_abroad",
            "channel": "line",
            "client": {"name_thai": SECRET},
            "narrative": SECRET,
        }
    )
    with writing(node.engine) as session:
        service.create(session, form, by=acting(session, "malee"), now=NOW, random=node.random)
    node.close()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def nothing(folder: Path) -> None:
    """The file is as it was."""


def flip_in_store(folder: Path) -> None:
    stored = bytearray((folder / STORE).read_bytes())
    stored[len(stored) // 2] ^= 1
    (folder / STORE).write_bytes(stored)


def cut_store(folder: Path) -> None:
    os.truncate(folder / STORE, (folder / STORE).stat().st_size // 2 + 100)


def overwrite_store(folder: Path) -> None:
    (folder / STORE).write_bytes(b"no database" * 1000)


def empty_store(folder: Path) -> None:
    (folder / STORE).write_bytes(b"")


def flip_in_keyring(folder: Path) -> None:
    stored = bytearray((folder / KEYRING).read_bytes())
    stored[-10] ^= 1
    (folder / KEYRING).write_bytes(stored)


def remove_keyring(folder: Path) -> None:
    (folder / KEYRING).unlink()


def remove_store(folder: Path) -> None:
    (folder / STORE).unlink()


@pytest.mark.parametrize(
    ("harm", "passphrase", "code"),
    [
        (nothing, "another passphrase", "store.passphrase"),
        (nothing, "", "store.passphrase"),
        (remove_keyring, PASSPHRASE, "store.keyring"),
        (flip_in_keyring, PASSPHRASE, "store.keyring"),
        (remove_store, PASSPHRASE, "store.missing"),
        (flip_in_store, PASSPHRASE, "store.corrupt"),
        (cut_store, PASSPHRASE, "store.corrupt"),
        (overwrite_store, PASSPHRASE, "store.corrupt"),
        (empty_store, PASSPHRASE, "store.corrupt"),
    ],
)
def test_wrong_passphrase_missing_key_file_or_corrupt_file_is_refused_and_left_alone(
    data: Path, harm: Callable[[Path], None], passphrase: str, code: str
) -> None:
    """Refused to start, said why, nothing touched (row 35)."""
    harm(data)
    before = contents(data)
    with pytest.raises(StoreError) as refused:
        open_node(data, Unlock(passphrase=passphrase))
    assert refused.value.code == code
    assert SECRET not in refused.value.public("en") + refused.value.detail
    assert contents(data) == before


def test_the_right_passphrase_opens_what_was_stored(data: Path) -> None:
    """What was closed opens again, with all in it."""
    node = open_node(data, Unlock(passphrase=PASSPHRASE))
    with reading(node.engine) as session:
        (record,) = service.listing(session, "malee")
    assert record.client.name_thai == SECRET
    node.close()


def test_nothing_readable_is_on_the_disk(data: Path) -> None:
    """No file of the node, the write-ahead log among them, holds a case's plain text or SQLite's own mark."""
    for held in contents(data).values():
        assert SECRET.encode() not in held
        assert SECRET.encode("utf-16-le") not in held
        assert b"SQLite format 3" not in held
        assert b"thai_abroad" not in held
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(data / STORE).execute("SELECT * FROM person").fetchall()


def test_files_are_their_owners_alone(data: Path) -> None:
    """The folder lets nobody else in."""
    assert data.stat().st_mode & 0o077 == 0


def test_a_node_is_never_made_over_another(data: Path) -> None:
    """Making one where one is refused, even if its keyring is gone, and nothing is touched."""
    for harm in (nothing, remove_keyring):
        harm(data)
        before = contents(data)
        with pytest.raises(StoreError, match=r"store\.exists"):
            create_node(data, Unlock(passphrase=PASSPHRASE), cost=CHEAP)
        assert contents(data) == before


@pytest.mark.parametrize("how", ["recovery_code", "raw_key"])
def test_recovery_code_and_machine_key_open_it_too(tmp_path: Path, how: str) -> None:
    """Each way in opens the same store."""
    raw_key = b"r" * 32
    node = create_node(tmp_path / "node", Unlock(raw_key=raw_key), cost=CHEAP)
    recovery = node.keyring.set_recovery()
    node.keyring.save()
    node.close()
    unlock = Unlock(recovery_code=recovery) if how == "recovery_code" else Unlock(raw_key=raw_key)
    open_node(tmp_path / "node", unlock).close()


def test_machine_key_file_is_read_strictly(tmp_path: Path) -> None:
    """A key file gives its key; a damaged one is refused; none is none."""
    assert key_file(tmp_path) is None
    path = tmp_path / "unlock.key"
    path.write_text(key_line(KEY), encoding="ascii")
    assert key_file(tmp_path) == Unlock(raw_key=KEY)
    for damaged in ("a passphrase", "", key_line(KEY)[:-3], key_line(KEY).replace("6b", "zz"), "ก"):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(StoreError):
            key_file(tmp_path)
    assert parse("  my passphrase \n") == Unlock(passphrase="my passphrase")
    assert "passphrase" not in repr(parse("my passphrase")).replace("passphrase=", "")


def test_an_act_is_stored_whole_or_not_at_all(engine: Engine) -> None:
    """What fails in the middle leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        session.add(Setting(name="a", value="1"))
        session.flush()
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.get(Setting, "a") is None


def test_store_keeps_its_promises_of_durability(engine: Engine) -> None:
    """Write-ahead log, full synchronisation, foreign keys, on every connection."""
    with reading(engine) as one, reading(engine) as other:
        for session in (one, other):
            pragmas = [
                session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            assert pragmas == ["wal", 2, 1]


def test_writers_wait_for_each_other(engine: Engine) -> None:
    """Two writers at once both succeed, one after the other."""
    with writing(engine) as session:
        session.add(Setting(name="count", value="0"))

    def add() -> None:
        for _ in range(20):
            with writing(engine) as session:
                counted = session.get_one(Setting, "count")
                counted.value = str(int(counted.value) + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.get_one(Setting, "count").value == "80"


def test_errors_of_the_store_tell_nothing_of_what_is_in_it(engine: Engine) -> None:
    """A failing statement's error names no value."""
    with pytest.raises(StoreError) as failed, writing(engine) as session:
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": SECRET})
    chain = [str(failed.value), failed.value.detail, str(failed.value.__cause__)]
    assert not [said for said in chain if SECRET in said]


def test_the_revisions_lead_to_the_tables_of_the_program(tmp_path: Path) -> None:
    """A table that changed without a revision is found here."""
    upgraded = open_engine(tmp_path / "upgraded.db", KEY, create=True)
    upgrade(upgraded)
    with writing(upgraded) as session:
        connection = session.connection()
        scripts = ScriptDirectory.from_config(configuration(connection))
        assert scripts.get_heads() == [HEAD]
        # (The tables that SQLite makes for full-text search are no model's.)
        opts = {"include_object": lambda _item, name, kind, *_: kind != "table" or name[:5] != "words"}
        assert compare_metadata(MigrationContext.configure(connection, opts=opts), metadata) == []
    upgrade(upgraded)


def test_no_number_of_an_entry_is_given_twice(tmp_path: Path) -> None:
    """In a store of the first program too, whose entries stay as they were."""
    old = old_store(
        tmp_path, "0001", "INSERT INTO note (id, case_id, by, at, text) VALUES (7, 1, 'malee', 0, 'ก')"
    )
    upgrade(old)
    with writing(old) as session:
        connection = session.connection()
        assert connection.execute(text("SELECT id, case_id, text FROM note")).all() == [(7, 1, "ก")]
        connection.execute(text("DELETE FROM note"))
        connection.execute(text("INSERT INTO note (case_id, by, at, text) VALUES (1, 'malee', 0, 'ข')"))
        assert connection.scalar(text("SELECT id FROM note")) == 8
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        once = {name for name, sql in made if "AUTOINCREMENT" in sql}
        connection.execute(text('DELETE FROM "case"'))
        assert connection.scalar(text("SELECT count(*) FROM note")) == 0
    assert once == {str(one.__tablename__) for one in Entry.__subclasses__()}
    old.dispose()


def test_what_a_goal_said_of_its_way_becomes_its_first_touch_point(tmp_path: Path) -> None:
    """Nothing that a worker wrote into a plan is lost by the upgrade; people, events, items get keys."""
    rest = "'', 'agreed', '', '', ''"
    goal = "INSERT INTO goal VALUES ({}, 1, 'malee', 0, 'health', 'Sleep', '', '', '', {}, " + rest + ")"
    old = old_store(
        tmp_path,
        "0004",
        goal.format(3, "'Sundays', 'a letter', 90"),
        goal.format(4, "'', '', 0"),
        """UPDATE "case" SET unsafe = '[{"category": "address"}, {"category": "place"}]'""",
        "INSERT INTO event VALUES (5, 1, 'malee', 0, '2015', '', '', 'moved')",
    )
    upgrade(old)
    with writing(old) as session:
        connection = session.connection()
        first, second = connection.scalars(text("SELECT steps FROM goal ORDER BY id"))
        (step,) = json.loads(first)
        assert TouchPoint.model_validate(step) == TouchPoint(id=1, what="Sundays", bring="a letter", days=90)
        assert json.loads(second) == []
        assert connection.scalar(text("SELECT key FROM event")) == "e5"
        unsafe = json.loads(connection.scalar(text('SELECT unsafe FROM "case"')) or "")
        assert [(one["id"], one["category"]) for one in unsafe] == [(1, "address"), (2, "place")]
    old.dispose()


def test_who_had_looked_at_an_answer_is_not_told_of_it_again_after_the_upgrade(tmp_path: Path) -> None:
    """Looks of before count up to the envelope that was here then."""
    envelope = (
        "INSERT INTO inbox (id, envelope_id, sender, digest, kind, task, reference, wanted, effect, code,"
        " header, signature, created_at, at, acknowledged)"
        " VALUES ({0}, {0}, 'TW-44', '', 2, 'task', '', 0, 'done', '', '', '', 0, {1}, 1)"
    )
    old = old_store(
        tmp_path,
        "0004",
        "INSERT INTO referral (task, thread, version, reference, part_of, outgoing, peer, case_id, ground,"
        " purpose, urgency, state, held_from, reason, outcome, created_at, expires_at, respond_by, hold,"
        " terms, lines, cleared, salt)"
        " VALUES ('task', 't', 1, 'DE02-7K3M-Q9XM', '', 1, 'TW-44', 1, '', '', 1, 4, 0,"
        " '', '', 0, 0, 0, '', '', '[]', '[]', '')",
        envelope.format(5, 10),
        envelope.format(6, 30),
        "INSERT INTO look (case_id, by, at, what) VALUES (1, 'malee', 20, 'referral')",
    )
    upgrade(old)
    with writing(old) as session:
        found = session.connection().execute(text("SELECT reference, by, upto FROM referral_look")).all()
    assert found == [("DE02-7K3M-Q9XM", "malee", 5)]
    old.dispose()


def test_a_store_of_a_newer_program_is_refused_and_left_alone(data: Path) -> None:
    """Said why, and nothing touched."""
    node = open_node(data, Unlock(passphrase=PASSPHRASE))
    with writing(node.engine) as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    node.close()
    before = contents(data)
    with pytest.raises(StoreError, match=r"store\.newer"):
        open_node(data, Unlock(passphrase=PASSPHRASE))
    assert contents(data) == before


def test_an_upgrade_that_fails_leaves_the_old_state(tmp_path: Path) -> None:
    """The old schema or the new, never between."""
    engine = open_engine(tmp_path / "half.db", KEY, create=True)
    with writing(engine) as session:
        session.connection().exec_driver_sql("CREATE TABLE worker (other TEXT)")
    with pytest.raises(StoreError):
        upgrade(engine)
    with reading(engine) as session:
        assert inspect(session.connection()).get_table_names() == ["worker"]
