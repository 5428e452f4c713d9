"""Key statements, and whether a sender believes them: rules K1 to K4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from songtor_proto.identity.keys import SigningKey
from songtor_proto.identity.statement import PAYLOAD_TYPE, Accepted, Pin, make_entry, next_pin
from songtor_proto.wire.directory_pb2 import DirectoryEntry, KeyStatement
from tests.vectors.cast import DESK, HUB, NETWORK, NODE, NOW_MS, OTHER_NODE, sealing_key, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
entry: a serialised DirectoryEntry. pinned: version and signing key that the reader holds for the owner,
null for none. verdict: accepted (pin the new key), or needs_voice (two people must compare fingerprints
first).
"""


def entry(version: int = 1, *, owner: str = NODE, previous: SigningKey | None = None) -> DirectoryEntry:
    return make_entry(
        network=NETWORK,
        owner=owner,
        version=version,
        signing_key=signing_key(owner, version),
        sealing_key=b"" if owner == HUB else sealing_key(owner, version).public,
        now_ms=NOW_MS + version,
        previous=previous,
    )


def vectors(kept: Kept) -> Iterator[Vector]:
    first, old = entry(), signing_key(NODE)
    pin, thief = (1, old.public), signing_key(OTHER_NODE)
    yield _believed("K2", "the first statement of a seat", first, None)
    yield _believed("K2", "of a desk", entry(owner=DESK), None)
    yield _believed("K1", "of the hub itself, without a sealing key", entry(owner=HUB), None)
    yield _believed("K4", "the statement that is pinned already", first, pin)
    yield _believed("K3", "a new key that the old one signed", entry(2, previous=old), pin)
    yield _believed("K4", "a new key that the old one did not sign", entry(2), pin, "needs_voice")
    yield _believed("K4", "a new key that a stranger signed", entry(2, previous=thief), pin, "needs_voice")
    yield _refused("K4", "back to the version before", first, (2, signing_key(NODE, 2).public), "version")
    yield _refused("K4", "another key under the pinned version", first, (1, thief.public), "version")
    yield _refused("K2", "signed by somebody else", _resigned(first, thief), None, "owner_signature")
    flipped = bytes([first.owner_signature[0] ^ 1]) + first.owner_signature[1:]
    spoilt = DirectoryEntry(statement=first.statement, owner_signature=flipped)
    yield _refused("K2", "one bit of the signature changed", spoilt, None, "owner_signature")
    faults: list[tuple[str, str, dict[str, Any]]] = [
        ("of another network", "network", {"network": "songtor.other"}),
        ("version 0", "version", {"version": 0}),
        ("no signing key", "signing_key", {"signing_key": b""}),
        ("a sealing key cut short", "sealing_key", {"sealing_key": sealing_key(NODE).public[:-1]}),
        ("the hub with a sealing key", "sealing_key", {"owner": HUB}),
        ("no address", "owner", {"owner": "Berlin"}),
        ("no time", "created_ms", {"created_ms": 0}),
    ]
    for what, field, changed in faults:
        yield _refused("K1", what, _changed(first, changed), None, field)
    weak = _changed(first, {"sealing_key": sealing_key(NODE).public[:-32] + bytes(32)})
    yield refused("K1", "a sealing key that nothing can be sealed to", _given(weak, None), "peer.sealing_key")


def judge(given: Given) -> Result:
    pinned = given["pinned"]
    pin = Pin(pinned["version"], bytes.fromhex(pinned["signing_key"])) if pinned else None
    found = next_pin(pin, DirectoryEntry.FromString(bytes.fromhex(given["entry"])), given["network"])
    said = found.statement
    return {
        "verdict": "accepted" if isinstance(found, Accepted) else "needs_voice",
        "owner": said.owner,
        "version": said.version,
        "signing_key": said.signing_key.hex(),
        "sealing_key": said.sealing_key.hex(),
        "created_ms": said.created_ms,
    }


def _given(made: DirectoryEntry, pin: tuple[int, bytes] | None) -> Given:
    pinned = {"version": pin[0], "signing_key": pin[1].hex()} if pin else None
    return {"network": NETWORK, "entry": made.SerializeToString(deterministic=True).hex(), "pinned": pinned}


def _believed(
    rule: str, what: str, made: DirectoryEntry, pin: tuple[int, bytes] | None, verdict: str = "accepted"
) -> Vector:
    said = KeyStatement.FromString(made.statement)
    result = {
        "verdict": verdict,
        "owner": said.owner,
        "version": said.version,
        "signing_key": said.signing_key.hex(),
        "sealing_key": said.sealing_key.hex(),
        "created_ms": said.created_ms,
    }
    return Vector(rule, what, _given(made, pin), result=result)


def _refused(rule: str, what: str, made: DirectoryEntry, pin: tuple[int, bytes] | None, field: str) -> Vector:
    return refused(rule, what, _given(made, pin), "peer.statement", field)


def _resigned(made: DirectoryEntry, key: SigningKey) -> DirectoryEntry:
    return DirectoryEntry(statement=made.statement, owner_signature=key.sign(PAYLOAD_TYPE, made.statement))


def _changed(made: DirectoryEntry, changed: dict[str, Any]) -> DirectoryEntry:
    """The statement with these fields, signed by its owner all the same."""
    said = KeyStatement.FromString(made.statement)
    for name, value in changed.items():
        setattr(said, name, value)
    statement = said.SerializeToString(deterministic=True)
    return _resigned(DirectoryEntry(statement=statement), signing_key(NODE))


def owner_of(entry: DirectoryEntry) -> str:
    return KeyStatement.FromString(entry.statement).owner
