"""The key directory as the hub answers it: rules K5 and K6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from songtor_proto.identity.directory import check_directory, check_own, sign_directory
from songtor_proto.wire.directory_pb2 import Directory, DirectoryEntry, SignedDirectory
from tests.vectors import statements
from tests.vectors.cast import DESK, HUB, NETWORK, NODE, NOW_MS, OTHER_NODE, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
directory, signature: of a SignedDirectory. since: the version that the reader holds. hub_key: the hub's
pinned signing key. own: the reader's own statements, serialised. version: what the reader holds afterwards;
owners: whom the entries speak of, in order.
"""


def directory(**changed: Any) -> Directory:
    fields: dict[str, Any] = {
        "network": NETWORK,
        "since": 3,
        "version": 5,
        "issued_ms": NOW_MS,
        "entries": [_entry(DESK, 4), _entry(OTHER_NODE, 5, revoked=True)],
    }
    return Directory(**(fields | changed))


def vectors(kept: Kept) -> Iterator[Vector]:
    result = {"version": 5, "owners": [DESK, OTHER_NODE], "revoked": [OTHER_NODE]}
    yield Vector("K5", "two entries, one revoked", _given(directory()), result=result)
    nothing = directory(since=5, entries=[])
    held = {"version": 5, "owners": [], "revoked": []}
    yield Vector("K5", "nothing new", _given(nothing, since=5), result=held)
    own = directory(entries=[_entry(NODE, 4)])
    shown = {"version": 5, "owners": [NODE], "revoked": []}
    yield Vector("K6", "the reader's own entry, as the reader made it", _given(own), result=shown)

    foreign = directory(entries=[_entry(NODE, 4, version=2)])
    yield refused("K6", "a key in the reader's name that it never made", _given(foreign), "peer.own_keys")
    given = _given(directory())
    flipped = given["signature"][:-2] + f"{int(given['signature'][-2:], 16) ^ 1:02x}"
    yield refused(
        "K5", "one bit of the signature changed", given | {"signature": flipped}, *_fault("signature")
    )
    stranger = signing_key(OTHER_NODE).public.hex()
    yield refused("K5", "signed by somebody else", given | {"hub_key": stranger}, *_fault("signature"))
    for what, field, made in [
        ("of another network", "network", directory(network="songtor.other")),
        ("an answer to another question", "since", directory(since=2)),
        ("older than what is held", "version", directory(version=2, entries=[])),
        ("an entry from before", "changed", directory(entries=[_entry(DESK, 3)])),
        ("an entry from the future", "changed", directory(entries=[_entry(DESK, 6)])),
    ]:
        yield refused("K5", what, _given(made), *_fault(field))


def judge(given: Given) -> Result:
    signed = SignedDirectory(
        directory=bytes.fromhex(given["directory"]), signature=bytes.fromhex(given["signature"])
    )
    found = check_directory(signed, given["network"], bytes.fromhex(given["hub_key"]), given["since"])
    check_own(found, given["reader"], {bytes.fromhex(one) for one in given["own"]})
    owners = [statements.owner_of(entry) for entry in found.entries]
    return {
        "version": found.version,
        "owners": owners,
        "revoked": [owner for owner, entry in zip(owners, found.entries, strict=True) if entry.revoked],
    }


def _given(made: Directory, since: int = 3) -> Given:
    signed = sign_directory(made, signing_key(HUB))
    return {
        "network": NETWORK,
        "reader": NODE,
        "own": [statements.entry().statement.hex()],
        "hub_key": signing_key(HUB).public.hex(),
        "since": since,
        "directory": signed.directory.hex(),
        "signature": signed.signature.hex(),
    }


def _entry(owner: str, changed: int, *, version: int = 1, revoked: bool = False) -> DirectoryEntry:
    made = statements.entry(version, owner=owner)
    made.changed, made.revoked = changed, revoked
    return made


def _fault(field: str) -> tuple[str, str]:
    return "peer.directory", field
