"""The Merkle tree of RFC 9162, section 2.1, with SHA-256: growing it and reading it back. Rule T1.

Only the hashes of complete subtrees are kept. A tile is the root of a complete subtree of 256 leaves
(level 1), of 65,536 (level 2) and so on; the leaves' hashes are level 0. Every other subtree is soon computed
from these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from songtor_proto.errors import StoreError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
TILE_BITS = 8

Subtree = Callable[[int, int], bytes]
"""`subtree(level, index)`: the root of the complete subtree of 2^level leaves from index * 2^level on."""

ReadTiles = Callable[[int, int, int], Sequence[bytes]]
"""`read(level, first, count)`: hashes of tiles of that level from `first` on, fewer at the end."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tile:
    """The root of the complete subtree of 256^level leaves that starts at index * 256^level; level >= 1."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """All of a tree that growing needs: the roots of its complete subtrees, the largest (leftmost) first,
    one for each bit that is set in `size`."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def from_bytes(cls, size: int, stored: bytes) -> Frontier:
        """StoreError("log") where the bytes are not of a tree of that size."""
        if size < 0 or len(stored) != size.bit_count() * HASH_SIZE:
            raise StoreError("log")
        return cls(size, tuple(stored[i : i + HASH_SIZE] for i in range(0, len(stored), HASH_SIZE)))

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    def grow(self, leaves: Iterable[bytes]) -> tuple[Frontier, list[Tile]]:
        """The frontier after these leaf hashes, and the tiles that they completed, in order."""
        size, hashes, tiles = self.size, list(self.hashes), []
        for leaf in leaves:
            size, level = size + 1, 0
            hashes.append(leaf)
            while size >> level & 1 == 0:
                right = hashes.pop()
                hashes[-1] = node_hash(hashes[-1], right)
                level += 1
                if level % TILE_BITS == 0:
                    tiles.append(Tile(level // TILE_BITS, (size >> level) - 1, hashes[-1]))
        return Frontier(size, tuple(hashes)), tiles

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def subtrees(read: ReadTiles) -> Subtree:
    """A reader of subtrees over stored leaves and tiles. It remembers what it read: make one for each proof.

    It raises StoreError("log") where a hash that must be there is missing.
    """
    seen: dict[tuple[int, int], Sequence[bytes]] = {}

    def subtree(level: int, index: int) -> bytes:
        tile_level, bits = divmod(level, TILE_BITS)
        start = index << bits
        block = start >> TILE_BITS
        if (tile_level, block) not in seen:
            seen[tile_level, block] = read(tile_level, block << TILE_BITS, 1 << TILE_BITS)
        offset = start - (block << TILE_BITS)
        hashes = list(seen[tile_level, block][offset : offset + (1 << bits)])
        if len(hashes) != 1 << bits:
            raise StoreError("log")
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return subtree


def in_memory(leaves: Sequence[bytes]) -> Subtree:
    """A reader of subtrees over leaf hashes at hand, such as a group of receipts."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return lambda level, index: levels[level][index]
