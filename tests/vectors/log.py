"""The hub's log: leaves, roots, proofs, the signed head and a node's cosignature. Rules T1 to T6."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator

from songtor_proto.times import to_ms
from songtor_proto.translog import entry
from songtor_proto.translog.checkpoint import Checkpoint, cosign, sign, verify, verify_cosignature
from songtor_proto.translog.proof import (
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    root_of,
)
from songtor_proto.translog.tree import Frontier, in_memory
from tests.support.keys import seeded
from tests.vectors.cast import HUB, NETWORK, NODE, NOW, OTHER_NODE, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
leaf: what is recorded, as kind and facts, and its salt; entry is the bytes that are committed to. root: of
these leaf hashes. inclusion and consistency: proofs, whether they hold. checkpoint: a signed note,
cosignature: the line that a seat adds to it; key: who must have signed.
"""

ORIGIN = f"{NETWORK}/log"
_KINDS: list[tuple[str, dict[str, str]]] = [
    ("envelope", {"digest": "00" * 32}),
    ("enrolled", {"seat": NODE}),
    ("key_changed", {"owner": NODE, "version": "2"}),
    ("revoked", {"seat": OTHER_NODE}),
    ("reinstated", {"seat": OTHER_NODE}),
    (
        "opened",
        {"role": "desk_officer", "desk": "TH-00/dwf", "purpose": "domestic_violence", "task": "01" * 16},
    ),
    ("not_confirmed", {"task": "02" * 16}),
]
SALTS = [seeded(f"log {number}")(16) for number in range(len(_KINDS))]
LEAVES = [entry.leaf(entry.encode(*told), salt) for told, salt in zip(_KINDS, SALTS, strict=True)]
_TREE = in_memory(LEAVES)


def head(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root_of(size, _TREE))


def vectors(kept: Kept) -> Iterator[Vector]:
    for (kind, facts), salt, leaf in zip(_KINDS, SALTS, LEAVES, strict=True):
        given = {"leaf": {"kind": kind, "facts": facts, "salt": salt.hex()}}
        result = {"entry": entry.encode(kind, facts).decode(), "hash": leaf.hex()}
        yield Vector("T2", kind, given, result=result)
    for size in range(len(LEAVES) + 1):
        given = {"root": {"leaves": [leaf.hex() for leaf in LEAVES[:size]]}}
        yield Vector("T1", f"a tree of {size}", given, result={"root": root_of(size, _TREE).hex()})
    yield from _inclusions()
    yield from _consistencies()
    yield from _heads()


def judge(given: Given) -> Result:
    ((of, told),) = given.items()
    return _JUDGE[of](told)


def _inclusions() -> Iterator[Vector]:
    def proof(index: int, size: int) -> Given:
        path = [one.hex() for one in inclusion(index, size, _TREE)]
        leaf, root = LEAVES[index].hex(), root_of(size, _TREE).hex()
        return {"leaf": leaf, "index": index, "size": size, "path": path, "root": root}

    for index, size in [(0, 1), (0, 7), (3, 7), (6, 7), (4, 5)]:
        yield Vector("T3", f"leaf {index} of {size}", {"inclusion": proof(index, size)}, result={})
    good = proof(3, 7)
    faults: list[tuple[str, Given]] = [
        ("at another place", {"index": 2}),
        ("beyond the end", {"index": 7}),
        ("in another tree", {"root": root_of(6, _TREE).hex()}),
        ("of another leaf", {"leaf": LEAVES[2].hex()}),
        ("a hash left out", {"path": good["path"][1:]}),
        ("a hash more", {"path": [*good["path"], "00" * 32]}),
        ("a hash cut short", {"path": [good["path"][0][:-2], *good["path"][1:]]}),
    ]
    for what, changed in faults:
        yield refused("T3", what, {"inclusion": good | changed}, "peer.log_proof")


def _consistencies() -> Iterator[Vector]:
    def proof(old: int, size: int) -> Given:
        path = [one.hex() for one in consistency(old, size, _TREE)]
        roots = {"old_root": root_of(old, _TREE).hex(), "root": root_of(size, _TREE).hex()}
        return {"old_size": old, "size": size, "path": path} | roots

    for old, size in [(1, 7), (3, 7), (4, 7), (6, 7), (7, 7), (4, 5)]:
        yield Vector("T5", f"{old} leaves, then {size}", {"consistency": proof(old, size)}, result={})
    good = proof(3, 7)
    faults: list[tuple[str, Given]] = [
        ("another history", {"old_root": root_of(2, _TREE).hex()}),
        ("another head", {"root": root_of(6, _TREE).hex()}),
        ("a tree that shrank", {"old_size": 7, "size": 3}),
        ("a hash left out", {"path": good["path"][:-1]}),
        ("no hash at all", {"path": []}),
        ("from nothing, which proves nothing", {"old_size": 0}),
    ]
    for what, changed in faults:
        yield refused("T6", what, {"consistency": good | changed}, "peer.log_proof")


def _heads() -> Iterator[Vector]:
    hub, seat = signing_key(HUB), signing_key(NODE)
    note = sign(head(7), hub)
    told = {"origin": ORIGIN, "key": hub.public.hex()}
    said = {"size": 7, "root": head(7).root.hex()}
    yield Vector("T4", "a signed head", {"checkpoint": told | {"note": note}}, result=said)
    line = cosign(head(7), NODE, seat, NOW)
    both = {"checkpoint": told | {"note": f"{note}{line}\n"}}
    yield Vector("T4", "with a seat's line below the log's", both, result=said)
    empty = sign(head(0), hub)
    nothing = {"size": 0, "root": head(0).root.hex()}
    yield Vector("T4", "of an empty log", {"checkpoint": told | {"note": empty}}, result=nothing)
    text = head(7).text()
    for what, spoilt in [
        ("another size", note.replace("\n7\n", "\n8\n", 1)),
        ("another log's", sign(Checkpoint("songtor.other/log", 7, head(7).root), hub)),
        ("signed by somebody else", sign(head(7), seat)),
        ("not signed", f"{text}\n"),
        ("without its last newline", note[:-1]),
        ("a size with a zero in front", note.replace("\n7\n", "\n07\n", 1)),
        ("a root of 31 bytes", note.replace(text.split("\n")[2], b64encode(bytes(31)).decode(), 1)),
    ]:
        yield refused("T4", what, {"checkpoint": told | {"note": spoilt}}, "peer.checkpoint")
    given = {"line": line, "name": NODE, "key": seat.public.hex(), "origin": ORIGIN, **said}
    yield Vector("T5", "a cosignature", {"cosignature": given}, result={"at_ms": to_ms(NOW)})
    faults: list[tuple[str, Given]] = [
        ("of another head", {"size": 6, "root": head(6).root.hex()}),
        ("of another seat", {"name": OTHER_NODE}),
        ("by another key", {"key": signing_key(OTHER_NODE).public.hex()}),
        ("a line of another kind", {"line": sign(Checkpoint(NODE, 7, head(7).root), seat).split("\n")[-2]}),
    ]
    for what, changed in faults:
        yield refused("T5", what, {"cosignature": given | changed}, "peer.cosignature")


def _leaf(told: Given) -> Result:
    made = entry.encode(told["kind"], told["facts"])
    return {"entry": made.decode(), "hash": entry.leaf(made, bytes.fromhex(told["salt"])).hex()}


def _root(told: Given) -> Result:
    return {"root": Frontier().grow(map(bytes.fromhex, told["leaves"]))[0].root().hex()}


def _inclusion(told: Given) -> Result:
    path = [bytes.fromhex(one) for one in told["path"]]
    leaf, root = bytes.fromhex(told["leaf"]), bytes.fromhex(told["root"])
    check_inclusion(leaf, told["index"], told["size"], path, root)
    return {}


def _consistency(told: Given) -> Result:
    path = [bytes.fromhex(one) for one in told["path"]]
    old, new = bytes.fromhex(told["old_root"]), bytes.fromhex(told["root"])
    check_consistency(told["old_size"], old, told["size"], new, path)
    return {}


def _checkpoint(told: Given) -> Result:
    found = verify(told["note"], told["origin"], bytes.fromhex(told["key"]))
    return {"size": found.size, "root": found.root.hex()}


def _cosignature(told: Given) -> Result:
    checkpoint = Checkpoint(told["origin"], told["size"], bytes.fromhex(told["root"]))
    at = verify_cosignature(told["line"], checkpoint, told["name"], bytes.fromhex(told["key"]))
    return {"at_ms": to_ms(at)}


_JUDGE: dict[str, Callable[[Given], Result]] = {
    "leaf": _leaf,
    "root": _root,
    "inclusion": _inclusion,
    "consistency": _consistency,
    "checkpoint": _checkpoint,
    "cosignature": _cosignature,
}
