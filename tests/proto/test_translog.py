"""The log's tree and proofs, rules T1, T3 and T5."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.errors import InputError, PeerError, StoreError
from songtor_proto.translog.proof import (
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    inclusion_of_all,
)
from songtor_proto.translog.tree import (
    EMPTY_ROOT,
    Frontier,
    Tile,
    in_memory,
    leaf_hash,
    node_hash,
    subtrees,
)

# The eight leaves that logs have been checked with since RFC 6962, and the roots of 0 to 8 of them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.integers(1, 80)


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(i).encode()) for i in range(count)]


# RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1, word for word: slow, and nothing to get wrong.


def split(count: int) -> int:
    return int(2 ** math.ceil(math.log2(count) - 1))


def mth(d: Sequence[bytes]) -> bytes:
    if not d:
        return hashlib.sha256().digest()
    if len(d) == 1:
        return d[0]
    k = split(len(d))
    return node_hash(mth(d[:k]), mth(d[k:]))


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: Sequence[bytes], known: bool) -> list[bytes]:
    if m == len(d):
        return [] if known else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], known), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


class Store:
    """Leaves and tiles as a table would hold them."""

    def __init__(self) -> None:
        self.levels: dict[int, list[bytes]] = {0: []}
        self.reads = 0

    def keep(self, leaves: Sequence[bytes], tiles: Sequence[Tile]) -> None:
        self.levels[0].extend(leaves)
        for tile in tiles:
            level = self.levels.setdefault(tile.level, [])
            assert tile.index == len(level)
            level.append(tile.hash)

    def read(self, level: int, first: int, count: int) -> Sequence[bytes]:
        self.reads += 1
        return self.levels.get(level, [])[first : first + count]


@pytest.fixture(scope="module")
def large() -> Store:
    """70,000 leaves, so that there is a tile of the second level, taken in by groups of uneven size."""
    store, frontier, leaves, pick = Store(), Frontier(), hashes(70_000), random.Random(1)
    while frontier.size < len(leaves):
        group = leaves[frontier.size : frontier.size + pick.randint(1, 900)]
        frontier, tiles = frontier.grow(group)
        store.keep(group, tiles)
    return store


def test_the_tree_is_the_one_the_world_knows() -> None:
    """T1: leaf and node hashes of RFC 9162, from the empty tree on."""
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for count, root in enumerate(ROOTS):
        assert frontier.root().hex() == root
        if count < len(LEAVES):
            frontier, _ = frontier.grow([leaf_hash(bytes.fromhex(LEAVES[count]))])


@given(sizes, st.data())
def test_growing_by_groups_is_growing_at_once(count: int, data: st.DataObject) -> None:
    """T1: however the leaves are grouped, and stored between, the root is the definition's."""
    leaves, frontier = hashes(count), Frontier()
    while frontier.size < count:
        group = data.draw(st.integers(1, count - frontier.size))
        frontier, _ = frontier.grow(leaves[frontier.size : frontier.size + group])
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
    assert frontier.root() == mth(leaves)
    assert len(frontier.hashes) == count.bit_count()


@given(st.integers(-10, 10**20), st.binary(max_size=200))
def test_a_damaged_frontier_is_refused(size: int, stored: bytes) -> None:
    """T1: bytes that cannot be of a tree of that size are store.log; others are kept as they are."""
    try:
        frontier = Frontier.from_bytes(size, stored)
    except StoreError:
        assert size < 0 or len(stored) != 32 * size.bit_count()
    else:
        assert frontier.to_bytes() == stored


@given(sizes, st.data())
def test_proofs_are_the_definitions(size: int, data: st.DataObject) -> None:
    """T3, T5: made proofs equal RFC 9162's definitions, and hold."""
    leaves = hashes(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    made = inclusion(index, size, in_memory(leaves))
    assert made == path(index, leaves)
    check_inclusion(leaves[index], index, size, made, mth(leaves))
    made = consistency(old, size, in_memory(leaves))
    assert made == subproof(old, leaves, True)
    check_consistency(old, mth(leaves[:old]), size, mth(leaves), made)


def test_every_proof_of_a_small_tree_holds_and_for_nothing_else() -> None:
    """T3, T5: all indexes and sizes to 20; a proof holds at its own place alone."""
    leaves = hashes(20)
    roots = [mth(leaves[:size]) for size in range(21)]
    for size in range(1, 21):
        for index in range(size):
            made = inclusion(index, size, in_memory(leaves[:size]))
            for other in range(size):
                assert holds(leaves[index], other, size, made, roots[size]) == (other == index)
        for old in range(1, size + 1):
            made = consistency(old, size, in_memory(leaves[:size]))
            for other in range(1, size + 1):
                assert extends(other, roots[other], size, roots[size], made) == (
                    consistency(other, size, in_memory(leaves[:size])) == made
                )


def holds(leaf: bytes, index: int, size: int, made: Sequence[bytes], root: bytes) -> bool:
    try:
        check_inclusion(leaf, index, size, made, root)
    except PeerError:
        return False
    return True


def extends(old: int, old_root: bytes, size: int, root: bytes, made: Sequence[bytes]) -> bool:
    try:
        check_consistency(old, old_root, size, root, made)
    except PeerError:
        return False
    return True


def forgeries(made: list[bytes], roots: list[bytes]) -> list[list[bytes]]:
    """The ways that the public vectors spoil a proof."""
    junk = [hashlib.sha256(b"junk").digest(), b"", b"\0" * 31, *roots]
    spoilt = [[part, *made] for part in junk] + [[*made, part] for part in junk]
    for place, part in enumerate(made):
        spoilt.append([*made[:place], bytes([part[0] ^ 8]) + part[1:], *made[place + 1 :]])
        spoilt.append([*made[:place], *made[place + 1 :]])
        spoilt.append([*made[:place], part, *made[place:]])
    return spoilt


@given(sizes, st.data())
def test_forged_inclusion_is_refused(size: int, data: st.DataObject) -> None:
    """T3: another leaf, place, size or root, or a proof with a part changed, added or missing."""
    leaves, index = hashes(size), data.draw(st.integers(0, size - 1))
    leaf, root, made = leaves[index], mth(leaves), inclusion(index, size, in_memory(leaves))
    for forged in forgeries(made, [root, leaf]):
        assert not holds(leaf, index, size, forged, root)
    for other in (b"", leaf_hash(leaf), root if size > 1 else b"\0" * 32):
        assert not holds(other, index, size, made, root)
    for other in (b"", EMPTY_ROOT, leaf if size > 1 else b"\0" * 32):
        assert not holds(leaf, index, size, made, other)
    for wrong in {index + 1, index - 1, index ^ 2, index + size, -1, 2**63} - {index}:
        assert not holds(leaf, wrong, size, made, root)
    for wrong in (0, -size, index, 2 * size, size + 2**63):
        assert not holds(leaf, index, wrong, made, root)


@given(sizes, st.data())
def test_forged_consistency_is_refused(size: int, data: st.DataObject) -> None:
    """T5: other roots or sizes, roots exchanged, or a proof with a part changed, added or missing."""
    leaves, old = hashes(size), data.draw(st.integers(1, size))
    old_root, root = mth(leaves[:old]), mth(leaves)
    made = consistency(old, size, in_memory(leaves))
    for forged in forgeries(made, [old_root, root]):
        assert not extends(old, old_root, size, root, forged)
    if old < size:
        assert not extends(old, root, size, old_root, made)
    assert not extends(old, leaf_hash(root), size, root, made)
    assert not extends(old, old_root, size, leaf_hash(root), made)
    for wrong in (0, -1, size + 1, 2**63):
        assert not extends(wrong, old_root, size, root, made)
    for wrong in (0, old - 1, 2 * size + 1, 2**63):
        assert not extends(old, old_root, wrong, root, made)


def test_a_rewritten_history_cannot_be_proven() -> None:
    """T6: of two logs that differ in one early leaf, neither's proof leads from one head to the other's."""
    ours, theirs = hashes(50), hashes(50)
    theirs[3] = leaf_hash(b"another story")
    for made in (consistency(20, 50, in_memory(ours)), consistency(20, 50, in_memory(theirs))):
        assert not extends(20, mth(ours[:20]), 50, mth(theirs), made)


@given(st.integers(), st.integers(), st.binary(max_size=40), st.lists(st.binary(min_size=30, max_size=34)))
def test_any_proof_from_a_peer_is_checked_or_refused(a: int, b: int, some: bytes, made: list[bytes]) -> None:
    """T3, T5: whatever numbers and bytes a peer sends, only the declared error comes out."""
    assert not holds(some, a, b, made, leaf_hash(some))
    assert not extends(a, some, b, leaf_hash(some), made) or a == b


@pytest.mark.parametrize(
    ("index", "size"), [(0, 1), (69_999, 70_000), (0, 70_000), (65_535, 65_536), (65_536, 65_537), (300, 512)]
)
def test_proofs_are_made_from_leaves_and_tiles(large: Store, index: int, size: int) -> None:
    """T1, T3: of any earlier size too, with two reads a level of tiles at most."""
    leaves = large.levels[0]
    large.reads = 0
    made = inclusion(index, size, subtrees(large.read))
    assert large.reads <= 6
    check_inclusion(leaves[index], index, size, made, mth(leaves[:size]))


@pytest.mark.parametrize(
    ("old", "size"),
    [(1, 70_000), (65_536, 70_000), (65_535, 65_537), (256, 257), (69_999, 70_000), (511, 600)],
)
def test_heads_are_proven_consistent_from_tiles(large: Store, old: int, size: int) -> None:
    """T1, T5: from any earlier head to any later one."""
    leaves = large.levels[0]
    made = consistency(old, size, subtrees(large.read))
    check_consistency(old, mth(leaves[:old]), size, mth(leaves[:size]), made)


def test_tiles_are_the_roots_of_what_they_stand_for(large: Store) -> None:
    """T1: 273 tiles of 256 leaves and one of 65,536."""
    leaves = large.levels[0]
    assert [len(large.levels[level]) for level in (1, 2)] == [273, 1]
    assert large.levels[1][100] == mth(leaves[25_600:25_856])
    assert large.levels[2][0] == mth(leaves[:65_536])


def test_a_hole_in_the_store_is_noticed(large: Store) -> None:
    """T1: a missing tile is store.log, not a wrong proof."""
    with pytest.raises(StoreError, match=r"store\.log"):
        inclusion(0, 70_000, subtrees(lambda level, first, count: large.read(level, first, count)[:10]))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (6, 5)])
def test_no_proof_of_what_is_not_in_the_log(index: int, size: int) -> None:
    """T3: an index beyond the size asked for is the asker's mistake."""
    with pytest.raises(InputError, match=r"input\.log_range"):
        inclusion(index, size, in_memory(hashes(8)))


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5), (1, 0)])
def test_no_proof_from_a_larger_log(old: int, size: int) -> None:
    """T5: nor from a size that never was."""
    with pytest.raises(InputError, match=r"input\.log_range"):
        consistency(old, size, in_memory(hashes(8)))


def test_who_knows_no_earlier_head_is_sent_no_proof() -> None:
    """T5: from size 0 there is nothing to prove, and a proof of it is refused."""
    assert consistency(0, 8, in_memory(hashes(8))) == []
    assert not extends(0, EMPTY_ROOT, 8, mth(hashes(8)), [])


def test_all_paths_at_once_are_each_leafs_own() -> None:
    """D2: for groups of every size up to past a few powers of two."""
    for size in range(1, 40):
        leaves = [leaf_hash(bytes([number])) for number in range(size)]
        root, paths = inclusion_of_all(leaves)
        assert root == Frontier().grow(leaves)[0].root()
        assert paths == [inclusion(index, size, in_memory(leaves)) for index in range(size)]
