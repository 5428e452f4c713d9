"""The key directory that the hub keeps: owners' statements, each change a new version. Rules K1 to K5."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from songtor_hub import translog
from songtor_hub.store.tables import key_entry
from songtor_proto.errors import PeerError
from songtor_proto.identity.directory import sign_directory
from songtor_proto.identity.keys import SigningKey
from songtor_proto.identity.statement import check_entry
from songtor_proto.times import Random
from songtor_proto.wire.directory_pb2 import Directory, DirectoryEntry, KeyStatement, SignedDirectory

MAX_ENTRIES = 1000  # of one answer, well below a message's 4 MiB; the caller asks on from its version


def version(connection: Connection) -> int:
    """0 before the first entry."""
    return connection.scalar(select(func.max(key_entry.c.changed))) or 0


def latest(connection: Connection, owner: str) -> Row[Any] | None:
    """The owner's entry in force, if it has any."""
    newest = select(key_entry).where(key_entry.c.owner == owner).order_by(key_entry.c.version.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def owners(connection: Connection) -> list[str]:
    """Everyone who has keys, in the order of their addresses."""
    return list(connection.scalars(select(key_entry.c.owner).distinct().order_by(key_entry.c.owner)))


def publish(
    connection: Connection,
    network: str,
    owner: str,
    entry: DirectoryEntry,
    now_ms: int,
    random: Random,
    *,
    anew: bool = False,
) -> KeyStatement:
    """Adds the owner's next statement, signed by its key before (K3), and says so in the log.

    `anew`: an enrolment stands behind it, so that the key before may be lost. Where the key before was
    revoked its signature counts for nothing, and it may not come back. Raises PeerError("statement") or
    ("key_version"); then nothing is added. The very same entry again is no error, but for `anew`: whoever
    read it in the directory could say it.
    """
    before = latest(connection, owner)
    said_before = before is not None and before.statement == entry.statement
    if before is not None and said_before and not before.revoked and not anew:
        return KeyStatement.FromString(entry.statement)
    chained = before is not None and not (anew and (before.revoked or not entry.previous_signature))
    statement = check_entry(entry, network, before.signing_key if before is not None and chained else None)
    if statement.owner != owner:
        raise PeerError("statement", field="owner")
    if statement.version != (1 if before is None else before.version + 1):
        raise PeerError("key_version", field="version")
    if before is not None and before.revoked and before.signing_key == statement.signing_key:
        raise PeerError("statement", field="signing_key")
    connection.execute(
        insert(key_entry).values(
            owner=owner,
            version=statement.version,
            signing_key=statement.signing_key,
            statement=entry.statement,
            owner_signature=entry.owner_signature,
            previous_signature=entry.previous_signature if chained else b"",
            changed=version(connection) + 1,
            revoked=False,
        )
    )
    told = {"owner": owner, "version": str(statement.version)}
    translog.append(connection, "key_changed", told, now_ms, random)
    return statement


def revoke(connection: Connection, owner: str) -> None:
    """Marks all of the owner's entries: it is sent nothing and believed nothing from the next version on."""
    changed = version(connection) + 1
    connection.execute(
        update(key_entry).where(key_entry.c.owner == owner).values(revoked=True, changed=changed)
    )


def since(
    connection: Connection, network: str, after: int, now_ms: int, limit: int = MAX_ENTRIES
) -> Directory:
    """The entries that changed after version `after`, each owner's in the order of its versions.

    What an owner said before it was enrolled anew is not told: no chain of signatures leads from there.
    """
    start = (
        select(key_entry.c.owner, func.max(key_entry.c.version).label("first"))
        .where(key_entry.c.previous_signature == b"")
        .group_by(key_entry.c.owner)
        .subquery()
    )
    told = (
        select(key_entry)
        .join(start, and_(start.c.owner == key_entry.c.owner, key_entry.c.version >= start.c.first))
        .where(key_entry.c.changed > after)
        .order_by(key_entry.c.changed, key_entry.c.owner, key_entry.c.version)
        .limit(limit)
    )
    rows = connection.execute(told).all()
    whole = max(after, version(connection))
    if len(rows) == limit:
        # (What changed together is told together.)
        whole = rows[-1].changed - 1
        rows = [row for row in rows if row.changed <= whole]
    return Directory(
        network=network, since=after, version=whole, issued_ms=now_ms, entries=map(as_entry, rows)
    )


def signed(connection: Connection, network: str, after: int, key: SigningKey, now_ms: int) -> SignedDirectory:
    """What `GetDirectory` answers."""
    return sign_directory(since(connection, network, after, now_ms), key)


def as_entry(row: Row[Any]) -> DirectoryEntry:
    return DirectoryEntry(
        statement=row.statement,
        owner_signature=row.owner_signature,
        previous_signature=row.previous_signature,
        changed=row.changed,
        revoked=row.revoked,
    )
