"""Proofs of inclusion and of consistency, RFC 9162, sections 2.1.3 and 2.1.4. Rules T3 and T5.

Made from a reader of complete subtrees, checked from the proof alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from songtor_proto.errors import InputError, PeerError
from songtor_proto.translog.tree import EMPTY_ROOT, HASH_SIZE, Subtree, node_hash

MAX_HASHES = 129


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes beside the way from leaf `index` to the root of the tree of `size` leaves, lowest first.

    InputError("log_range") where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise InputError("log_range", field="index")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(middle, end, subtree))
            end = middle
        else:
            path.append(_root(start, middle, subtree))
            start = middle
    return path[::-1]


def inclusion_of_all(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The root over all of these leaf hashes (one at least), and for each of them what `inclusion` gives."""
    levels = [list(leaves)]
    while len(below := levels[-1]) > 1:
        pairs = [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)]
        levels.append(pairs + below[len(pairs) * 2 :])
    return levels[-1][0], [
        [
            level[beside]
            for height, level in enumerate(levels[:-1])
            if (beside := index >> height ^ 1) < len(level)
        ]
        for index in range(len(leaves))
    ]


def root_of(size: int, subtree: Subtree) -> bytes:
    """The root of the first `size` leaves."""
    return _root(0, size, subtree) if size else EMPTY_ROOT


def consistency(old_size: int, size: int, subtree: Subtree) -> list[bytes]:
    """What shows that the tree of `old_size` leaves is how that of `size` began; empty for 0 and for `size`.

    InputError("log_range") where the tree is smaller than the old one.
    """
    if not 0 <= old_size <= size:
        raise InputError("log_range", field="size")
    if old_size == 0:
        return []
    start, end, known, path = 0, size, True, []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_root(middle, end, subtree))
            end = middle
        else:
            path.append(_root(start, middle, subtree))
            start, known = middle, False
    # Whoever checks knows the old root, so it is told only where the old tree's last part is another.
    return ([] if known else [_root(start, end, subtree)]) + path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """PeerError("log_proof") unless `path` proves that the leaf is at `index` in the tree of that root."""
    if not 0 <= index < size:
        raise PeerError("log_proof")
    _sizes(leaf, *path)
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise PeerError("log_proof")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or found != root:
        raise PeerError("log_proof")


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """PeerError("log_proof") unless `path` proves that the old tree is how the tree of `size` leaves began.

    An old size of 0 proves nothing and is refused: who knows no earlier head has nothing to check.
    """
    if not 0 < old_size <= size:
        raise PeerError("log_proof")
    _sizes(*path)
    if old_size == size:
        if path or old_root != root:
            raise PeerError("log_proof")
        return
    if not path:
        raise PeerError("log_proof")
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else path
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise PeerError("log_proof")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or old != old_root or new != root:
        raise PeerError("log_proof")


def _sizes(*hashes: bytes) -> None:
    if len(hashes) > MAX_HASHES or any(len(part) != HASH_SIZE for part in hashes):
        raise PeerError("log_proof")


def _split(count: int) -> int:
    """The largest power of two below `count` (count > 1)."""
    return 1 << (count - 1).bit_length() - 1


def _root(start: int, end: int, subtree: Subtree) -> bytes:
    """The root over leaves start to end, from the complete subtrees it falls into."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + _split(count)
    return node_hash(_root(start, middle, subtree), _root(middle, end, subtree))
